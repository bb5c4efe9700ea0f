import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallId, PeerId, SessionId } from '#domain/ids.ts';
import { closeCodes } from '#domain/protocol/version.ts';
import type { Person } from '#domain/session/subject.ts';
import { callsPath, mountCalls } from '../../signal/calls/mount-calls.ts';
import { RawSocket, until } from '../../signal/testing/clients.ts';
import { FakeRelay, makeCast, newId } from '../../signal/testing/fake-parts.ts';

const port = 8171;

let relay: FakeRelay;
let cast: ReturnType<typeof makeCast>;
let sessionId: SessionId;
let callId: CallId;
let sockets: RawSocket[];

beforeEach(async () => {
  relay = await FakeRelay.start([mountCalls], port);
  cast = makeCast();
  sockets = [];
  sessionId = relay.openSession(cast.employee, cast.deviceId);
  callId = relay.startCall(sessionId, cast.codeUser, cast.employee);
});

afterEach(async () => {
  for (const socket of sockets) socket.close();
  await relay.close();
});

interface Peer extends RawSocket {
  peerId: PeerId;
  signInId: string;
}

interface Where {
  sessionId?: SessionId;
  callId?: CallId;
  peerId?: PeerId;
  /** The id in the address, where it is not the minted one. */
  asId?: string;
}

async function open(person: Person, where: Where = {}): Promise<Peer> {
  const peerId = where.peerId ?? newId<PeerId>();
  const signInId = relay.signIn(person);
  const token = relay.ticket({
    purpose: 'calls',
    person,
    signInId,
    sessionId: where.sessionId ?? sessionId,
    callId: where.callId ?? callId,
    peerId,
  });
  const query = new URLSearchParams({ key: 'peerjs', id: where.asId ?? peerId, token, version: '1.5.5' });
  const socket = await RawSocket.open(`ws://127.0.0.1:${port}${callsPath}?${query}`);
  sockets.push(socket);
  await until(() => socket.frames.length > 0 || socket.closed);
  return Object.assign(socket, { peerId, signInId });
}

const offer = (dst: string) => ({
  type: 'OFFER',
  dst,
  payload: { type: 'media', connectionId: 'mc_1', sdp: { type: 'offer', sdp: 'v=0' }, metadata: { n: 1 } },
});
const answer = (dst: string) => ({
  type: 'ANSWER',
  dst,
  payload: { type: 'media', connectionId: 'mc_1', sdp: { type: 'answer', sdp: 'v=0' } },
});
const candidate = (dst: string) => ({
  type: 'CANDIDATE',
  dst,
  payload: {
    type: 'media',
    connectionId: 'mc_1',
    candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 },
  },
});
const allSix = (dst: string) => [
  offer(dst),
  answer(dst),
  candidate(dst),
  { type: 'LEAVE', dst },
  { type: 'EXPIRE', dst },
  { type: 'HEARTBEAT', dst },
];

test('F50 F54 the two in a call exchange offer, answer and candidates', async () => {
  const one = await open(cast.codeUser);
  const other = await open(cast.employee);
  expect(one.messages).toEqual([{ type: 'OPEN' }]);
  other.sendJson(offer(one.peerId));
  other.sendJson(candidate(one.peerId));
  await until(() => one.frames.length === 3);
  expect(one.messages.slice(1)).toEqual([
    { ...offer(one.peerId), src: other.peerId },
    { ...candidate(one.peerId), src: other.peerId },
  ]);
  one.sendJson(answer(other.peerId));
  await until(() => other.frames.length === 2);
  expect(other.messages[1]).toEqual({ ...answer(other.peerId), src: one.peerId });
});

