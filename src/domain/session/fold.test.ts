import { describe, expect, test } from 'vitest';
import { parseSessionEvent, type SessionEvent, type SessionEventBody } from './events.ts';
import { applyEvent, foldSession, LogError } from './fold.ts';
import { sessionStatuses } from './status.ts';
import { actorOf, type Subject } from './subject.ts';
import { callOne, callTwo, idOf, Log, people, say, sessionId, sessionIn } from '#harness/domain/sessions.ts';

/** An event that no command led to, right in number and stream. */
function forged(log: Log, body: SessionEventBody, more: object = {}, who: Subject = people.assigned) {
  return {
    streamId: sessionId,
    seq: log.events.length + 1,
    position: log.events.length + 1,
    actor: actorOf(who),
    atMs: log.nowMs,
    ...body,
    ...more,
  } as SessionEvent;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

const fullLog = () =>
  sessionIn('IN_PROGRESS')
    .must(people.opener, say.screenshot())
    .must({ kind: 'relay' }, { type: 'relay.store-screenshot', screenshotId: idOf('shot') })
    .must(people.opener, say.chat())
    .must(people.assigned, say.read())
    .must(people.assigned, say.note())
    .must(people.assigned, say.linkTicket())
    .must(people.assigned, say.linkCustomer())
    .must(people.assigned, say.visibility('internal'))
    .must(people.assigned, say.visibility('public'))
    .must(people.assigned, say.assign(people.responsible))
    .must(people.assigned, say.unassign(people.responsible))
    .must(people.assigned, say.unlinkTicket())
    .must(people.assigned, say.unlinkCustomer())
    .must(people.opener, say.rate(3, 'Fine'))
    .must(people.assigned, say.close())
    .must(people.assigned, say.setStatus('CONFIRMED'));

describe('the fold', () => {
  test('an empty log is no session', () => {
    expect(foldSession([])).toBeUndefined();
  });

  test('is pure: frozen events and sessions, and twice the same', () => {
    const { events } = fullLog();
    let session;
    for (const event of events) session = deepFreeze(applyEvent(session, deepFreeze(event)));
    expect(foldSession(events)).toEqual(session);
    expect(foldSession(events)).toEqual(foldSession(events));
  });

  test('the same from what was stored as from what was decided', () => {
    const { events, current } = fullLog();
    const stored = JSON.parse(JSON.stringify(events)) as unknown[];
    expect(foldSession(stored.map(parseSessionEvent))).toEqual(current);
  });

  test.each(sessionStatuses)('I5 the history of a session in %s ends in it', (status) => {
    const session = sessionIn(status).current;
    expect(session.history.at(-1)?.status).toBe(status);
    expect(session.statusSeq).toBe(session.history.at(-1)?.seq);
    expect(session.seq).toBe(sessionIn(status).events.length);
  });
});

describe('LogError for a log that no relay would write', () => {
  const opening = () => sessionIn('REQUESTED').events[0] as SessionEvent;

  test('a gap, a repetition, a step back', () => {
    const log = sessionIn('CONFIRMED');
    const chat: SessionEventBody = { type: 'chat.sent', payload: { messageId: idOf('m'), text: 'x' } };
    for (const seq of [log.events.length + 2, log.events.length, 1, 0])
      expect(() => applyEvent(log.current, forged(log, chat, { seq }))).toThrow(LogError);
    expect(() => applyEvent(log.current, forged(log, chat))).not.toThrow();
  });

  test('a gap anywhere in a whole log', () => {
    const { events } = fullLog();
    for (let missing = 0; missing < events.length - 1; missing++)
      expect(() => foldSession(events.filter((_, index) => index !== missing))).toThrow(LogError);
  });

  test('an event of another session', () => {
    const log = sessionIn('CONFIRMED');
    const event = forged(
      log,
      { type: 'session.cancelled', payload: { reason: '' } },
      { streamId: idOf('x') },
    );
    expect(() => applyEvent(log.current, event)).toThrow(LogError);
  });

  test('a first event that opens nothing, or has not number 1', () => {
    const log = sessionIn('CONFIRMED');
    const event = forged(log, { type: 'session.confirmed', payload: {} }, { seq: 1 });
    expect(() => applyEvent(undefined, event)).toThrow(LogError);
    expect(() => applyEvent(undefined, { ...opening(), seq: 2 })).toThrow(LogError);
  });

  test('F8 opened once', () => {
    const log = sessionIn('CONFIRMED');
    expect(() => applyEvent(log.current, opening())).toThrow(LogError);
    expect(() => applyEvent(log.current, { ...opening(), seq: log.events.length + 1 })).toThrow(LogError);
  });

  // Which events of status may stand after a session in which status, by hand.
  const steps: [SessionEventBody, string[]][] = [
    [{ type: 'session.confirmed', payload: {} }, ['REQUESTED']],
    [{ type: 'session.withdrawn', payload: { reason: '' } }, ['REQUESTED']],
    [{ type: 'session.declined', payload: { reason: 'x' } }, ['REQUESTED']],
    [{ type: 'session.expired', payload: {} }, ['REQUESTED']],
    [{ type: 'session.cancelled', payload: { reason: '' } }, ['CONFIRMED', 'IN_PROGRESS']],
    [{ type: 'session.ended', payload: {} }, []],
    [{ type: 'session.closed', payload: { automatic: true } }, ['DONE']],
    [{ type: 'session.reopened', payload: {} }, ['DONE', 'CLOSED', 'CANCELLED']],
    [{ type: 'call.started', payload: { callId: callTwo, number: 2, mode: 'video' } }, ['CONFIRMED']],
    [{ type: 'call.answered', payload: { callId: callOne, mode: 'video' } }, []],
    [{ type: 'call.joined', payload: { callId: callOne, mode: 'video' } }, ['IN_PROGRESS']],
    [{ type: 'call.linked', payload: { callId: callOne } }, []],
    [{ type: 'call.ended', payload: { callId: callOne, cause: 'hung-up', linked: true } }, ['IN_PROGRESS']],
    [
      { type: 'call.ended', payload: { callId: callOne, cause: 'session-ended', linked: true } },
      ['IN_PROGRESS'],
    ],
    [{ type: 'rating.skipped', payload: { callId: callTwo } }, []],
    // It is for the judge to say when; a log only says that a call was completed, and rated once.
    [{ type: 'rating.skipped', payload: { callId: callOne } }, ['DONE', 'CLOSED']],
    [{ type: 'chat.read', payload: { messageId: idOf('none') } }, []],
    [{ type: 'call.ended', payload: { callId: callOne, cause: 'hung-up', linked: false } }, []],
    [{ type: 'call.ended', payload: { callId: callTwo, cause: 'hung-up', linked: true } }, []],
  ];
  test.each(steps)('I5 $type only where it is legal', (body, legal) => {
    const accepted = sessionStatuses.filter((status) => {
      const log = sessionIn(status);
      try {
        applyEvent(log.current, forged(log, body));
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(LogError);
        return false;
      }
    });
    expect(accepted).toEqual(legal);
  });

  test('I5 a second live call, a link while it rings, an answer after the end', () => {
    const log = sessionIn('CONFIRMED').must(people.opener, say.start());
    const second: SessionEventBody = {
      type: 'call.started',
      payload: { callId: callTwo, number: 2, mode: 'video' },
    };
    expect(() => applyEvent(log.current, forged(log, second))).toThrow(LogError);
    const linked: SessionEventBody = { type: 'call.linked', payload: { callId: callOne } };
    expect(() => applyEvent(log.current, forged(log, linked))).toThrow(LogError);
    log.must(people.opener, say.leave());
    const answered: SessionEventBody = {
      type: 'call.answered',
      payload: { callId: callOne, mode: 'video' },
    };
    expect(() => applyEvent(log.current, forged(log, answered))).toThrow(LogError);
  });

  test('F74 F103 ticks do not bring a session to the top of a list; a message does', () => {
    const log = new Log().must(people.opener, say.request()).must(people.assigned, say.confirm());
    log.must(people.opener, say.chat('Hello', 'one'), { nowMs: log.nowMs + 1_000 });
    const { updatedAtMs } = log.current;
    expect(updatedAtMs).toBe(log.nowMs + 1_000);
    log.must(people.assigned, say.delivered('one'), { nowMs: log.nowMs + 5_000 });
    log.must(people.assigned, say.read('one'), { nowMs: log.nowMs + 9_000 });
    expect(log.current.updatedAtMs).toBe(updatedAtMs);
    expect(log.current.receipts).toHaveLength(1);
  });
});
