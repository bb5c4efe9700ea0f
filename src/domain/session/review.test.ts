import { describe, expect, test } from 'vitest';
import { nextDeadline } from './deadlines.ts';
import { callToRate, isRatingPending, lastScore } from './rating.ts';
import { isWrappedUp, pendingUploads, wrapUpSettleMs } from './review.ts';
import { sessionStatuses } from './status.ts';
import {
  callOne,
  callTwo,
  idOf,
  linkedCall,
  Log,
  people,
  relay,
  say,
  sessionIn,
  strangers,
} from '#harness/domain/sessions.ts';

const { opener, tablet, guest, assigned, responsible, moderator, administrator } = people;
const reasonOf = (decision: { ok: boolean; reason?: string }) => (decision.ok ? 'ok' : decision.reason);
const minute = 60_000;
const store = (name = 'shot') => ({ type: 'relay.store-screenshot', screenshotId: idOf(name) }) as const;

describe('F61 F62 C1 closing after wrap-up', () => {
  test('C1 F65 answered: it closes when what is on its way has had its few seconds', () => {
    const log = sessionIn('DONE');
    expect(nextDeadline(log.current)?.atMs).toBe(log.nowMs + 10 * minute);
    const doneAtMs = log.nowMs;
    log.nowMs += 2 * minute;
    log.must(opener, say.rate(5));
    const due = nextDeadline(log.current);
    expect(due).toEqual({ atMs: doneAtMs + wrapUpSettleMs, command: { type: 'relay.close' } });
    if (!due) return;
    log.must(relay, due.command);
    expect(log.current.status).toBe('CLOSED');
    expect(log.events.at(-1)).toMatchObject({ type: 'session.closed', payload: { automatic: true } });
  });

  test('C1 F65 skipped counts as answered', () => {
    const log = sessionIn('DONE').must(opener, say.skipRating());
    expect(isWrappedUp(log.current)).toBe(true);
    expect(log.current.closesAtMs).toBe(log.nowMs + wrapUpSettleMs);
  });

  test('C1 F66 with ratings off only uploads are waited for', () => {
    const log = sessionIn('DONE', { sessionRating: false });
    expect(log.current.closesAtMs).toBe(log.nowMs + wrapUpSettleMs);
    expect(reasonOf(log.run(relay, { type: 'relay.close' }))).toBe('stale');
    expect(reasonOf(log.run(relay, { type: 'relay.close' }, { nowMs: log.nowMs + wrapUpSettleMs }))).toBe(
      'ok',
    );
  });

  test('C1 F62 a picture that is not stored yet holds the session open, up to the cap', () => {
    const log = sessionIn('IN_PROGRESS', { sessionRating: false })
      .must(opener, say.screenshot())
      .must(opener, say.leave());
    expect(pendingUploads(log.current)).toHaveLength(1);
    expect(log.current.closesAtMs).toBe(log.nowMs + 10 * minute);
    log.must(relay, store());
    expect(log.current.closesAtMs).toBe(log.nowMs + wrapUpSettleMs);
  });

  test('C1 F62 a picture that is announced after the end holds it again', () => {
    const log = sessionIn('DONE', { sessionRating: false }).must(opener, say.screenshot());
    expect(log.current.closesAtMs).toBe(log.nowMs + 10 * minute);
    expect(reasonOf(log.run(relay, { type: 'relay.close' }, { nowMs: log.nowMs + wrapUpSettleMs }))).toBe(
      'stale',
    );
  });

  test('C1 P64 both are waited for: uploads and the rating', () => {
    const log = sessionIn('IN_PROGRESS').must(opener, say.screenshot()).must(assigned, say.leave());
    log.must(opener, say.rate());
    expect(isWrappedUp(log.current)).toBe(false);
    log.must(relay, store());
    expect(isWrappedUp(log.current)).toBe(true);
  });

  test('C1 the cap bounds the settling too', () => {
    const log = sessionIn('DONE', { sessionRating: false, reviewMs: 1000 });
    expect(log.current.closesAtMs).toBe(log.nowMs + 1000);
  });

  test('C1 hours and manual do not close earlier because everything is done', () => {
    const hours = sessionIn('DONE', { reviewWindow: 'hours' }).must(opener, say.rate());
    expect(hours.current.closesAtMs).toBe(hours.nowMs + 10 * minute);
    const manual = sessionIn('DONE', { reviewWindow: 'manual' }).must(opener, say.rate());
    expect(nextDeadline(manual.current)).toBeUndefined();
  });

  test('F68 C1 an internal session waits for no rating: nobody can be asked', () => {
    const log = sessionIn('DONE').must(assigned, say.visibility('internal'));
    expect(isRatingPending(log.current)).toBe(false);
    expect(log.current.closesAtMs).toBe(log.nowMs + wrapUpSettleMs);
    log.must(assigned, say.visibility('public'));
    expect(log.current.closesAtMs).toBe(log.nowMs + 10 * minute);
  });

  test('F25 what fell due while the relay was down is due at once, at any later time', () => {
    const log = sessionIn('DONE');
    const due = nextDeadline(log.current);
    if (!due) throw new Error('nothing is due');
    log.must(relay, due.command, { nowMs: due.atMs + 365 * 24 * 60 * minute });
    expect(log.current.status).toBe('CLOSED');
  });
});

