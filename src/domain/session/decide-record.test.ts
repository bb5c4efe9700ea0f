import { describe, expect, test } from 'vitest';
import { eventFor } from './event-view.ts';
import { foldSession } from './fold.ts';
import { messageState, unreadMessages } from './receipts.ts';
import { sessionStatuses } from './status.ts';
import {
  customerId,
  idOf,
  knownTicket,
  Log,
  otherTicket,
  people,
  press,
  relay,
  say,
  sessionIn,
  strangers,
} from '#harness/domain/sessions.ts';

const { opener, tablet, guest, assigned, responsible, moderator, administrator } = people;
const reasonOf = (decision: { ok: boolean; reason?: string }) => (decision.ok ? 'ok' : decision.reason);

describe('F78 F86 C16 notes', () => {
  test('F78 several, by several people, each with author and time, in order', () => {
    const log = sessionIn('CONFIRMED').must(assigned, say.note('First', 'n1'));
    log.nowMs += 1000;
    log.must(moderator, say.note('Second', 'n2')).must(assigned, say.note('Third', 'n3'));
    expect(log.current.notes.map(({ text, author, atMs }) => [text, author.name, atMs - log.nowMs])).toEqual([
      ['First', 'erika', -1000],
      ['Second', 'mona', 0],
      ['Third', 'erika', 0],
    ]);
  });

  test.each(sessionStatuses)('F86 C16 append-only in %s', (status) => {
    const log = sessionIn(status).must(assigned, say.note('One', 'n1'));
    expect(reasonOf(log.run(administrator, say.note('Two', 'n2')))).toBe('ok');
    expect(reasonOf(log.run(moderator, say.note('Another text', 'n1')))).toBe('already-exists');
    expect(log.current.notes.map((note) => note.text)).toEqual(['One', 'Two']);
    expect(log.current.status).toBe(status);
  });

  test('F18 F78 no code user, no guest; who answers for the machine reads, and writes when assigned', () => {
    const log = sessionIn('CLOSED');
    for (const who of [opener, tablet]) expect(reasonOf(log.run(who, say.note()))).toBe('forbidden');
    expect(reasonOf(sessionIn('DONE').run(guest, say.note()))).toBe('forbidden');
    expect(reasonOf(log.run(responsible, say.note()))).toBe('not-assigned');
  });

  test('a note of 1 MB, an empty one, one at the limit: each with its reason', () => {
    const log = sessionIn('DONE');
    expect(reasonOf(log.run(assigned, say.note('x'.repeat(1024 * 1024))))).toBe('text-too-long');
    expect(reasonOf(log.run(assigned, say.note('x'.repeat(10_001))))).toBe('text-too-long');
    expect(reasonOf(log.run(assigned, say.note(' \n\t ')))).toBe('text-missing');
    expect(reasonOf(log.run(assigned, say.note('x'.repeat(10_000))))).toBe('ok');
  });

  test('T38 markup, right-to-left marks and line breaks are text', () => {
    const text = '<img src=x onerror=alert(1)>\u202e\nsecond line';
    expect(sessionIn('DONE').must(assigned, say.note(text)).current.notes[0]?.text).toBe(text);
  });
});

