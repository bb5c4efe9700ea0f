import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallId, SessionId } from '#domain/ids.ts';
import { closeCodes } from '#domain/protocol/version.ts';
import type { Person } from '#domain/session/subject.ts';
import { mountCalls } from '../../signal/calls/mount-calls.ts';
import { yWebrtcPath } from '../../signal/calls/mount-y-webrtc.ts';
import { RawSocket, until } from '../../signal/testing/clients.ts';
import { FakeRelay, makeCast, newId } from '../../signal/testing/fake-parts.ts';

const port = 8172;
let relay: FakeRelay;
let cast: ReturnType<typeof makeCast>;
let sessionId: SessionId;
let callId: CallId;
let room: string;
let sockets: RawSocket[];

beforeEach(async () => {
  relay = await FakeRelay.start([mountCalls], port);
  cast = makeCast();
  sockets = [];
  room = newId();
  sessionId = relay.openSession(cast.employee, cast.deviceId);
  callId = relay.startCall(sessionId, cast.codeUser, cast.employee);
});

afterEach(async () => {
  for (const socket of sockets) socket.close();
  await relay.close();
});

async function open(person: Person, where = { sessionId, callId, room }): Promise<RawSocket> {
  const ticket = relay.ticket({ purpose: 'y-webrtc', person, signInId: relay.signIn(person), ...where });
  const socket = await RawSocket.open(`ws://127.0.0.1:${port}${yWebrtcPath}?ticket=${ticket}`);
  sockets.push(socket);
  return socket;
}

async function subscribed(person: Person, where?: Parameters<typeof open>[1]): Promise<RawSocket> {
  const socket = await open(person, where);
  socket.sendJson({ type: 'subscribe', topics: [where?.room ?? room] });
  socket.sendJson({ type: 'ping' });
  await until(() => socket.frames.length > 0 || socket.closed);
  return socket;
}

test('F56 what one publishes in the room of the call reaches the other, and only while subscribed', async () => {
  const one = await subscribed(cast.codeUser);
  const other = await subscribed(cast.employee);
  one.sendJson({ type: 'publish', topic: room, data: { type: 'announce', from: 'a' } });
  await until(() => other.frames.length === 2);
  expect(other.messages).toEqual([
    { type: 'pong' },
    { type: 'publish', topic: room, data: { type: 'announce', from: 'a' } },
  ]);
  other.sendJson({ type: 'unsubscribe', topics: [room] });
  other.sendJson({ type: 'ping' });
  await until(() => other.frames.length === 3);
  one.sendJson({ type: 'publish', topic: room, data: 'more' });
  one.sendJson({ type: 'ping' });
  await until(() => one.frames.length === 2);
  expect(other.frames).toHaveLength(3);
});

test('T3 a topic other than the own is not there: neither to hear nor to speak', async () => {
  const otherSession = relay.openSession(cast.employee, cast.deviceId);
  const otherCall = relay.startCall(otherSession, cast.codeUser, cast.employee);
  const otherRoom = newId();
  const victim = await subscribed(cast.codeUser, {
    sessionId: otherSession,
    callId: otherCall,
    room: otherRoom,
  });
  const attacker = await open(cast.employee);
  attacker.sendJson({ type: 'subscribe', topics: [otherRoom, '*', ''] });
  attacker.sendJson({ type: 'publish', topic: otherRoom, data: 'x' });
  attacker.sendJson({ type: 'ping' });
  await until(() => attacker.frames.length === 1);
  victim.sendJson({ type: 'publish', topic: otherRoom, data: 'private' });
  victim.sendJson({ type: 'ping' });
  await until(() => victim.frames.length === 2);
  await attacker.flushed();
  expect(attacker.messages).toEqual([{ type: 'pong' }]);
  expect(victim.messages).toEqual([{ type: 'pong' }, { type: 'pong' }]);
});

test('T12 the sockets end with the call', async () => {
  const both = [await subscribed(cast.codeUser), await subscribed(cast.employee)];
  relay.must(sessionId, cast.employee, { type: 'call.leave', payload: { callId } });
  for (const socket of both) expect((await socket.ended()).code).toBe(closeCodes.notFound);
});

test('T15 T17 no socket for whom the session is hidden, or who has no place in the call', async () => {
  const hidden = await subscribed(cast.codeUser);
  relay.must(sessionId, cast.employee, {
    type: 'session.set-visibility',
    payload: { visibility: 'internal' },
  });
  expect(await hidden.ended()).toEqual({ code: closeCodes.notFound, reason: 'not-found' });
  for (const person of [cast.onlooker, cast.stranger, cast.codeUser]) {
    expect((await (await open(person)).ended()).code).toBe(closeCodes.notFound);
  }
});

test.each([
  ['broken JSON', '{'],
  ['a number', '7'],
  ['topics that are none', '{"type":"subscribe","topics":[1]}'],
  ['an unknown type', '{"type":"x"}'],
  ['deep nesting', `{"type":"publish","topic":"x","data":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
  ['binary noise', Buffer.from([1, 2, 3])],
])('T6 %s closes that socket with 1003', async (_name, frame) => {
  const one = await subscribed(cast.codeUser);
  const other = await subscribed(cast.employee);
  one.socket.send(frame);
  expect((await one.ended()).code).toBe(closeCodes.malformed);
  await other.flushed();
  expect(other.closed).toBeUndefined();
});

test('T6 a frame of 1 MB closes the socket with 1009', async () => {
  const one = await subscribed(cast.codeUser);
  one.socket.send('x'.repeat(1024 * 1024));
  expect((await one.ended()).code).toBe(closeCodes.tooLarge);
});
