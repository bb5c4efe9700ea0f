import { describe, expect, it } from 'vitest';
import { Log, people, say, strangers, linkedCall } from '#harness/domain/sessions.ts';
import type { Person } from '#domain/session/subject.ts';
import type { ItemId, MessageId, SessionId, TicketId } from '#domain/ids.ts';
import type { Ticket, TicketMessage } from '#domain/ticket/ticket.ts';
import { noticesOf, ringingOf, ticketDraft } from './notices.ts';

const kinds = (log: Log, subject: Person, seen: string[] = [], firstOpenedAtMs = 0): string[] =>
  noticesOf(log.current, { subject, seen: new Set(seen), firstOpenedAtMs }).map(
    (notice) => `${notice.kind}${notice.read ? ' read' : ''}`,
  );

describe('notices', () => {
  it('F6 B11 a request is told to those who received it and who answer for the machine, to nobody else', () => {
    const log = new Log().must(people.opener, say.request());
    expect(kinds(log, people.assigned)).toEqual(['request']);
    expect(kinds(log, people.responsible)).toEqual(['request']);
    for (const other of [
      people.administrator,
      people.moderator,
      people.opener,
      strangers['employee of another machine'],
    ])
      expect(kinds(log, other)).toEqual([]);
  });

  it('F6 whoever was offline sees a request that still waits on next open, however old; a seen one is read', () => {
    const log = new Log().must(people.opener, say.request());
    expect(kinds(log, people.assigned, [], Number.MAX_SAFE_INTEGER)).toEqual(['request']);
    const [notice] = noticesOf(log.current, {
      subject: people.assigned,
      seen: new Set(),
      firstOpenedAtMs: 0,
    });
    expect(kinds(log, people.assigned, [notice?.id ?? ''])).toEqual(['request read']);
    expect(kinds(log.must(people.assigned, say.confirm()), people.responsible)).toEqual([]);
  });

  it('F33 the code user is told that the request was confirmed, or declined with the reason', () => {
    const confirmed = new Log().must(people.opener, say.request()).must(people.assigned, say.confirm());
    expect(kinds(confirmed, people.opener)).toEqual(['confirmed']);
    expect(kinds(confirmed, people.assigned)).toEqual([]);
    const declined = new Log().must(people.opener, say.request()).must(people.assigned, say.decline('No'));
    const notices = noticesOf(declined.current, {
      subject: people.opener,
      seen: new Set(),
      firstOpenedAtMs: 0,
    });
    expect(notices).toMatchObject([{ kind: 'declined', text: 'No', from: { name: 'erika' } }]);
  });

  it('F37 a call rings for the other side only, and until it is over', () => {
    const log = new Log().must(people.assigned, say.create()).must(people.assigned, say.start());
    const { nowMs } = log;
    expect(ringingOf(log.current, people.opener, nowMs)).toMatchObject({ fromName: 'erika', mode: 'video' });
    expect(ringingOf(log.current, people.tablet, nowMs)).toBeDefined();
    expect(ringingOf(log.current, people.assigned, nowMs)).toBeUndefined();
    expect(ringingOf(log.current, people.responsible, nowMs)).toBeUndefined();
    expect(ringingOf(log.current, people.opener, nowMs + 60_000)).toBeUndefined();
    log.must(people.opener, say.answer());
    expect(ringingOf(log.current, people.tablet, nowMs)).toBeUndefined();
  });

  it('B17 a missed call leaves an entry for those who were rung', () => {
    const log = new Log().must(people.assigned, say.create()).must(people.assigned, say.start());
    log.must(
      { kind: 'relay' },
      { type: 'relay.miss-call', callId: log.current.calls[0]?.id as never },
      { nowMs: log.nowMs + 60_000 },
    );
    expect(kinds(log, people.opener)).toContain('missed-call');
    expect(kinds(log, people.assigned)).toEqual([]);
    const answered = linkedCall(new Log().must(people.assigned, say.create()));
    expect(kinds(answered, people.opener)).not.toContain('missed-call');
  });

  it('F13 a request waits for as long as it takes: a year later it is still told', () => {
    const log = new Log().must(people.opener, say.request());
    const aYearLaterMs = log.nowMs + 365 * 24 * 60 * 60_000;
    expect(kinds(log, people.assigned, [], aYearLaterMs)).toEqual(['request']);
    expect(log.judge(people.assigned, say.confirm(), { nowMs: aYearLaterMs }).ok).toBe(true);
  });

  it('F102 a message of the other side is one notice for the conversation, until it is read on any device', () => {
    const log = new Log().must(people.assigned, say.create()).must(people.opener, say.chat('Hello?', 'one'));
    const message = () =>
      noticesOf(log.current, { subject: people.assigned, seen: new Set(), firstOpenedAtMs: 0 }).filter(
        (notice) => notice.kind === 'message',
      );
    expect(message()).toMatchObject([{ text: 'Hello?', count: 1, read: false, sessionId: log.current.id }]);
    const [first] = message();
    log.must(people.opener, say.chat('Anybody?', 'two'));
    expect(message()).toMatchObject([{ text: 'Anybody?', count: 2, read: false }]);
    // What came after the one that was seen is news again.
    expect(message()[0]?.id).not.toBe(first?.id);
    log.must(people.assigned, say.delivered('two'));
    expect(message()).toMatchObject([{ read: false }]);
    log.must(people.assigned, say.read('two'));
    expect(message()).toMatchObject([{ text: 'Anybody?', read: true }]);
  });

  it('F8 F102 a session that an employee opened is no answer to a request that nobody sent', () => {
    const log = new Log().must(people.assigned, say.create());
    expect(kinds(log, people.opener)).toEqual(['opened']);
  });

  it('F102 nobody is told of own words, of those of colleagues, or of a conversation of others', () => {
    const log = new Log().must(people.opener, say.request()).must(people.assigned, say.confirm());
    log.must(people.opener, say.chat('From the machine', 'one'));
    expect(kinds(log, people.assigned)).toEqual(['message']);
    expect(kinds(log, people.opener)).toEqual(['confirmed']);
    for (const other of [people.responsible, people.moderator, people.administrator, people.tablet])
      expect(kinds(log, other)).toEqual([]);
    log.must(people.assigned, say.chat('From the office', 'two'));
    expect(kinds(log, people.opener)).toEqual(['confirmed', 'message']);
    expect(kinds(log, people.tablet)).toEqual([]);
    log.must(people.moderator, say.assign(people.responsible));
    expect(kinds(log, people.responsible)).toEqual(['message']);
    // A message from before the first time on this device is no news there.
    expect(kinds(log, people.opener, [], Number.MAX_SAFE_INTEGER)).toEqual(['confirmed', 'message read']);
  });
});

