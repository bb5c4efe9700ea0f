import { describe, expect, test } from 'vitest';
import { idOf, people, press, relay, strangers } from '#harness/domain/sessions.ts';
import { parseTicketCommand, type TicketCommandBody } from './commands.ts';
import { foldTicket } from './fold.ts';
import { ticketActions, ticketMay, ticketPermissions, ticketVisible } from './permissions.ts';
import {
  markDelivered,
  markRead,
  messageId,
  openTicket,
  send,
  sendFile,
  sessionOne,
  ticketId,
  TicketStream,
} from '#harness/domain/tickets.ts';
import { linkedSessions, tickOf, unreadCount } from './ticket.ts';
import { ticketView } from './view.ts';

const { opener, tablet, responsible, moderator } = people;
const opened = () => new TicketStream().must(opener, openTicket);
const link = { type: 'relay.link-session', sessionId: sessionOne, visibility: 'public' } as const;
const mirror = (name: string) =>
  ({
    type: 'relay.mirror',
    sessionId: sessionOne,
    messageId: messageId(name),
    author: { kind: 'employee', id: responsible.id, name: 'Rudi' },
    text: `canary ${name}`,
  }) as const;
const visibility = (set: 'public' | 'internal') =>
  ({ type: 'relay.session-visibility', sessionId: sessionOne, visibility: set }) as const;

describe('who may', () => {
  test('T14 T16 T17 a ticket is there for its machine and for who answers for it, for nobody else', () => {
    const ticket = opened().current;
    const seen = Object.entries(people).filter(([, subject]) => ticketVisible(subject, ticket));
    expect(seen.map(([part]) => part)).toEqual([
      'opener',
      'tablet',
      'assigned',
      'responsible',
      'moderator',
      'administrator',
    ]);
    for (const [name, subject] of Object.entries(strangers)) {
      expect(ticketVisible(subject, ticket), name).toBe(false);
      for (const body of [openTicket, send('m'), markRead('m'), sendFile('f')])
        expect(opened().answer(subject, body), `${name} ${body.type}`).toBe('not-found');
      for (const action of ticketActions) expect(ticketMay(subject, action, ticket)).toBe(false);
    }
    expect(Object.keys(ticketPermissions)).toEqual([...ticketActions]);
  });

  test('a code user opens and writes, an employee closes and reopens', () => {
    const stream = opened();
    const close: TicketCommandBody = { type: 'ticket.close', payload: { reason: 'New seal' } };
    const reopen: TicketCommandBody = { type: 'ticket.reopen', payload: {} };
    expect(stream.answer(opener, close)).toBe('forbidden');
    expect(stream.answer(responsible, close)).toBe('ok ticket.closed');
    expect(stream.answer(responsible, close)).toBe('ticket-closed');
    expect(stream.answer(tablet, send('late'))).toBe('ticket-closed');
    expect(stream.answer(opener, reopen)).toBe('forbidden');
    expect(stream.answer(moderator, reopen)).toBe('ok ticket.reopened');
    expect(stream.answer(moderator, reopen)).toBe('ok');
    expect(stream.current).toMatchObject({ open: true, number: 7, title: 'Loses pressure' });
  });

  test('T16 T50 a ticket is opened for the own machine, or one that an employee answers for', () => {
    const foreign: TicketCommandBody = { type: 'ticket.open', payload: { deviceId: press, title: 'x' } };
    expect(new TicketStream().answer(opener, foreign)).toBe('not-found');
    expect(new TicketStream().answer(people.assigned, foreign)).toBe('not-found');
    expect(new TicketStream().answer(moderator, foreign)).toBe('ok ticket.opened');
    expect(new TicketStream().answer(moderator, { type: 'ticket.open', payload: { title: 'x' } })).toBe(
      'device-missing',
    );
    expect(opened().answer(opener, openTicket)).toBe('already-exists');
    expect(new TicketStream().answer(people.guest, openTicket)).toBe('forbidden');
    expect(new TicketStream().answer(relay, openTicket)).toBe('forbidden');
  });
});

