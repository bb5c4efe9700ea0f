import { describe, expect, test } from 'vitest';
import { nextDeadline } from './deadlines.ts';
import { purgeOf, remnantOf } from './retention.ts';
import { sessionStatuses } from './status.ts';
import { Log, people, relay, say, sessionIn } from '#harness/domain/sessions.ts';

const { opener, assigned, moderator } = people;
const reasonOf = (decision: { ok: boolean; reason?: string }) => (decision.ok ? 'ok' : decision.reason);
const day = 24 * 60 * 60_000;
const purge = { type: 'relay.purge' } as const;

describe('C3 F100 retention', () => {
  test.each(sessionStatuses)('C3 keep: nothing is ever erased in %s', (status) => {
    const log = sessionIn(status);
    expect(purgeOf(log.current)).toBeUndefined();
    expect(reasonOf(log.run(relay, purge, { nowMs: 1e15 }))).toBe('stale');
  });

  test('F100 none: with the end of the session all but a remnant goes, at once', () => {
    const log = sessionIn('CLOSED', { retention: 'none' });
    expect(nextDeadline(log.current)).toEqual({ atMs: log.nowMs, command: purge });
    expect(purgeOf(log.current)?.keeps).toBe('remnant');
    expect(log.run(relay, purge)).toEqual({ ok: true, value: [] });
  });

  test('F100 none: a reason for a refusal can be read for as long as a review lasts', () => {
    const log = new Log({ retention: 'none' })
      .must(opener, say.request())
      .must(people.responsible, say.decline());
    expect(purgeOf(log.current)?.atMs).toBe(log.nowMs + 600_000);
  });

  test('F100 days: all of it, so many days after the end, not before', () => {
    const log = sessionIn('CLOSED', { retention: 'days', retentionDays: 30 });
    const atMs = log.nowMs + 30 * day;
    expect(purgeOf(log.current)).toEqual({ atMs, keeps: 'nothing' });
    expect(reasonOf(log.run(relay, purge, { nowMs: atMs - 1 }))).toBe('stale');
    expect(reasonOf(log.run(relay, purge, { nowMs: atMs }))).toBe('ok');
  });

  test.each(['REQUESTED', 'CONFIRMED', 'IN_PROGRESS', 'DONE'] as const)(
    'C3 what has not ended is not erased: %s',
    (status) => {
      for (const retention of ['days', 'none'] as const) {
        const log = sessionIn(status, { retention, retentionDays: 1 });
        expect(reasonOf(log.run(relay, purge, { nowMs: 1e15 }))).toBe('stale');
      }
    },
  );

  test('C3 reopened: nothing is due; ended again, the days count anew', () => {
    const log = sessionIn('CLOSED', { retention: 'days', retentionDays: 30 }).must(assigned, say.reopen());
    expect(purgeOf(log.current)).toBeUndefined();
    log.nowMs += 10 * day;
    log.must(assigned, say.cancel());
    expect(purgeOf(log.current)?.atMs).toBe(log.nowMs + 30 * day);
  });

  test('C3 T13 X47 purge beats everything: what is due wakes up for nobody, though the relay was down meanwhile', () => {
    const log = sessionIn('CLOSED', { retention: 'days', retentionDays: 1 });
    const late = { nowMs: log.nowMs + day };
    for (const body of [say.reopen(), say.note(), say.visibility('internal'), say.setStatus('CONFIRMED')])
      expect(reasonOf(log.run(assigned, body, late))).toBe('not-found');
    expect(reasonOf(log.judge(opener, say.rate(), late))).toBe('not-found');
    expect(reasonOf(log.judge(assigned, say.note(), { nowMs: late.nowMs - 1 }))).toBe('ok');
    expect(reasonOf(log.run(relay, purge, late))).toBe('ok');
  });

  test('C3 a session keeps the retention it was made with', () => {
    const log = new Log({ retention: 'none' }).must(assigned, say.create());
    log.settings.retention = 'keep';
    log.must(assigned, say.cancel());
    expect(purgeOf(log.current)?.keeps).toBe('remnant');
  });

  test('nobody but the relay erases', () => {
    const log = sessionIn('CLOSED', { retention: 'none' });
    for (const who of [opener, assigned, moderator]) expect(reasonOf(log.run(who, purge))).toBe('forbidden');
  });

  test('F100 C3 none leaves id, times and participants: no word, no picture, no reason', () => {
    const log = sessionIn('IN_PROGRESS', { retention: 'none' })
      .must(opener, say.chat('canary-chat'))
      .must(assigned, say.note('canary-note'))
      .must(opener, say.leave())
      .must(opener, say.rate(1, 'canary-comment'))
      .must(assigned, say.close());
    const remnant = remnantOf(log.current);
    expect(Object.keys(remnant).sort()).toEqual([
      'calls',
      'createdAtMs',
      'endedAtMs',
      'id',
      'organizationId',
      'participants',
    ]);
    expect(remnant.participants.map((who) => who.name)).toEqual(['opener', 'erika']);
    expect(remnant.calls).toHaveLength(1);
    const bytes = JSON.stringify(remnant);
    for (const word of ['canary', 'It leaks', 'Pump']) expect(bytes).not.toContain(word);
  });
});
