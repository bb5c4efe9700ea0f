import { describe, expect, test } from 'vitest';
import { pictureId, pictureSources } from '../picture/picture-id.ts';
import { parseSessionCommand } from './commands.ts';
import { nextDeadline } from './deadlines.ts';
import { ringTimeoutMs } from './decide-call.ts';
import { parseSessionEvent } from './events.ts';
import { sessionStatuses } from './status.ts';
import {
  callOne,
  callTwo,
  idOf,
  linkedCall,
  people,
  relay,
  say,
  sessionIn,
  strangers,
  type Log,
} from './test-sessions.ts';
import { liveCall, openLegs } from './video-session.ts';

const { opener, tablet, guest, assigned, responsible, moderator, administrator } = people;
const reasonOf = (decision: { ok: boolean; reason?: string }) => (decision.ok ? 'ok' : decision.reason);
const typesSince = (log: Log, seq: number) => log.events.slice(seq).map((event) => event.type);
const inCall = (log: Log) => {
  const call = liveCall(log.current);
  return call ? openLegs(call).map((leg) => leg.name) : [];
};

describe('the course of a call', () => {
  test.each([
    ['opener', opener, assigned],
    ['assigned', assigned, opener],
  ])('F20 F21 F25 F35 START by %s: answered, linked, IN_PROGRESS by itself', (_name, from, to) => {
    const log = sessionIn('CONFIRMED').must(from, say.start());
    expect([log.current.status, liveCall(log.current)?.state]).toEqual(['CONFIRMED', 'ringing']);
    log.must(to, say.answer());
    expect([log.current.status, liveCall(log.current)?.state]).toEqual(['CONFIRMED', 'answered']);
    log.must(to, say.linkUp());
    expect([log.current.status, liveCall(log.current)?.state]).toEqual(['IN_PROGRESS', 'linked']);
    const before = log.events.length;
    log.must(from, say.linkUp());
    expect(log.events).toHaveLength(before);
    expect(log.current.calls[0]?.legs).toMatchObject([{ mode: 'video' }, { mode: 'voice' }]);
  });

  test.each([
    ['opener', opener],
    ['assigned', assigned],
  ])('F22 F25 F99 hang-up by %s: DONE by itself', (_name, who) => {
    const log = sessionIn('IN_PROGRESS').must(who, say.leave());
    expect(log.current.status).toBe('DONE');
    expect(log.current.calls[0]).toMatchObject({ state: 'ended', endReason: 'hung-up' });
    expect(log.current.calls[0]?.legs.every((leg) => leg.leftAtMs !== undefined)).toBe(true);
  });

  test('C15 with keepOpenUntilClosed a hang-up leads back to CONFIRMED, and another call can follow', () => {
    const log = sessionIn('IN_PROGRESS', { keepOpenUntilClosed: true }).must(opener, say.leave());
    expect(log.current.status).toBe('CONFIRMED');
    expect(linkedCall(log, callTwo).current.status).toBe('IN_PROGRESS');
  });

  test('F37 reject ends the ringing, not the session', () => {
    const log = sessionIn('CONFIRMED').must(opener, say.start()).must(assigned, say.reject());
    expect(log.current.status).toBe('CONFIRMED');
    expect(log.current.calls[0]).toMatchObject({ state: 'ended', endReason: 'rejected' });
    expect(reasonOf(log.run(assigned, say.answer()))).toBe('call-over');
    expect(reasonOf(log.run(opener, say.start(callTwo)))).toBe('ok');
  });

  test('who started and leaves before the answer withdraws the call', () => {
    const log = sessionIn('CONFIRMED').must(opener, say.start()).must(opener, say.leave());
    expect(log.current.calls[0]).toMatchObject({ state: 'ended', endReason: 'withdrawn' });
    expect(log.current.status).toBe('CONFIRMED');
  });

  test('an answered call that never got its link leaves the session CONFIRMED', () => {
    const log = sessionIn('CONFIRMED').must(opener, say.start()).must(assigned, say.answer());
    log.must(assigned, say.leave());
    expect(log.events.at(-1)).toMatchObject({ type: 'call.ended', payload: { linked: false } });
    expect(log.current.status).toBe('CONFIRMED');
    expect(log.current.closesAtMs).toBeUndefined();
  });

  test('a call id is used once', () => {
    const log = sessionIn('CONFIRMED').must(opener, say.start()).must(opener, say.leave());
    expect(reasonOf(log.run(opener, say.start()))).toBe('already-exists');
  });

  test('a word about another call than the live one does nothing', () => {
    const log = sessionIn('IN_PROGRESS');
    for (const command of [say.leave(callTwo), say.linkUp(callTwo), say.answer(callTwo), say.reject(callTwo)])
      expect(reasonOf(log.run(opener, command))).toBe('no-call');
  });

  test('I5 one live call at the most: START while it rings or runs is refused', () => {
    const log = sessionIn('CONFIRMED').must(opener, say.start());
    expect(reasonOf(log.run(assigned, say.start(callTwo)))).toBe('call-running');
    log.must(assigned, say.answer());
    expect(reasonOf(log.run(assigned, say.start(callTwo)))).toBe('call-running');
  });
});