describe('F103 ticks', () => {
  const chatted = () =>
    sessionIn('CONFIRMED').must(opener, say.chat('one', 'm1')).must(opener, say.chat('two', 'm2'));
  const states = (log: Log) => log.current.chat.map((message) => messageState(log.current, message));

  test('F103 sent, then delivered, then read, up to a message', () => {
    const log = chatted();
    expect(states(log)).toEqual(['sent', 'sent']);
    log.must(assigned, say.delivered('m2'));
    expect(states(log)).toEqual(['delivered', 'delivered']);
    log.must(assigned, say.read('m1'));
    expect(states(log)).toEqual(['read', 'delivered']);
    log.must(assigned, say.read('m2'));
    expect(states(log)).toEqual(['read', 'read']);
  });

  test('F103 on both sides', () => {
    const log = sessionIn('CONFIRMED').must(assigned, say.chat('Hello', 'm1'));
    log.must(opener, say.read('m1'));
    expect(states(log)).toEqual(['read']);
  });

  test('F103 read includes delivered; nothing goes back, and nothing is said twice', () => {
    const log = chatted().must(assigned, say.read('m2'));
    const before = log.events.length;
    for (const again of [say.read('m2'), say.read('m1'), say.delivered('m1'), say.delivered('m2')])
      expect(reasonOf(log.run(assigned, again))).toBe('ok');
    expect(log.events).toHaveLength(before);
    expect(states(log)).toEqual(['read', 'read']);
  });

  test('F103 neither the own eye nor a colleague’s makes a message read', () => {
    const log = chatted().must(opener, say.read('m2')).must(tablet, say.read('m2'));
    expect(states(log)).toEqual(['sent', 'sent']);
    const office = sessionIn('CONFIRMED').must(moderator, say.assign(responsible));
    office.must(assigned, say.chat('Look', 'm1')).must(responsible, say.read('m1'));
    expect(states(office)).toEqual(['sent']);
    office.must(guest, say.read('m1'));
    expect(states(office)).toEqual(['read']);
    expect(states(chatted().must(guest, say.read('m2')))).toEqual(['sent', 'sent']);
    expect(
      states(sessionIn('CONFIRMED').must(guest, say.chat('Hi', 'm1')).must(opener, say.read('m1'))),
    ).toEqual(['read']);
  });

  test('F103 P67 only those who take part in the chat leave receipts; also after the end', () => {
    expect(reasonOf(chatted().run(responsible, say.read('m1')))).toBe('not-assigned');
    expect(reasonOf(chatted().run(moderator, say.read('m1')))).toBe('not-assigned');
    expect(reasonOf(chatted().run(assigned, say.read('unheard-of')))).toBe('message-unknown');
    const log = chatted().must(assigned, say.cancel());
    expect(reasonOf(log.run(assigned, say.read('m2')))).toBe('ok');
    expect(reasonOf(log.run(opener, say.chat('late', 'm3')))).toBe('session-closed');
  });

  test('F103 what is unread, for whom', () => {
    const log = chatted().must(assigned, say.chat('Yes?', 'm3'));
    const unread = (id: string) => unreadMessages(log.current, id).map((message) => message.text);
    expect(unread(assigned.id)).toEqual(['one', 'two']);
    expect(unread(opener.id)).toEqual(['Yes?']);
    log.must(assigned, say.read('m1'));
    expect(unread(assigned.id)).toEqual(['two']);
  });
});

describe('F70 ticket links', () => {
  test('F70 several, linked and unlinked, in every status', () => {
    for (const status of sessionStatuses) {
      const log = sessionIn(status)
        .must(assigned, say.linkTicket(knownTicket))
        .must(moderator, say.linkTicket(otherTicket));
      expect(log.current.ticketIds).toEqual([knownTicket, otherTicket]);
      log.must(assigned, say.unlinkTicket(knownTicket));
      expect(log.current.ticketIds).toEqual([otherTicket]);
      expect(log.current.status).toBe(status);
    }
  });

  test('F70 twice, unknown, not linked', () => {
    const log = sessionIn('CONFIRMED').must(assigned, say.linkTicket());
    expect(reasonOf(log.run(assigned, say.linkTicket()))).toBe('already-exists');
    expect(reasonOf(log.run(assigned, say.linkTicket(idOf('no-ticket'))))).toBe('ticket-unknown');
    expect(reasonOf(log.run(assigned, say.unlinkTicket(knownTicket)))).toBe('ticket-unknown');
  });

  test('F70 T17 T50 P70 a ticket of another machine is not linked: its readers would read along', () => {
    const log = new Log().must(responsible, say.create({ deviceId: press }));
    expect(reasonOf(log.run(responsible, say.linkTicket(knownTicket)))).toBe('ticket-unknown');
    const create = say.create({ deviceId: press, ticketIds: [knownTicket] });
    expect(reasonOf(new Log().run(responsible, create))).toBe('ticket-unknown');
  });

  test('F70 not by code users; no more than 20', () => {
    expect(reasonOf(sessionIn('CONFIRMED').run(opener, say.linkTicket()))).toBe('forbidden');
    const log = sessionIn('CONFIRMED');
    const ids = Array.from({ length: 20 }, (_, index) => idOf<typeof knownTicket>(`t-${index}`));
    log.session = { ...log.current, ticketIds: ids };
    expect(reasonOf(log.run(assigned, say.linkTicket()))).toBe('limit-reached');
  });
});

