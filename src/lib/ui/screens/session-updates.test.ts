import { expect, test } from 'vitest';
import type { SessionEvent } from '#domain/session/events.ts';
import { knownTicket, linkedCall, Log, people, say, sessionIn } from '#harness/domain/sessions.ts';
import { updatesOf } from './session-updates.ts';

const { opener, assigned, moderator } = people;
const names = {
  ticket: (id: string) => (id === knownTicket ? '1042' : undefined),
  employee: (id: string) => (id === people.responsible.id ? 'Rudi' : undefined),
};
const lines = (log: Log): string[] => updatesOf(log.events, names).map((update) => update.text);

test('F88 the log reads as sentences, the oldest first', () => {
  const log = sessionIn('DONE')
    .must(assigned, say.note())
    .must(opener, say.rate(4))
    .must(assigned, say.linkTicket(knownTicket))
    .must(assigned, say.close());
  expect(lines(log)).toEqual([
    'opener requested the session',
    'mona added erika',
    'erika confirmed',
    'erika started call 1',
    'opener answered',
    'The call is connected',
    'opener left the call',
    'The call is over',
    'erika added a note',
    'opener rated the call: Good',
    'erika linked ticket 1042',
    'erika closed the session',
  ]);
});

test('C17 F88 what was set by hand is told as such', () => {
  const log = sessionIn('DONE')
    .must(assigned, say.setStatus('CLOSED'))
    .must(moderator, say.setStatus('CONFIRMED'));
  expect(lines(log).slice(-2)).toEqual([
    'erika set the status to Closed by hand',
    'mona set the status to Confirmed by hand',
  ]);
});

test('F88 F103 ticks make no line, nor does what is not for the reader', () => {
  const log = sessionIn('CONFIRMED').must(opener, say.chat());
  const before = lines(log).length;
  log.must(assigned, say.delivered()).must(assigned, say.read());
  expect(lines(log)).toHaveLength(before);
  const [first] = log.events;
  const withheld = { ...first, type: 'session.withheld', payload: {} } as SessionEvent;
  expect(updatesOf([withheld], names)).toEqual([]);
});

test('F72 F88 who was removed is named where it is known', () => {
  const log = linkedCall(new Log().must(assigned, say.create()).must(assigned, say.assign()));
  log.must(assigned, say.unassign(people.responsible));
  expect(lines(log).at(-1)).toBe('erika removed Rudi');
});
