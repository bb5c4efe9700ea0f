import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallId, PeerId, SessionId } from '#domain/ids.ts';
import type { Person } from '#domain/session/subject.ts';
import { callsPath, mountCalls } from '../../signal/calls/mount-calls.ts';
import { yWebrtcPath } from '../../signal/calls/mount-y-webrtc.ts';
import { parsePeerMessage } from '../../signal/calls/peer-message.ts';
import { fuzzSeed, noise, RawSocket, seeded, until } from '../../signal/testing/clients.ts';
import { FakeRelay, makeCast, newId } from '../../signal/testing/fake-parts.ts';

const port = 8178;
const seed = fuzzSeed();
const rounds = 600;
const framesEach = 3;

let relay: FakeRelay;
let cast: ReturnType<typeof makeCast>;
let sessionId: SessionId;
let callId: CallId;

beforeEach(async () => {
  relay = await FakeRelay.start([mountCalls], port);
  cast = makeCast();
  sessionId = relay.openSession(cast.employee, cast.deviceId);
  callId = relay.startCall(sessionId, cast.codeUser, cast.employee);
});
afterEach(() => relay.close());

async function peer(person: Person, peerId = newId<PeerId>()): Promise<RawSocket> {
  const token = relay.ticket({
    purpose: 'calls',
    person,
    signInId: relay.signIn(person),
    sessionId,
    callId,
    peerId,
  });
  const query = new URLSearchParams({ key: 'peerjs', id: peerId, token });
  const socket = await RawSocket.open(`ws://127.0.0.1:${port}${callsPath}?${query}`);
  await until(() => socket.frames.length > 0);
  return socket;
}

async function member(person: Person, room: string): Promise<RawSocket> {
  const signInId = relay.signIn(person);
  const ticket = relay.ticket({ purpose: 'y-webrtc', person, signInId, sessionId, callId, room });
  return RawSocket.open(`ws://127.0.0.1:${port}${yWebrtcPath}?ticket=${ticket}`);
}

/** Cuts, doubles and replaces bytes of messages that are right, or makes up others. */
function mangler(random: () => number, good: string[]): () => string | Buffer {
  const junk = ['null', '[]', '{}', '""', '1e999', '{"type":{}}', '{"__proto__":{"type":"OFFER"}}', '\uD800'];
  return () => {
    const pick = random();
    if (pick < 0.15) return noise(random, 200);
    if (pick < 0.3) return junk[Math.floor(random() * junk.length)] ?? '';
    const text = good[Math.floor(random() * good.length)] ?? '';
    const at = Math.floor(random() * text.length);
    if (pick < 0.45) return text.slice(0, at);
    if (pick < 0.6) return text + text.slice(at);
    return `${text.slice(0, at)}${String.fromCharCode(32 + Math.floor(random() * 95))}${text.slice(at + 1)}`;
  };
}

const peerMessages = (dst: string): string[] => [
  JSON.stringify({
    type: 'OFFER',
    dst,
    payload: { type: 'media', connectionId: 'a', sdp: { type: 'offer', sdp: 'v=0' }, metadata: { a: [1] } },
  }),
  JSON.stringify({ type: 'CANDIDATE', dst, payload: { type: 'media', connectionId: 'a', candidate: null } }),
  JSON.stringify({ type: 'LEAVE', dst }),
  '{"type":"HEARTBEAT"}',
];

test(`T6 ${rounds * framesEach} mangled frames on the media signalling: it lives, the others notice nothing (SEED=${seed})`, async () => {
  const random = seeded(seed);
  const witnessId = newId<PeerId>();
  const witness = await peer(cast.codeUser, witnessId);
  const mangle = mangler(random, peerMessages(newId()));
  for (let round = 0; round < rounds; round += 1) {
    const socket = await peer(cast.employee);
    for (let i = 0; i < framesEach; i += 1) socket.socket.send(mangle());
    await socket.flushed();
    socket.close();
  }
  const caller = await peer(cast.employee);
  for (const frame of peerMessages(witnessId)) caller.socket.send(frame);
  await until(() => witness.frames.length === 4);
  expect(witness.closed).toBeUndefined();
  caller.close();
  witness.close();
});

test(`T6 ${rounds * framesEach} mangled frames on the y-webrtc signalling: it lives (SEED=${seed})`, async () => {
  const random = seeded(seed + 1);
  const room = newId();
  const witness = await member(cast.codeUser, room);
  witness.sendJson({ type: 'subscribe', topics: [room] });
  const other = newId();
  const mangle = mangler(random, [
    JSON.stringify({ type: 'subscribe', topics: [other] }),
    JSON.stringify({ type: 'publish', topic: other, data: { type: 'announce', from: 'x' } }),
    JSON.stringify({ type: 'unsubscribe', topics: [other] }),
    '{"type":"ping"}',
  ]);
  for (let round = 0; round < rounds; round += 1) {
    const socket = await member(cast.employee, room);
    for (let i = 0; i < framesEach; i += 1) socket.socket.send(mangle());
    await socket.flushed();
    socket.close();
  }
  const speaker = await member(cast.employee, room);
  speaker.sendJson({ type: 'publish', topic: room, data: 'alive' });
  await until(() => witness.frames.length === 1);
  expect(witness.messages).toEqual([{ type: 'publish', topic: room, data: 'alive' }]);
  speaker.close();
  witness.close();
});

test(`T6 100,000 mangled frames are parsed without a throw (SEED=${seed})`, () => {
  const mangle = mangler(seeded(seed + 2), peerMessages(newId()));
  for (let i = 0; i < 100_000; i += 1) parsePeerMessage(mangle().toString());
});