describe('notices of tickets', () => {
  const written = (author: Person, text: string, more: Partial<TicketMessage> = {}): TicketMessage => ({
    messageId: text as MessageId,
    author,
    text,
    atMs: 10,
    ...more,
  });
  const ticket = (...messages: TicketMessage[]): Ticket => ({
    id: 'ticket' as TicketId,
    organizationId: people.assigned.organizationId,
    device: { id: people.opener.deviceId, name: 'Pump' },
    number: 7,
    title: 'Leak',
    openedBy: people.opener,
    open: true,
    messages,
    sessions: [],
    marks: [],
    seq: 1,
    createdAtMs: 1,
    updatedAtMs: 1,
  });

  it('F102 the newest message is told to who answers for the machine, and to the machine, not to its author', () => {
    const asked = ticket(written(people.opener, 'It drips'));
    expect(ticketDraft(asked, people.assigned, true)).toMatchObject({ text: 'It drips', ticketId: 'ticket' });
    expect(ticketDraft(asked, people.assigned, false)).toBeUndefined();
    expect(ticketDraft(asked, people.opener, false)).toBeUndefined();
    const answered = ticket(...asked.messages, written(people.assigned, 'Since when?'));
    expect(ticketDraft(answered, people.opener, false)).toMatchObject({ text: 'Since when?', done: false });
    const read = {
      ...answered,
      marks: [{ personId: people.opener.id, kind: 'codeUser' as const, deliveredTo: 1, readTo: 1 }],
    };
    expect(ticketDraft(read, people.opener, false)).toMatchObject({ done: true });
  });

  it('F102 a file is told by its name; what was mirrored from a session is told by the session alone', () => {
    const file = {
      itemId: 'item' as ItemId,
      name: 'plate.jpg',
      mediaType: 'image/jpeg' as const,
      bytes: 1,
      sha256: '',
      stored: false,
    };
    expect(ticketDraft(ticket(written(people.opener, '', { file })), people.assigned, true)?.text).toBe(
      'plate.jpg',
    );
    const mirrored = ticket(written(people.opener, 'In the call', { sessionId: 'session' as SessionId }));
    expect(ticketDraft(mirrored, people.assigned, true)).toBeUndefined();
  });
});
