import { describe, expect, test } from 'vitest';
import type { SessionCommandBody } from './commands.ts';
import { nextDeadline } from './deadlines.ts';
import type { Person } from './subject.ts';
import {
  callOne,
  callTwo,
  linkedCall,
  Log,
  people,
  relay,
  say,
  sessionIn,
} from '#harness/domain/sessions.ts';

const { opener, tablet, assigned, responsible, moderator } = people;
const reasonOf = (decision: { ok: boolean; reason?: string }) => (decision.ok ? 'ok' : decision.reason);
const minute = 60_000;

describe('request to cancellation', () => {
  test('F33 one action confirms, assigns who confirmed, and the log says who', () => {
    const log = new Log().must(opener, say.request()).must(responsible, say.confirm());
    expect(log.current.status).toBe('CONFIRMED');
    expect(log.current.assigned).toEqual([{ id: responsible.id, name: 'rudi' }]);
    expect(log.current.history.map(({ status, actor }) => [status, actor.name])).toEqual([
      ['REQUESTED', 'opener'],
      ['CONFIRMED', 'rudi'],
    ]);
  });

  test('F13 a request waits: nothing is ever due for it, and it can be confirmed a year later', () => {
    const log = new Log().must(opener, say.request());
    expect(nextDeadline(log.current)).toBeUndefined();
    const later = { nowMs: log.nowMs + 365 * 24 * 60 * minute };
    expect(reasonOf(log.run(relay, { type: 'relay.close' }, later))).toBe('illegal-transition');
    log.must(responsible, say.confirm(), later);
    expect(log.current.status).toBe('CONFIRMED');
  });

  test('F24 declining needs a reason; reason and actor are kept', () => {
    const log = new Log().must(opener, say.request());
    expect(reasonOf(log.run(responsible, say.decline('  ')))).toBe('reason-missing');
    expect(reasonOf(log.run(responsible, say.decline('x'.repeat(2001))))).toBe('reason-too-long');
    expect(reasonOf(log.judge(responsible, say.decline('x'.repeat(2000))))).toBe('ok');
    expect(reasonOf(log.run(opener, say.decline('')))).toBe('forbidden');
    expect(reasonOf(log.run(moderator, say.decline('')))).toBe('not-assigned');
    log.must(responsible, say.decline(' Not our pump '));
    expect(log.current.history.at(-1)).toMatchObject({
      status: 'CANCELLED',
      reason: 'Not our pump',
      actor: { name: 'rudi' },
    });
    expect(log.current.assigned).toEqual([]);
  });

  test('F24 a code user withdraws the own request only', () => {
    const log = new Log().must(opener, say.request());
    expect(reasonOf(log.run(tablet, say.withdraw()))).toBe('forbidden');
    log.must(opener, say.withdraw('Found it'));
    expect(log.current.history.at(-1)).toMatchObject({ status: 'CANCELLED', reason: 'Found it' });
    expect(reasonOf(log.run(opener, say.start()))).toBe('session-closed');
  });

  test('F24 cancelling a running call ends the call first', () => {
    const log = sessionIn('IN_PROGRESS');
    const before = log.events.length;
    log.must(assigned, say.cancel('Fire drill'));
    expect(log.events.slice(before)).toMatchObject([
      { type: 'call.ended', payload: { callId: callOne, cause: 'cancelled', linked: true } },
      { type: 'session.cancelled', payload: { reason: 'Fire drill' } },
    ]);
    expect(log.current.status).toBe('CANCELLED');
    expect(log.current.history.map((step) => step.status)).not.toContain('DONE');
  });

  test('C18 with codeUserMayCancelConfirmed off the code user is told so', () => {
    const log = sessionIn('CONFIRMED', { codeUserMayCancelConfirmed: false });
    expect(reasonOf(log.run(opener, say.cancel()))).toBe('cancel-switched-off');
  });
});