test('T1 nobody takes over a peer id: not while it is open, not after it dropped', async () => {
  const victim = await open(cast.codeUser);
  const caller = await open(cast.employee);
  const attempts = [
    await open(cast.employee, { peerId: victim.peerId }),
    await open(cast.employee, { asId: victim.peerId }),
  ];
  victim.close();
  await until(() => victim.closed);
  caller.sendJson(offer(victim.peerId));
  await until(() => caller.frames.length === 2);
  attempts.push(await open(cast.employee, { peerId: victim.peerId }));
  for (const attempt of attempts) {
    expect((await attempt.ended()).code).toBe(closeCodes.policy);
    expect(attempt.messages.every((message) => JSON.stringify(message).includes('ID-TAKEN'))).toBe(true);
  }
});

test('T1 without a ticket, or with a used one, there is no socket', async () => {
  const without = await RawSocket.open(`ws://127.0.0.1:${port}${callsPath}?key=peerjs&id=${newId()}&token=x`);
  expect(without.refused).toBe(401);
});

test('T3 none of the six message types reaches a peer of another session', async () => {
  const otherSession = relay.openSession(cast.employee, cast.deviceId);
  const otherCall = relay.startCall(otherSession, cast.codeUser, cast.employee);
  const victim = await open(cast.codeUser, { sessionId: otherSession, callId: otherCall });
  const attacker = await open(cast.employee);
  for (const message of allSix(victim.peerId)) attacker.sendJson(message);
  await until(() => attacker.frames.length === 2);
  await attacker.flushed();
  await victim.flushed();
  expect(victim.messages).toEqual([{ type: 'OPEN' }]);
  // The sender learns no more than about an id that never was.
  attacker.sendJson(offer(newId()));
  await until(() => attacker.frames.length === 3);
  const [, known, unknown] = attacker.messages as { type: string }[];
  expect([known?.type, unknown?.type]).toEqual(['EXPIRE', 'EXPIRE']);
});

test('T3 nothing waits for an id that is not there yet', async () => {
  const later = newId<PeerId>();
  const caller = await open(cast.employee);
  caller.sendJson(offer(later));
  await until(() => caller.frames.length === 2);
  const callee = await open(cast.codeUser, { peerId: later });
  await callee.flushed();
  expect(callee.messages).toEqual([{ type: 'OPEN' }]);
});

test('T4 offers, answers and candidates of a data connection are dropped', async () => {
  const one = await open(cast.codeUser);
  const other = await open(cast.employee);
  for (const message of [offer(one.peerId), answer(one.peerId), candidate(one.peerId)]) {
    other.sendJson({
      ...message,
      payload: { ...message.payload, type: 'data', serialization: 'binary', label: 'x', reliable: true },
    });
  }
  other.sendJson(offer(one.peerId));
  await until(() => one.frames.length === 2);
  expect(one.messages[1]).toEqual({ ...offer(one.peerId), src: other.peerId });
  expect(other.closed).toBeUndefined();
});

test('T3 the sender is who the relay says, and only known fields pass', async () => {
  const one = await open(cast.codeUser);
  const other = await open(cast.employee);
  other.sendJson({
    ...offer(one.peerId),
    src: 'somebody',
    extra: 1,
    payload: { ...offer('').payload, evil: 1 },
  });
  await until(() => one.frames.length === 2);
  expect(one.messages[1]).toEqual({ ...offer(one.peerId), src: other.peerId });
});

test('F53 sockets end when the call ends', async () => {
  const one = await open(cast.codeUser);
  const other = await open(cast.employee);
  relay.must(sessionId, cast.employee, { type: 'call.leave', payload: { callId } });
  for (const socket of [one, other]) {
    expect(await socket.ended()).toEqual({ code: closeCodes.notFound, reason: 'call-over' });
  }
  const late = await open(cast.codeUser);
  expect((await late.ended()).code).toBe(closeCodes.notFound);
  expect(late.messages).toEqual([]);
});