describe('who takes part', () => {
  test('F15 C2 employeeOnly: the code user cannot START, but answers', () => {
    const log = sessionIn('CONFIRMED', { whoMayStart: 'employeeOnly' });
    expect(reasonOf(log.run(opener, say.start()))).toBe('start-reserved-for-employee');
    expect(linkedCall(log).current.status).toBe('IN_PROGRESS');
  });

  test('F18 T11 a moderator conducts only after assigning oneself', () => {
    const log = sessionIn('CONFIRMED');
    expect(reasonOf(log.run(moderator, say.start()))).toBe('not-assigned');
    log.must(moderator, say.assign(moderator));
    expect(reasonOf(log.run(moderator, say.start()))).toBe('ok');
  });

  test('F18 confirming takes self-assignment for a moderator, and a responsible employee is assigned by it', () => {
    const log = sessionIn('REQUESTED');
    expect(reasonOf(log.run(administrator, say.confirm()))).toBe('not-assigned');
    log.must(administrator, say.assign(administrator)).must(administrator, say.confirm());
    expect(log.current.status).toBe('CONFIRMED');
    const other = sessionIn('REQUESTED').must(responsible, say.confirm());
    expect(other.current.assigned.map((who) => who.name)).toEqual(['erika', 'rudi']);
  });

  test('F18 T48 an employee cannot assign oneself', () => {
    expect(reasonOf(sessionIn('CONFIRMED').run(responsible, say.assign(responsible)))).toBe('not-assigned');
  });

  test('F18 assigning somebody unknown or twice is refused', () => {
    const log = sessionIn('CONFIRMED');
    const foreign = strangers['employee of another organization'];
    expect(reasonOf(log.run(moderator, say.assign(foreign)))).toBe('employee-unknown');
    expect(reasonOf(log.run(moderator, say.assign(assigned)))).toBe('already-exists');
    expect(reasonOf(log.run(moderator, say.unassign(responsible)))).toBe('employee-unknown');
  });

  test('F73 the second employee who answers is told that it was answered', () => {
    const log = sessionIn('CONFIRMED').must(assigned, say.assign(responsible)).must(opener, say.start());
    log.must(assigned, say.answer());
    expect(reasonOf(log.run(responsible, say.answer()))).toBe('already-answered');
    expect(reasonOf(log.run(guest, say.answer()))).toBe('call-full');
  });

  test('F73 C5 up to maxParticipants, but one code user', () => {
    const log = sessionIn('CONFIRMED', { maxParticipants: 3 }).must(moderator, say.assign(responsible));
    linkedCall(log);
    expect(reasonOf(log.run(tablet, say.answer()))).toBe('already-answered');
    log.must(guest, say.answer());
    expect(typesSince(log, log.events.length - 1)).toEqual(['call.joined']);
    expect(inCall(log)).toEqual(['erika', 'opener', 'guest']);
    expect(reasonOf(log.run(responsible, say.answer()))).toBe('already-answered');
    log.must(guest, say.leave());
    expect(log.current.status).toBe('IN_PROGRESS');
    expect(reasonOf(log.run(responsible, say.answer()))).toBe('ok');
    log.must(assigned, say.leave());
    expect(inCall(log)).toEqual(['opener', 'rudi']);
    log.must(opener, say.leave());
    expect(log.current.status).toBe('DONE');
  });

  test('a guest joins the employee; in place of the employee a guest answers nothing', () => {
    const byUser = sessionIn('CONFIRMED').must(opener, say.start());
    expect(reasonOf(byUser.run(guest, say.answer()))).toBe('forbidden');
    expect(reasonOf(byUser.run(guest, say.reject()))).toBe('forbidden');
    const byEmployee = sessionIn('CONFIRMED').must(assigned, say.start());
    expect(reasonOf(byEmployee.run(guest, say.reject()))).toBe('forbidden');
    expect(reasonOf(byEmployee.run(guest, say.answer()))).toBe('ok');
  });

  test('T12 who is unassigned while in the call leaves it', () => {
    const log = sessionIn('CONFIRMED').must(assigned, say.assign(responsible));
    linkedCall(log);
    const before = log.events.length;
    log.must(moderator, say.unassign(assigned));
    expect(typesSince(log, before)).toEqual(['call.left', 'call.ended', 'session.unassigned']);
    expect(log.current.status).toBe('DONE');
  });

  test('T12 unassigning somebody who is not in the call disturbs nothing, ringing or running', () => {
    const log = sessionIn('CONFIRMED').must(assigned, say.assign(responsible)).must(opener, say.start());
    log.must(moderator, say.unassign(responsible));
    expect(liveCall(log.current)?.state).toBe('ringing');
    expect(reasonOf(log.run(moderator, say.unassign(assigned)))).toBe('last-employee');
  });

  test('T15 F68 setting internal takes the code user out of the call, running or ringing', () => {
    const running = sessionIn('IN_PROGRESS');
    const before = running.events.length;
    running.must(assigned, say.visibility('internal'));
    expect(typesSince(running, before)).toEqual(['call.left', 'call.ended', 'session.visibility-set']);
    expect(running.current).toMatchObject({ status: 'DONE', visibility: 'internal' });
    const ringing = sessionIn('CONFIRMED').must(assigned, say.start());
    ringing.must(assigned, say.visibility('internal'));
    expect(liveCall(ringing.current)).toBeUndefined();
    expect(ringing.current.status).toBe('CONFIRMED');
  });

  test('T15 two employees stay in a call that becomes internal', () => {
    const log = sessionIn('CONFIRMED', { maxParticipants: 3 }).must(assigned, say.assign(responsible));
    linkedCall(log).must(responsible, say.answer()).must(assigned, say.visibility('internal'));
    expect(inCall(log)).toEqual(['erika', 'rudi']);
    expect(log.current.status).toBe('IN_PROGRESS');
  });
});

