import { expect, test } from 'vitest';
import { people } from '#harness/domain/sessions.ts';
import { openTicket, send, sendFile, sessionOne, TicketStream } from '#harness/domain/tickets.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import { conversationOf, lastMessageOf, shownName } from './conversation.ts';

const { current } = new TicketStream().must(
  people.opener,
  openTicket,
  send('one'),
  send('two'),
  send('three'),
);
const hour = 60 * 60_000;
const noonMs = new Date(2026, 10, 20, 12).getTime();

/** The three messages at these times, and a session linked at another. */
function at(times: number[], linkedAtMs?: number): Ticket {
  const link = { sessionId: sessionOne, visibility: 'public', linked: true } as const;
  return {
    ...current,
    messages: current.messages.map((message, index) => ({ ...message, atMs: times[index] ?? 0 })),
    sessions: linkedAtMs === undefined ? [] : [{ ...link, atMs: linkedAtMs }],
  };
}
const shown = (ticket: Ticket, count = 100): string[] =>
  conversationOf(ticket, count).items.map((item) =>
    item.kind === 'message' ? item.message.text : item.kind,
  );

test('F16 a linked session stands between the messages where it came, days above theirs', () => {
  const ticket = at([noonMs, noonMs + hour, noonMs + 24 * hour], noonMs + 2 * hour);
  expect(shown(ticket)).toEqual(['day', 'one', 'two', 'session', 'day', 'three']);
  expect(shown(at([noonMs, noonMs, noonMs], noonMs + 1))).toEqual(['day', 'one', 'two', 'three', 'session']);
});

test('X18 a message of a device whose clock is years off stays where the log has it', () => {
  const years = 10 * 365 * 24 * hour;
  expect(shown(at([noonMs, noonMs - years, noonMs]))).toEqual(['day', 'one', 'day', 'two', 'day', 'three']);
  const { items } = conversationOf(at([noonMs, noonMs - years, noonMs]), 100);
  expect(new Set(items.map((item) => item.key)).size).toBe(items.length);
});

test('only the newest messages are shown at first, and nothing that stands above of them', () => {
  const ticket = at([noonMs, noonMs + hour, noonMs + 2 * hour], noonMs - hour);
  expect(conversationOf(ticket, 2).earlier).toBe(1);
  expect(shown(ticket, 2)).toEqual(['day', 'two', 'three']);
  expect(shown(ticket, 3)[1]).toBe('session');
});

test('the last message stands for the conversation, a file by its name', () => {
  const stream = new TicketStream().must(people.opener, openTicket);
  expect(lastMessageOf(stream.current)).toBeUndefined();
  stream.must(people.opener, send('one', 'a\n  b'));
  expect(lastMessageOf(stream.current)?.words).toBe('a b');
  stream.must(people.responsible, sendFile('two'));
  expect(lastMessageOf(stream.current)?.words).toBe('a.png');
});

test('T38 no name of a file turns the writing round, breaks the line or names a folder', () => {
  expect(shownName('\u202Egpj.exe')).toBe('gpj.exe');
  expect(shownName('a\r\nb\u0000.png')).toBe('ab.png');
  expect(shownName('../../etc/passwd')).toBe('.._.._etc_passwd');
  expect(shownName('\u200B \u2066')).toBe('file');
  expect(shownName('Plan für Erika – 2.pdf')).toBe('Plan für Erika – 2.pdf');
});