describe('F22 F23 F61 C1 from DONE to CLOSED', () => {
  test('F61 after wrap-up at the latest after 10 minutes, by the relay’s clock', () => {
    const log = sessionIn('DONE');
    const due = nextDeadline(log.current);
    expect(due).toEqual({ atMs: log.nowMs + 10 * minute, command: { type: 'relay.close' } });
    expect(log.current.closesAtMs).toBe(log.nowMs + 10 * minute);
    if (!due) return;
    expect(reasonOf(log.run(relay, due.command, { nowMs: due.atMs - 1 }))).toBe('stale');
    log.must(relay, due.command, { nowMs: due.atMs });
    expect(log.current.status).toBe('CLOSED');
    expect(log.events.at(-1)).toMatchObject({ type: 'session.closed', payload: { automatic: true } });
    expect(log.current.history.map((step) => step.status)).toEqual([
      'REQUESTED',
      'CONFIRMED',
      'IN_PROGRESS',
      'DONE',
      'CLOSED',
    ]);
    expect(nextDeadline(log.current)).toBeUndefined();
    expect(log.current.closesAtMs).toBeUndefined();
  });

  test('C1 immediate: due at the moment of DONE', () => {
    const log = sessionIn('DONE', { reviewWindow: 'immediate' });
    expect(nextDeadline(log.current)?.atMs).toBe(log.nowMs);
    expect(reasonOf(log.run(relay, { type: 'relay.close' }))).toBe('ok');
  });

  test('C1 hours: due after the stated time', () => {
    const log = sessionIn('DONE', { reviewWindow: 'hours', reviewMs: 180 * minute });
    expect(nextDeadline(log.current)?.atMs).toBe(log.nowMs + 180 * minute);
  });

  test('C1 manual: never by itself; by the employee', () => {
    const log = sessionIn('DONE', { reviewWindow: 'manual' });
    expect(nextDeadline(log.current)).toBeUndefined();
    expect(reasonOf(log.run(relay, { type: 'relay.close' }, { nowMs: 1e15 }))).toBe('stale');
    log.must(assigned, say.close());
    expect(log.events.at(-1)).toMatchObject({ type: 'session.closed', payload: { automatic: false } });
  });

  test('C1 the employee closes at once, and the clock that comes later does nothing', () => {
    const log = sessionIn('DONE').must(assigned, say.close());
    const late = { nowMs: log.nowMs + 10 * minute };
    expect(reasonOf(log.run(relay, { type: 'relay.close' }, late))).toBe('illegal-transition');
  });

  test.each(['REQUESTED', 'CONFIRMED', 'IN_PROGRESS', 'CLOSED', 'CANCELLED'] as const)(
    'F13 nothing is due in %s',
    (status) => {
      expect(nextDeadline(sessionIn(status).current)).toBeUndefined();
    },
  );
});

describe('F63 F64 reopening', () => {
  test('F63 on a CLOSED session no code user starts, chats or reopens', () => {
    const log = sessionIn('CLOSED');
    expect(reasonOf(log.run(opener, say.start(callTwo)))).toBe('session-closed');
    expect(reasonOf(log.run(opener, say.chat()))).toBe('session-closed');
    expect(reasonOf(log.run(opener, say.reopen()))).toBe('forbidden');
  });

  test('F64 same id, call number 2, and what was there before is kept', () => {
    const log = sessionIn('IN_PROGRESS')
      .must(opener, say.screenshot())
      .must(opener, say.chat())
      .must(assigned, say.leave())
      .must(assigned, say.close());
    const before = log.current;
    log.must(assigned, say.reopen());
    expect(log.current).toMatchObject({ id: before.id, status: 'CONFIRMED' });
    expect(log.current.calls).toEqual(before.calls);
    expect(log.current.screenshots).toEqual(before.screenshots);
    expect(log.current.chat).toEqual(before.chat);
    expect(log.current.history.slice(0, -1)).toEqual(before.history);
    expect(nextDeadline(log.current)).toBeUndefined();
    linkedCall(log, callTwo).must(opener, say.leave(callTwo));
    expect(log.current.calls.map(({ id, number, state }) => [id, number, state])).toEqual([
      [callOne, 1, 'ended'],
      [callTwo, 2, 'ended'],
    ]);
    expect(log.current.status).toBe('DONE');
    expect(nextDeadline(log.current)?.command).toEqual({ type: 'relay.close' });
  });

  test('F64 reopened from DONE nothing closes it any more', () => {
    const log = sessionIn('DONE').must(assigned, say.reopen());
    expect(log.current.closesAtMs).toBeUndefined();
    expect(nextDeadline(log.current)).toBeUndefined();
  });

  test('F64 a withdrawn request, which nobody was assigned to, is reopened by a moderator', () => {
    const log = new Log().must(opener, say.request()).must(opener, say.withdraw());
    expect(reasonOf(log.run(responsible, say.reopen()))).toBe('not-assigned');
    log.must(moderator, say.reopen());
    expect(log.current.status).toBe('CONFIRMED');
  });

  test('F69 internal and back: a service record, public again', () => {
    const log = sessionIn('CLOSED').must(assigned, say.visibility('internal'));
    expect(reasonOf(log.run(opener, say.chat()))).toBe('not-found');
    log.must(assigned, say.visibility('public'));
    expect(log.current).toMatchObject({ visibility: 'public', status: 'CLOSED' });
  });
});

