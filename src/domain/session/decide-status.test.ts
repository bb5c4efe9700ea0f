import { describe, expect, test } from 'vitest';
import { nextDeadline } from './deadlines.ts';
import { manualStep } from './decide-status.ts';
import { sessionStatuses, type SessionStatus } from './status.ts';
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
import { isKeptOpen, liveCall } from './video-session.ts';

const { opener, tablet, guest, assigned, responsible, moderator, administrator } = people;
const reasonOf = (decision: { ok: boolean; reason?: string }) => (decision.ok ? 'ok' : decision.reason);
const typesSince = (log: Log, seq: number) => log.events.slice(seq).map((event) => event.type);
const keepOpen = { keepOpenUntilClosed: true };

/** Kept open: one call is over, the session is back in CONFIRMED. */
const keptOpen = () => sessionIn('IN_PROGRESS', keepOpen).must(opener, say.leave());

describe('F79 C15 End session', () => {
  test('C15 P62 ends the call that runs: DONE, also where a hang-up would have kept the session open', () => {
    for (const settings of [{}, keepOpen]) {
      const log = sessionIn('IN_PROGRESS', settings).must(assigned, say.endSession());
      expect(log.current).toMatchObject({ status: 'DONE', calls: [{ endReason: 'session-ended' }] });
      expect(log.current.calls[0]?.legs.every((leg) => leg.leftAtMs !== undefined)).toBe(true);
      expect(nextDeadline(log.current)?.command).toEqual({ type: 'relay.close' });
    }
  });

  test('F32 C15 F29 leaving keeps it open: CONFIRMED, either side comes back, until an employee ends it', () => {
    const log = keptOpen();
    expect(log.current.status).toBe('CONFIRMED');
    expect(isKeptOpen(log.current)).toBe(true);
    linkedCall(log, callTwo).must(assigned, say.leave(callTwo));
    expect(log.current.status).toBe('CONFIRMED');
    log.must(assigned, say.endSession());
    expect(log.events.at(-1)?.type).toBe('session.ended');
    expect(log.current.status).toBe('DONE');
    log.must(assigned, say.close());
    expect(log.current.status).toBe('CLOSED');
  });

  test('C15 a call that only rings in a session kept open ends with it', () => {
    const log = keptOpen().must(opener, say.start(callTwo));
    const before = log.events.length;
    log.must(assigned, say.endSession());
    expect(typesSince(log, before)).toEqual(['call.ended', 'session.ended']);
    expect(liveCall(log.current)).toBeUndefined();
    expect(log.current.status).toBe('DONE');
  });

  test('C15 what has had no call is not ended but cancelled; without keepOpenUntilClosed nothing is kept open', () => {
    expect(reasonOf(sessionIn('CONFIRMED', keepOpen).run(assigned, say.endSession()))).toBe(
      'illegal-transition',
    );
    const reopened = sessionIn('CLOSED').must(assigned, say.reopen());
    expect(reasonOf(reopened.run(assigned, say.endSession()))).toBe('illegal-transition');
  });

  test('C15 it is the employees’: no code user, no guest, no colleague who is not assigned', () => {
    const log = sessionIn('IN_PROGRESS', keepOpen);
    for (const who of [opener, tablet, guest])
      expect(reasonOf(log.run(who, say.endSession()))).toBe('forbidden');
    expect(reasonOf(log.run(responsible, say.endSession()))).toBe('not-assigned');
    expect(reasonOf(log.run(moderator, say.endSession()))).toBe('ok');
  });

  test('F79 C4 nobody joins what has ended; the record stays, and reopening takes a new call', () => {
    const log = sessionIn('IN_PROGRESS').must(opener, say.chat()).must(assigned, say.endSession());
    expect(reasonOf(log.run(opener, say.answer()))).toBe('call-over');
    expect(reasonOf(log.run(opener, say.start(callTwo)))).toBe('session-closed');
    expect(log.current.chat).toHaveLength(1);
    log.must(assigned, say.reopen());
    expect(reasonOf(log.run(opener, say.start(callOne)))).toBe('already-exists');
    expect(linkedCall(log, callTwo).current.calls.map((call) => call.number)).toEqual([1, 2]);
  });

  test('T13 End session and a new call: the one that was decided on what is no more is refused', () => {
    const log = keptOpen();
    const baseSeq = log.events.length;
    linkedCall(log, callTwo);
    expect(reasonOf(log.run(assigned, say.endSession(), { baseSeq }))).toBe('stale');
    expect(log.current.status).toBe('IN_PROGRESS');
  });
});

/** From → to, by hand, as the rows of the status machine have it; the rest is illegal. */
const rows: Record<SessionStatus, SessionStatus[]> = {
  REQUESTED: ['CONFIRMED', 'CANCELLED'],
  CONFIRMED: ['CANCELLED'],
  IN_PROGRESS: ['DONE', 'CANCELLED'],
  DONE: ['CONFIRMED', 'CLOSED'],
  CLOSED: ['CONFIRMED'],
  CANCELLED: ['CONFIRMED'],
};