describe('the relay', () => {
  test('nobody but the relay speaks for it', () => {
    const log = sessionIn('DONE');
    for (const who of Object.values(people)) {
      const decision = log.judge(who, { type: 'relay.close' }, { nowMs: 1e15 });
      expect(reasonOf(decision)).toBe('forbidden');
    }
    const hidden = strangers['employee of another organization'];
    expect(reasonOf(log.judge(hidden, { type: 'relay.close' }))).toBe('not-found');
  });

  test('the relay does nothing that is a person’s to do', () => {
    for (const status of sessionStatuses) {
      const log = sessionIn(status);
      for (const make of Object.values(say).slice(3) as (typeof say.confirm)[])
        expect(reasonOf(log.run(relay, make()))).toBe('forbidden');
    }
  });

  test('a call rings 45 s and is missed then, not before', () => {
    const log = sessionIn('CONFIRMED').must(opener, say.start());
    const due = nextDeadline(log.current);
    expect(ringTimeoutMs).toBe(45_000);
    expect(due).toEqual({
      atMs: log.nowMs + 45_000,
      command: { type: 'relay.miss-call', callId: callOne },
    });
    if (!due) return;
    expect(reasonOf(log.run(relay, due.command, { nowMs: due.atMs - 1 }))).toBe('stale');
    log.must(relay, due.command, { nowMs: due.atMs });
    expect(log.current.calls[0]).toMatchObject({ state: 'ended', endReason: 'missed' });
    expect(log.current.status).toBe('CONFIRMED');
    expect(reasonOf(log.run(relay, due.command, { nowMs: due.atMs }))).toBe('call-over');
  });

  test('a call that was answered is not missed', () => {
    const log = sessionIn('CONFIRMED').must(opener, say.start()).must(assigned, say.answer());
    const command = { type: 'relay.miss-call', callId: callOne } as const;
    expect(nextDeadline(log.current)).toBeUndefined();
    expect(reasonOf(log.run(relay, command, { nowMs: log.nowMs + 1e9 }))).toBe('stale');
  });

  test('F22 B8 a lost leg ends the call of two, with its reason', () => {
    const log = sessionIn('IN_PROGRESS');
    log.must(relay, { type: 'relay.lose-leg', callId: callOne, participantId: opener.id });
    expect(log.current.status).toBe('DONE');
    expect(log.current.calls[0]).toMatchObject({ endReason: 'link-lost' });
    expect(log.current.calls[0]?.legs[1]).toMatchObject({ name: 'opener', cause: 'link-lost' });
    const again = log.run(relay, { type: 'relay.lose-leg', callId: callOne, participantId: opener.id });
    expect(reasonOf(again)).toBe('call-over');
  });

  test('a leg that is not there cannot be lost; the caller lost while it rings ends the call', () => {
    const log = sessionIn('CONFIRMED').must(opener, say.start());
    const lose = (participantId: string) =>
      ({ type: 'relay.lose-leg', callId: callOne, participantId }) as const;
    expect(reasonOf(log.run(relay, lose(assigned.id)))).toBe('no-call');
    log.must(relay, lose(opener.id));
    expect(log.current.calls[0]).toMatchObject({ state: 'ended', endReason: 'link-lost' });
    expect(log.current.status).toBe('CONFIRMED');
  });
});