describe('T13 races: the relay’s order decides', () => {
  test('withdraw and confirm: the first stands, the other is refused and told', () => {
    const base = { baseSeq: 1 };
    const confirmed = new Log().must(opener, say.request()).must(responsible, say.confirm(), base);
    expect(reasonOf(confirmed.run(opener, say.withdraw(), base))).toBe('stale');
    expect(confirmed.current.status).toBe('CONFIRMED');
    const withdrawn = new Log().must(opener, say.request()).must(opener, say.withdraw(), base);
    expect(reasonOf(withdrawn.run(responsible, say.confirm(), base))).toBe('stale');
    expect(withdrawn.current.status).toBe('CANCELLED');
  });

  test('cancel and start: cancel, unless the link is already up', () => {
    const ringing = sessionIn('CONFIRMED');
    const baseSeq = ringing.events.length;
    ringing.must(opener, say.start()).must(assigned, say.cancel(), { baseSeq });
    expect(ringing.current.status).toBe('CANCELLED');
    expect(ringing.current.calls[0]).toMatchObject({ state: 'ended', endReason: 'cancelled' });

    const answered = sessionIn('CONFIRMED').must(opener, say.start()).must(assigned, say.answer());
    answered.must(assigned, say.cancel(), { baseSeq });
    expect(answered.current.status).toBe('CANCELLED');

    const start = { baseSeq };
    const cancelled = sessionIn('CONFIRMED').must(assigned, say.cancel());
    expect(reasonOf(cancelled.run(opener, say.start(), start))).toBe('session-closed');
  });

  test.each([
    ['the other side', opener],
    ['the same person', assigned],
  ])('cancel loses against a link that %s reported', (_name, reporter) => {
    const log = sessionIn('CONFIRMED');
    const baseSeq = log.events.length;
    log.must(opener, say.start()).must(assigned, say.answer()).must(reporter, say.linkUp());
    expect(reasonOf(log.run(assigned, say.cancel(), { baseSeq }))).toBe('stale');
    expect(reasonOf(log.run(moderator, say.cancel(), { baseSeq }))).toBe('stale');
    expect(log.current.status).toBe('IN_PROGRESS');
    expect(reasonOf(log.run(assigned, say.cancel()))).toBe('ok');
  });

  test('P71 internal and public: internal, in either order', () => {
    const log = sessionIn('CLOSED').must(assigned, say.assign(responsible));
    const baseSeq = log.events.length;
    log.must(assigned, say.visibility('internal'), { baseSeq });
    expect(reasonOf(log.run(responsible, say.visibility('public'), { baseSeq }))).toBe('stale');
    expect(log.current.visibility).toBe('internal');
    expect(reasonOf(log.run(responsible, say.visibility('public')))).toBe('ok');

    const other = sessionIn('CLOSED').must(assigned, say.assign(responsible));
    other.must(responsible, say.visibility('public'), { baseSeq });
    other.must(assigned, say.visibility('internal'), { baseSeq });
    expect(other.current.visibility).toBe('internal');
  });

  test('what one person did one after the other while offline is not stale against itself', () => {
    const log = new Log();
    for (const command of [say.request(), say.chat(), say.withdraw()])
      expect(reasonOf(log.run(opener, command, { baseSeq: 0 }))).toBe('ok');
    expect(log.current.status).toBe('CANCELLED');
    const both = sessionIn('CLOSED');
    const baseSeq = both.events.length;
    both.must(assigned, say.visibility('internal'), { baseSeq });
    expect(reasonOf(both.run(assigned, say.visibility('public'), { baseSeq }))).toBe('ok');
  });

  test('an own later change does not hide what somebody else did between', () => {
    const log = sessionIn('CONFIRMED');
    const baseSeq = log.events.length;
    log.must(opener, say.cancel()).must(assigned, say.reopen());
    expect(reasonOf(log.run(assigned, say.cancel(), { baseSeq }))).toBe('stale');
    expect(log.current.status).toBe('CONFIRMED');
  });

  test('chat and screenshots of somebody who has not seen the newest status are no decision on it', () => {
    const log = sessionIn('IN_PROGRESS').must(assigned, say.leave());
    expect(reasonOf(log.run(opener, say.chat(), { baseSeq: 1 }))).toBe('ok');
    expect(reasonOf(log.run(opener, say.screenshot(), { baseSeq: 1 }))).toBe('ok');
  });

  const pairs: [string, () => Log, [Person, SessionCommandBody][]][] = [
    [
      'REQUESTED',
      () => sessionIn('REQUESTED'),
      [
        [assigned, say.confirm()],
        [responsible, say.confirm()],
        [responsible, say.decline()],
        [opener, say.withdraw()],
      ],
    ],
    [
      'CONFIRMED',
      () => sessionIn('CONFIRMED'),
      [
        [assigned, say.cancel()],
        [opener, say.cancel()],
        [tablet, say.cancel()],
        [moderator, say.cancel()],
      ],
    ],
    [
      'DONE',
      () => sessionIn('DONE'),
      [
        [assigned, say.close()],
        [moderator, say.close()],
        [moderator, say.reopen()],
        [assigned, say.reopen()],
      ],
    ],
  ];
  test.each(pairs)('T13 in %s, of two on the same base exactly one wins', (_status, make, rivals) => {
    for (const [first, one] of rivals)
      for (const [second, other] of rivals) {
        if (first === second) continue;
        const log = make();
        const baseSeq = log.events.length;
        expect(reasonOf(log.run(first, one, { baseSeq }))).toBe('ok');
        const after = log.events.length;
        expect(reasonOf(log.run(second, other, { baseSeq }))).toBe('stale');
        expect(log.events).toHaveLength(after);
      }
  });
});