describe('F26 C17 by hand', () => {
  for (const from of sessionStatuses)
    for (const to of sessionStatuses)
      test(`F26 C17 T47 ${from} → ${to}${rows[from].includes(to) ? ', logged as manual' : ' is illegal'}`, () => {
        const log = sessionIn(from);
        const before = log.events.length;
        const decision = log.run(assigned, say.setStatus(to));
        if (!rows[from].includes(to)) {
          expect(reasonOf(decision)).toBe('illegal-transition');
          expect(log.events).toHaveLength(before);
          return;
        }
        expect(log.current.status).toBe(to);
        expect(log.current.history.at(-1)).toMatchObject({
          status: to,
          manual: true,
          actor: { name: 'erika' },
        });
        const marked = log.events.filter((event) => 'manual' in event.payload && event.payload.manual);
        expect(marked).toHaveLength(1);
        // One change, one step: nothing passes through a status in between.
        expect(log.current.history.filter((step) => step.seq > before)).toHaveLength(1);
      });

  test('C17 what is done by its own button is not manual', () => {
    for (const status of sessionStatuses)
      expect(sessionIn(status).current.history.some((step) => step.manual)).toBe(false);
  });

  test('C15 C17 kept open: IN_PROGRESS → CONFIRMED and CONFIRMED → DONE by hand as well', () => {
    const log = sessionIn('IN_PROGRESS', keepOpen).must(assigned, say.setStatus('CONFIRMED'));
    expect(log.current.history.at(-1)).toMatchObject({ status: 'CONFIRMED', manual: true });
    log.must(assigned, say.setStatus('DONE'));
    expect(log.current.history.at(-1)).toMatchObject({ status: 'DONE', manual: true });
    expect(manualStep(sessionIn('CONFIRMED', keepOpen).current, 'DONE')).toBeUndefined();
  });

  test('F21 C17 P63 IN_PROGRESS is never set by hand, REQUESTED never again', () => {
    for (const status of sessionStatuses)
      for (const never of ['IN_PROGRESS', 'REQUESTED'] as const)
        expect(manualStep(sessionIn(status).current, never)).toBeUndefined();
  });

  test('F26 T47 T48 no code user, no guest; colleagues after they are assigned', () => {
    for (const who of [opener, tablet, guest])
      for (const to of sessionStatuses)
        expect(reasonOf(sessionIn('DONE').run(who, say.setStatus(to)))).toBe('forbidden');
    expect(reasonOf(sessionIn('DONE').run(responsible, say.setStatus('CLOSED')))).toBe('not-assigned');
    expect(reasonOf(sessionIn('DONE').run(administrator, say.setStatus('CLOSED')))).toBe('ok');
  });

  test('F18 C17 by hand is no way around self-assignment: a moderator does not confirm or decline so', () => {
    for (const to of ['CONFIRMED', 'CANCELLED'] as const)
      expect(reasonOf(sessionIn('REQUESTED').run(moderator, say.setStatus(to)))).toBe('not-assigned');
    const log = sessionIn('REQUESTED').must(moderator, say.assign(moderator));
    expect(reasonOf(log.run(moderator, say.setStatus('CONFIRMED')))).toBe('ok');
  });

  test('F24 C17 a request that is cancelled by hand is declined, and needs a reason as that does', () => {
    const log = sessionIn('REQUESTED');
    expect(reasonOf(log.run(assigned, say.setStatus('CANCELLED', ' ')))).toBe('reason-missing');
    expect(reasonOf(log.run(assigned, say.setStatus('CANCELLED', 'x'.repeat(2001))))).toBe('reason-too-long');
    log.must(assigned, say.setStatus('CANCELLED', 'Twice asked'));
    expect(log.events.at(-1)).toMatchObject({
      type: 'session.declined',
      payload: { reason: 'Twice asked', manual: true },
    });
  });

  test('T13 by hand on a status that somebody else has moved: refused and told', () => {
    const log = sessionIn('DONE');
    const baseSeq = log.events.length;
    log.must(moderator, say.reopen());
    expect(reasonOf(log.run(assigned, say.setStatus('CLOSED'), { baseSeq }))).toBe('stale');
  });
});

describe('F13 B11 expiry of requests', () => {
  const expiring = { requestExpiryMs: 3_600_000 };

  test('B11 cancelled by the relay when its time is over, not before, with the relay as the one who did it', () => {
    const log = new Log(expiring).must(opener, say.request());
    const due = nextDeadline(log.current);
    expect(due).toEqual({ atMs: log.nowMs + 3_600_000, command: { type: 'relay.expire' } });
    if (!due) return;
    expect(reasonOf(log.run(relay, due.command, { nowMs: due.atMs - 1 }))).toBe('stale');
    log.must(relay, due.command, { nowMs: due.atMs });
    expect(log.current.history.at(-1)).toMatchObject({ status: 'CANCELLED', actor: { kind: 'relay' } });
    expect(nextDeadline(log.current)).toBeUndefined();
    expect(reasonOf(log.run(moderator, say.reopen()))).toBe('ok');
  });

  test('F13 B11 confirmed in time, nothing is due; off by default', () => {
    const log = new Log(expiring).must(opener, say.request()).must(responsible, say.confirm());
    expect(nextDeadline(log.current)).toBeUndefined();
    const command = { type: 'relay.expire' } as const;
    expect(reasonOf(log.run(relay, command, { nowMs: 1e15 }))).toBe('illegal-transition');
    const patient = new Log().must(opener, say.request());
    expect(reasonOf(patient.run(relay, command, { nowMs: 1e15 }))).toBe('stale');
  });

  test('T13 expiry and confirmation: the first stands', () => {
    const log = new Log(expiring).must(opener, say.request());
    const base = { baseSeq: 1, nowMs: log.nowMs + 3_600_000 };
    log.must(relay, { type: 'relay.expire' }, base);
    expect(reasonOf(log.run(responsible, say.confirm(), base))).toBe('stale');
  });

  test('B11 a request keeps the expiry it was made with', () => {
    const log = new Log(expiring).must(opener, say.request());
    log.settings.requestExpiryMs = null;
    expect(nextDeadline(log.current)?.command).toEqual({ type: 'relay.expire' });
  });
});