describe('conversation', () => {
  test('texts have limits with reasons, and an id counts once', () => {
    const stream = opened();
    expect(stream.answer(opener, send('a', ' \n '))).toBe('text-missing');
    expect(stream.answer(opener, send('a', 'x'.repeat(4001)))).toBe('text-too-long');
    expect(stream.answer(opener, send('a', ' x '.repeat(1000)))).toBe('ok ticket.message');
    expect(stream.answer(responsible, send('a'))).toBe('already-exists');
    expect(stream.answer(opener, sendFile('f'))).toBe('ok ticket.file');
    expect(stream.answer(opener, sendFile('f'))).toBe('already-exists');
    const stored = { type: 'relay.store-file', itemId: idOf<never>('f') } as const;
    expect(stream.answer(responsible, stored)).toBe('forbidden');
    expect(stream.answer(relay, stored)).toBe('ok ticket.file-stored');
    expect(stream.answer(relay, stored)).toBe('already-exists');
    expect(stream.current.messages[1]?.file?.stored).toBe(true);
    expect(() => parseTicketCommand({ ...send('a'), id: 'short' })).toThrow();
    const mediaType = 'image/svg+xml';
    const envelope = { id: idOf('c'), streamId: ticketId, clientAtMs: 0 };
    const file = { itemId: idOf('i'), name: 'x', mediaType, bytes: 1, sha256: 'a'.repeat(64) };
    const payload = { messageId: idOf('m'), file };
    expect(() => parseTicketCommand({ ...envelope, type: 'ticket.send-file', payload })).toThrow();
  });

  test('F103 ticks go from sent to delivered to read, by the other side alone, and never back', () => {
    const stream = opened().must(opener, send('one'), send('two'));
    const ticks = () => ['one', 'two'].map((name) => tickOf(stream.current, messageId(name)));
    expect(ticks()).toEqual(['sent', 'sent']);
    stream.must(tablet, markRead('two'));
    expect(ticks()).toEqual(['sent', 'sent']);
    stream.must(responsible, markDelivered('two'));
    expect(ticks()).toEqual(['delivered', 'delivered']);
    expect(unreadCount(stream.current, responsible)).toBe(2);
    stream.must(responsible, markRead('one'));
    expect(ticks()).toEqual(['read', 'delivered']);
    expect(stream.answer(responsible, markRead('one'))).toBe('ok');
    expect(stream.answer(responsible, markDelivered('one'))).toBe('ok');
    expect(stream.answer(responsible, markRead('none'))).toBe('message-unknown');
    stream.must(responsible, send('answer'));
    expect([ticks(), unreadCount(stream.current, responsible)]).toEqual([['read', 'read'], 0]);
    expect(unreadCount(stream.current, opener)).toBe(1);
  });

  test('F103 ticks and files that arrive do not bring a ticket to the top of a list; a message does', () => {
    const stream = opened().must(opener, send('one'), sendFile('two'));
    const { updatedAtMs } = stream.current;
    stream.must(responsible, markDelivered('one'), markRead('two'));
    stream.must(relay, { type: 'relay.store-file', itemId: idOf('two') });
    expect(stream.current.updatedAtMs).toBe(updatedAtMs);
    stream.must(responsible, send('answer'));
    expect(stream.current.updatedAtMs).toBeGreaterThan(updatedAtMs);
  });
});

describe('sessions', () => {
  test('F11 F70 a session is linked and unlinked once, by the relay alone', () => {
    const stream = opened();
    expect(stream.answer(responsible, link)).toBe('forbidden');
    expect(stream.answer(relay, link)).toBe('ok ticket.session-linked');
    expect(stream.answer(relay, link)).toBe('ok');
    expect(linkedSessions(stream.current)).toEqual([sessionOne]);
    const unlink = { type: 'relay.unlink-session', sessionId: sessionOne } as const;
    expect(stream.answer(relay, unlink)).toBe('ok ticket.session-unlinked');
    expect(stream.answer(relay, unlink)).toBe('ok');
    expect(linkedSessions(stream.current)).toEqual([]);
    expect(stream.answer(relay, mirror('m'))).toBe('ok');
    expect(stream.current.messages).toEqual([]);
  });

  test('C19 F16 chat of a linked session stands in the conversation under the name of who wrote it', () => {
    const stream = opened().must(relay, link, mirror('m'), mirror('m'));
    expect(stream.current.messages).toMatchObject([
      { text: 'canary m', author: { name: 'Rudi' }, sessionId: sessionOne },
    ]);
    // It is read, and told of, in the session.
    expect(unreadCount(stream.current, opener)).toBe(0);
  });

  test('T14 T15 nothing of an internal session is in what a code user gets, not even a gap', () => {
    const stream = opened()
      .must(opener, send('before'))
      .must(relay, link, mirror('secret'))
      .must(responsible, markRead('secret'))
      .must(opener, send('after'));
    const whole = ticketView(opener, stream.current, stream.events);
    expect(whole).toBe(stream.events);
    stream.must(relay, visibility('internal')).must(responsible, send('answer'));
    const view = ticketView(opener, stream.current, stream.events);
    expect(JSON.stringify(view)).not.toMatch(/canary|secret|session-1/);
    expect(view.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5]);
    const seen = foldTicket(view);
    expect(seen?.messages.map((message) => message.text)).toEqual(['before', 'after', 'answer']);
    expect(seen && tickOf(seen, messageId('before'))).toBe('read');
    expect(ticketView(responsible, stream.current, stream.events)).toBe(stream.events);
    // A longer stream has the same beginning, as long as nothing changes its visibility.
    stream.must(relay, mirror('more')).must(opener, send('last'));
    expect(ticketView(opener, stream.current, stream.events).slice(0, 5)).toEqual(view);
    stream.must(relay, visibility('public'));
    expect(ticketView(opener, stream.current, stream.events)).toBe(stream.events);
  });
});

test('T55 a ticket folds from its events alone, and not with a gap', () => {
  const stream = opened().must(relay, link).must(opener, send('a')).must(responsible, markRead('a'));
  expect(foldTicket(stream.events)).toEqual(stream.current);
  expect(() => foldTicket(stream.events.slice(1))).toThrow();
  expect(() => foldTicket(stream.events.filter((event) => event.seq !== 2))).toThrow();
});