test('T12 T15 a socket ends with the right to it: signed out, unassigned, session hidden', async () => {
  const second = cast.onlooker;
  relay.must(sessionId, cast.employee, { type: 'session.assign', payload: { employeeId: second.id } });
  relay.must(sessionId, second, { type: 'call.answer', payload: { callId, mode: 'video' } });
  const signedOut = await open(cast.employee);
  const unassigned = await open(second);
  const hidden = await open(cast.codeUser);
  relay.signOut(signedOut.signInId);
  expect((await signedOut.ended()).code).toBe(closeCodes.signedOut);
  relay.must(sessionId, cast.employee, { type: 'session.unassign', payload: { employeeId: second.id } });
  expect((await unassigned.ended()).reason).toBe('no-call');
  relay.must(sessionId, cast.employee, {
    type: 'session.set-visibility',
    payload: { visibility: 'internal' },
  });
  expect((await hidden.ended()).reason).toBe('not-found');
});

test('T9 T17 no socket for people who have no place in the call', async () => {
  for (const person of [cast.onlooker, cast.stranger, cast.otherDeviceUser]) {
    const socket = await open(person);
    expect((await socket.ended()).code).toBe(closeCodes.notFound);
    expect(socket.messages).toEqual([]);
  }
});

test('T3 whoever is rung may connect, and is reached only after the answer', async () => {
  const quiet = relay.openSession(cast.employee, cast.deviceId);
  const ringing = newId<CallId>();
  relay.must(quiet, cast.employee, { type: 'call.start', payload: { callId: ringing, mode: 'video' } });
  const where = { sessionId: quiet, callId: ringing };
  const caller = await open(cast.employee, where);
  const rung = await open(cast.codeUser, where);
  caller.sendJson(offer(rung.peerId));
  await until(() => caller.frames.length === 2);
  expect(rung.messages).toEqual([{ type: 'OPEN' }]);
  relay.must(quiet, cast.codeUser, { type: 'call.answer', payload: { callId: ringing, mode: 'video' } });
  caller.sendJson(offer(rung.peerId));
  await until(() => rung.frames.length === 2);
});

test('X31 when the roster names another peer id of the person, the older socket ends', async () => {
  const entry = (peerId: PeerId) => ({
    participantId: cast.codeUser.id,
    kind: 'codeUser' as const,
    name: 'Otto',
    deviceKey: 'd',
    peerId,
    order: 1,
  });
  const older = await open(cast.codeUser);
  relay.setRoster(callId, [entry(older.peerId)]);
  const newer = await open(cast.codeUser);
  relay.setRoster(callId, [entry(older.peerId)]);
  expect(newer.closed).toBeUndefined();
  relay.setRoster(callId, [entry(newer.peerId)]);
  expect((await older.ended()).code).toBe(closeCodes.elsewhere);
  await newer.flushed();
  expect(newer.closed).toBeUndefined();
});

test.each([
  ['broken JSON', '{"type":'],
  ['no object', '"OFFER"'],
  ['an unknown type', '{"type":"EVAL","dst":"x"}'],
  ['a message that the server alone sends', '{"type":"OPEN"}'],
  ['no destination', '{"type":"LEAVE"}'],
  ['a payload of another shape', '{"type":"OFFER","dst":"x","payload":7}'],
  ['deep nesting', `{"type":"OFFER","dst":"x","payload":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ['binary noise', Buffer.from([0xdd, 0x10, 0, 0, 0])],
])('T6 %s closes that socket with 1003, the others live', async (_name, frame) => {
  const one = await open(cast.codeUser);
  const other = await open(cast.employee);
  other.socket.send(frame);
  expect((await other.ended()).code).toBe(closeCodes.malformed);
  await one.flushed();
  expect(one.closed).toBeUndefined();
});

test('T6 a frame of 1 MB closes the socket with 1009', async () => {
  const one = await open(cast.codeUser);
  one.socket.send('x'.repeat(1024 * 1024));
  expect((await one.ended()).code).toBe(closeCodes.tooLarge);
});

test('T7 a flood ends the socket', async () => {
  const one = await open(cast.codeUser);
  for (let i = 0; i < 1000; i += 1) one.sendJson({ type: 'HEARTBEAT' });
  expect((await one.ended()).code).toBe(closeCodes.tooMany);
});