describe('screenshots and chat', () => {
  test('F50 F54 a screenshot is there at once, and stored once the relay has verified it', () => {
    const log = sessionIn('IN_PROGRESS').must(opener, say.screenshot());
    const id = idOf('shot');
    expect(log.current.screenshots).toMatchObject([{ screenshotId: id, stored: false }]);
    log.must(relay, { type: 'relay.store-screenshot', screenshotId: id });
    expect(log.current.screenshots).toMatchObject([{ screenshotId: id, stored: true }]);
    const store = (screenshotId: string) =>
      reasonOf(log.run(relay, { type: 'relay.store-screenshot', screenshotId }));
    expect(store(id)).toBe('already-exists');
    expect(store('nothing')).toBe('item-unknown');
  });

  test('a screenshot arrives whole also after the other side has hung up', () => {
    const log = sessionIn('IN_PROGRESS').must(assigned, say.leave());
    expect(reasonOf(log.run(opener, say.screenshot()))).toBe('ok');
    expect(reasonOf(log.run(opener, say.screenshot('loose', { callId: undefined })))).toBe('no-call');
  });

  test('a screenshot of more than 32 megapixels, one twice, or of a foreign call is refused', () => {
    const log = sessionIn('IN_PROGRESS');
    const take = (name: string, more: object) => reasonOf(log.run(opener, say.screenshot(name, more)));
    expect(take('big', { width: 8000, height: 5000 })).toBe('picture-too-large');
    expect(take('fits', { width: 8000, height: 4000 })).toBe('ok');
    expect(take('fits', {})).toBe('already-exists');
    expect(take('foreign', { callId: callTwo })).toBe('no-call');
  });

  test.each(pictureSources)('P128 a screenshot says what it was taken of: %s', (source) => {
    const picture = pictureId(assigned.id, source);
    const log = sessionIn('IN_PROGRESS').must(opener, say.screenshot('shot', { picture }));
    expect(log.current.screenshots).toMatchObject([{ picture }]);
    // Whoever was in the call: the picture may be heard of when they have left.
    log.must(assigned, say.leave());
    expect(reasonOf(log.run(opener, say.screenshot('late', { picture })))).toBe('ok');
  });

  test('P128 of nobody else than who is or was in that call', () => {
    const log = sessionIn('IN_PROGRESS');
    const take = (name: string, more: object) => reasonOf(log.run(opener, say.screenshot(name, more)));
    expect(take('stranger', { picture: pictureId(responsible.id, 'screen') })).toBe('forbidden');
    expect(take('loose', { callId: undefined, picture: pictureId(opener.id) })).toBe('no-call');
    expect(log.current.screenshots).toEqual([]);
  });

  test('P20 P128 without a picture as before; of an unknown source a command is malformed, an event stands without', () => {
    const log = sessionIn('IN_PROGRESS').must(opener, say.screenshot());
    const [event] = log.events.slice(-1).map((one) => parseSessionEvent(structuredClone(one)));
    expect(event?.payload).not.toHaveProperty('picture');
    const { payload } = say.screenshot('other');
    const later = { ...payload, picture: `${opener.id}~hologram` };
    const read = parseSessionEvent({ ...event, payload: later });
    expect(read.payload).toMatchObject({ screenshotId: idOf('other'), picture: undefined });
    const command = { id: idOf('command'), streamId: log.current.id, baseSeq: 1, clientAtMs: 0 };
    const body = { ...command, type: 'screenshot.take' };
    expect(() => parseSessionCommand({ ...body, payload: later })).toThrow();
    expect(parseSessionCommand({ ...body, payload }).payload).toEqual(payload);
  });

  test.each([
    [' \n ', 'text-missing'],
    ['x'.repeat(4000), 'ok'],
    ['x'.repeat(4001), 'text-too-long'],
  ])('chat %j', (text, expected) => {
    expect(reasonOf(sessionIn('CONFIRMED').run(opener, say.chat(text)))).toBe(expected);
  });

  test('a message id counts once', () => {
    const log = sessionIn('CONFIRMED').must(opener, say.chat('one', 'm1'));
    expect(reasonOf(log.run(assigned, say.chat('another', 'm1')))).toBe('already-exists');
    expect(log.current.chat.map((message) => message.text)).toEqual(['one']);
  });

  test('F18 a moderator chats after assigning oneself', () => {
    const log = sessionIn('CONFIRMED');
    expect(reasonOf(log.run(moderator, say.chat()))).toBe('not-assigned');
    log.must(moderator, say.assign(moderator));
    expect(reasonOf(log.run(moderator, say.chat()))).toBe('ok');
  });
});