describe('F17 the record of a customer', () => {
  test('F17 an anonymous code user’s session is linked later, and unlinked; both are in the log', () => {
    const anonymous = { ...opener, name: '' };
    const log = new Log().must(anonymous, say.request()).must(moderator, say.linkCustomer());
    expect(log.current.customer).toEqual({ id: customerId, name: 'Waterworks' });
    expect(reasonOf(log.run(moderator, say.linkCustomer()))).toBe('already-exists');
    log.must(moderator, say.unlinkCustomer());
    expect(log.current.customer).toBeUndefined();
    expect(log.events.slice(-2).map((event) => event.type)).toEqual([
      'session.customer-linked',
      'session.customer-unlinked',
    ]);
    expect(reasonOf(log.run(moderator, say.unlinkCustomer()))).toBe('customer-unknown');
  });

  test('F17 T17 only a record of the own organization, only by who conducts or moderates', () => {
    const log = sessionIn('CLOSED');
    expect(reasonOf(log.run(assigned, say.linkCustomer(idOf('elsewhere'))))).toBe('customer-unknown');
    expect(reasonOf(log.run(responsible, say.linkCustomer()))).toBe('not-assigned');
    expect(reasonOf(log.run(opener, say.linkCustomer()))).toBe('forbidden');
  });
});

describe('what is not for everybody who sees the session', () => {
  const secret = 'canary-note';
  const full = () =>
    sessionIn('DONE')
      .must(assigned, say.note(secret))
      .must(assigned, say.linkCustomer())
      .must(opener, say.rate(1, 'canary-comment'))
      .must(assigned, say.unlinkCustomer());

  test('T14 T19 F78 no byte of a note, of a customer or of a foreign rating goes to code users and guests', () => {
    const log = full();
    for (const who of [opener, tablet, guest]) {
      const bytes = JSON.stringify(log.events.map((event) => eventFor(who, event)));
      expect(bytes).not.toContain(secret);
      expect(bytes).not.toContain('Waterworks');
      expect(bytes.includes('canary-comment')).toBe(who === opener);
    }
  });

  test('F78 F65 employees and the relay get everything as it is', () => {
    const log = full();
    for (const who of [assigned, responsible, moderator, administrator, relay])
      for (const event of log.events) expect(eventFor(who, event)).toBe(event);
  });

  test('P69 what is withheld says nothing but its number and time, and the log still folds', () => {
    const log = full();
    const seen = log.events.map((event) => eventFor(opener, event));
    const withheld = seen.filter((event) => event.type === 'session.withheld');
    expect(withheld).toHaveLength(3);
    for (const event of withheld)
      expect(Object.keys(event).sort()).toEqual([
        'actor',
        'atMs',
        'payload',
        'position',
        'seq',
        'streamId',
        'type',
      ]);
    expect(foldSession(seen)).toEqual({ ...log.current, notes: [] });
  });

  test('nobody can propose a withheld event, a stranger gets not-found for all of it', () => {
    const log = full();
    for (const who of Object.values(strangers))
      for (const body of [say.note(), say.linkCustomer(), say.linkTicket(), say.read('m'), say.rate()])
        expect(reasonOf(log.run(who, body))).toBe('not-found');
  });
});
