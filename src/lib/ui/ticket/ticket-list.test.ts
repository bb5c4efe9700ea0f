import { expect, test } from 'vitest';
import { idOf, people } from '#harness/domain/sessions.ts';
import { openTicket, send, sendFile, sessionOne, TicketStream } from '#harness/domain/tickets.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import { countByState, openTickets, selectTickets, ticketsOfSession, unreadTickets } from './ticket-list.ts';

const written = new TicketStream().must(
  people.opener,
  openTicket,
  send('one', 'The SEAL leaks'),
  sendFile('two'),
);
const first = written.current;
const tickets: Ticket[] = [
  first,
  { ...first, id: idOf('closed'), number: 8, title: 'Noise', open: false },
  {
    ...first,
    id: idOf('other'),
    number: 9,
    title: 'Noise too',
    updatedAtMs: 99,
    device: { id: idOf('press'), name: 'Press' },
  },
];
const numbers = (query: Partial<typeof openTickets>): number[] =>
  selectTickets(tickets, { ...openTickets, ...query }).map((ticket) => ticket.number);

test('tickets are found by state, machine and words of whatever was written, the newest first', () => {
  expect(numbers({})).toEqual([9, 7]);
  expect(numbers({ state: 'closed' })).toEqual([8]);
  expect(numbers({ state: 'all' })).toEqual([9, 7, 8]);
  expect(numbers({ deviceId: idOf('press') })).toEqual([9]);
  expect(numbers({ words: 'seal  LEAKS pressure' })).toEqual([7]);
  expect(numbers({ words: '9 a.png' })).toEqual([9]);
  expect(numbers({ words: 'seal grease' })).toEqual([]);
});

test('the numbers on the tabs count by the rest of the query', () => {
  expect(countByState(tickets, { ...openTickets, words: 'noise' })).toEqual({ open: 1, closed: 1, all: 2 });
});

test('F103 open tickets with something unread are counted, for the other side alone', () => {
  expect(unreadTickets(tickets, people.responsible)).toBe(2);
  expect(unreadTickets(tickets, people.opener)).toBe(0);
});

test('F70 the tickets of a session are those it is linked to still', () => {
  const link = { sessionId: sessionOne, visibility: 'public', linked: true, atMs: 1 } as const;
  const linked = { ...first, sessions: [link] };
  const before = { ...first, id: idOf<Ticket['id']>('before'), sessions: [{ ...link, linked: false }] };
  expect(ticketsOfSession([linked, before, first], sessionOne)).toEqual([linked]);
});