describe('F65 T49 rating', () => {
  test('F65 five smileys and a comment, kept with the call, seen by the employees', () => {
    const log = sessionIn('DONE');
    expect(callToRate(log.current, opener.id)?.id).toBe(callOne);
    log.must(opener, say.rate(2, ' Took long '));
    expect(log.current.ratings).toEqual([
      {
        callId: callOne,
        by: { kind: 'codeUser', id: opener.id, name: 'opener' },
        score: 2,
        comment: 'Took long',
        atMs: log.nowMs,
      },
    ]);
    expect(lastScore(log.current)).toBe(2);
  });

  test('F65 T49 asked once: neither a second rating, nor one after skipping, nor skipping after one', () => {
    const log = sessionIn('DONE').must(opener, say.skipRating());
    expect(callToRate(log.current, opener.id)).toBeUndefined();
    expect(reasonOf(log.run(opener, say.rate()))).toBe('already-rated');
    const other = sessionIn('DONE').must(opener, say.rate());
    expect(reasonOf(other.run(opener, say.skipRating()))).toBe('already-rated');
    expect(other.current.ratings).toHaveLength(1);
  });

  test.each(sessionStatuses)('F65 T49 in %s', (status) => {
    const expected = status === 'DONE' || status === 'CLOSED' ? 'ok' : 'not-completed';
    expect(reasonOf(sessionIn(status).run(opener, say.rate()))).toBe(expected);
    expect(reasonOf(sessionIn(status).run(opener, say.skipRating()))).toBe(expected);
  });

  test('T49 only the code user who was in the call', () => {
    const log = sessionIn('DONE');
    for (const who of [tablet, guest, assigned, responsible, moderator, administrator])
      expect(reasonOf(log.run(who, say.rate()))).toBe('forbidden');
    for (const who of Object.values(strangers)) expect(reasonOf(log.run(who, say.rate()))).toBe('not-found');
    expect(reasonOf(log.run(opener, say.rate(3, '', callTwo)))).toBe('no-call');
  });

  test('F65 a session that an employee made is rated by the code user who answered', () => {
    const log = new Log().must(assigned, say.create()).must(assigned, say.start());
    log.must(tablet, say.answer()).must(assigned, say.linkUp()).must(assigned, say.leave());
    expect(reasonOf(log.run(opener, say.rate()))).toBe('forbidden');
    expect(reasonOf(log.run(tablet, say.rate()))).toBe('ok');
  });

  test('F64 F65 T49 once per completed call: the second call is asked about anew', () => {
    const log = sessionIn('DONE').must(opener, say.rate(1)).must(assigned, say.reopen());
    expect(reasonOf(log.run(opener, say.rate(5, '', callTwo)))).toBe('not-completed');
    linkedCall(log, callTwo).must(opener, say.leave(callTwo));
    expect(isRatingPending(log.current)).toBe(true);
    expect(reasonOf(log.run(opener, say.rate(5)))).toBe('already-rated');
    log.must(opener, say.rate(5, '', callTwo));
    expect(log.current.ratings.map((rating) => rating.score)).toEqual([1, 5]);
    expect(lastScore(log.current)).toBe(5);
  });

  test('F65 a call that was never linked, or was cancelled, is not completed', () => {
    const missed = sessionIn('DONE').must(opener, say.rate()).must(assigned, say.reopen());
    missed.must(assigned, say.start(callTwo)).must(opener, say.reject(callTwo));
    expect(isRatingPending(missed.current)).toBe(false);
    const cancelled = sessionIn('CANCELLED');
    expect(cancelled.current.calls[0]).toMatchObject({ endReason: 'cancelled' });
    expect(isRatingPending(cancelled.current)).toBe(false);
  });

  test('F66 switched off for sessions: refused, nobody is asked', () => {
    const log = sessionIn('DONE', { sessionRating: false });
    expect(callToRate(log.current, opener.id)).toBeUndefined();
    expect(reasonOf(log.run(opener, say.rate()))).toBe('rating-switched-off');
    expect(reasonOf(log.run(opener, say.skipRating()))).toBe('rating-switched-off');
  });

  test('T38 a comment has a length; its text is kept as it is', () => {
    const log = sessionIn('DONE');
    expect(reasonOf(log.run(opener, say.rate(1, 'x'.repeat(2001))))).toBe('text-too-long');
    log.must(opener, say.rate(1, '<b>\u202egood\n</b>'));
    expect(log.current.ratings[0]?.comment).toBe('<b>\u202egood\n</b>');
  });
});
