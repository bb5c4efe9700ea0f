import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ScreenshotId } from '#domain/ids.ts';
import { callDocument, screenshotDocument } from '#domain/protocol/documents.ts';
import { createRelay, type Relay } from '../../signal/create-relay.ts';
import { until } from '../../signal/testing/clients.ts';
import { newId } from '../../signal/testing/fake-parts.ts';
import { jpeg } from '../../signal/testing/pictures.ts';
import { meetInCall, Visitor } from '../../signal/testing/visitor.ts';

const port = 8177;

let dataDir: string;
let relay: Relay;
let visitors: Visitor[];

const start = () =>
  createRelay({ port, dataDir, demo: true, appDir: undefined, logLevel: process.env.LOG_LEVEL ?? 'silent' });

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sightline-'));
  relay = await start();
  visitors = [];
});

afterEach(async () => {
  for (const visitor of visitors) visitor.leave();
  await relay.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function inCall() {
  const cast = await meetInCall(relay.origin);
  visitors.push(cast.office, cast.machine);
  return cast;
}

test('F50 F53 F56 the two in a call signal to each other; the sockets end with the call', async () => {
  const { office, machine, sessionId, callId } = await inCall();
  const one = await office.peer(sessionId, callId);
  const other = await machine.peer(sessionId, callId);
  const offer = {
    type: 'OFFER',
    dst: other.peerId,
    payload: { type: 'media', connectionId: 'mc_1', sdp: { type: 'offer', sdp: 'v=0' } },
  };
  one.sendJson(offer);
  await until(() => other.frames.length === 2);
  expect(other.messages[1]).toEqual({ ...offer, src: one.peerId });
  const rooms = [await office.room(sessionId, callId), await machine.room(sessionId, callId)];
  await office.does(sessionId, { type: 'call.leave', payload: { callId } });
  for (const socket of [one, other, ...rooms]) expect((await socket.ended()).reason).toBe('call-over');
  expect((await office.ticket({ purpose: 'calls', sessionId, callId })).status).toBe(409);
});

test('F64 F67 X1 marks and the screenshot are there for both after the relay was started anew', async () => {
  const { office, machine, sessionId, callId } = await inCall();
  const picture = jpeg(1280, 720);
  const screenshotId = newId<ScreenshotId>();
  const taken = { ...picture.meta, screenshotId, callId };
  await machine.does(sessionId, { type: 'screenshot.take', payload: taken });
  expect((await machine.files.upload({ sessionId, itemId: screenshotId }, picture)).status).toBe(204);
  const stored = (await relay.sessions.get(sessionId))?.screenshots[0]?.stored;
  expect(stored).toBe(true);

  const clients = [
    await office.document(screenshotDocument(screenshotId)),
    await machine.document(screenshotDocument(screenshotId)),
    await machine.document(callDocument(callId)),
  ];
  for (const [index, client] of clients.entries()) {
    await client.synced();
    client.marks.set(`mark ${index}`, index);
    await client.acknowledged();
    client.close();
  }

  await relay.stop();
  relay = await start();
  for (const person of [office, machine]) {
    const again = await person.document(screenshotDocument(screenshotId));
    await again.synced();
    expect(again.marks.toJSON()).toEqual({ 'mark 0': 0, 'mark 1': 1 });
    const response = await person.files.get(`/api/blobs/${sessionId}/${screenshotId}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(picture.bytes)).toBe(true);
  }
  const drawings = await office.document(callDocument(callId));
  await drawings.synced();
  expect(drawings.marks.toJSON()).toEqual({ 'mark 2': 2 });
});

test('T17 another organization finds no document, no blob, no place in the call', async () => {
  const { machine, sessionId, callId } = await inCall();
  const picture = jpeg(640, 480, 0);
  const screenshotId = newId<ScreenshotId>();
  await machine.does(sessionId, { type: 'screenshot.take', payload: { ...picture.meta, screenshotId } });
  await machine.files.upload({ sessionId, itemId: screenshotId }, picture);
  const other = await Visitor.stranger(relay.origin);
  visitors.push(other);
  const document = await other.document(screenshotDocument(screenshotId));
  await until(() => document.denied);
  expect(document.denied).toBe('not-found');
  expect((await other.files.get(`/api/blobs/${sessionId}/${screenshotId}`)).status).toBe(404);
  for (const purpose of ['calls', 'y-webrtc']) {
    expect((await other.ticket({ purpose, sessionId, callId })).status).toBe(404);
  }
});

test('T33 T34 an upload that lies is refused with a reason, and foreign uploads are not there', async () => {
  const { office, machine, sessionId } = await inCall();
  const picture = jpeg(640, 480, 0);
  const screenshotId = newId<ScreenshotId>();
  await machine.does(sessionId, { type: 'screenshot.take', payload: { ...picture.meta, screenshotId } });
  const promised = { sessionId, itemId: screenshotId };
  const created = await machine.files.create(promised, picture);
  const path = created.headers.get('location') ?? '';
  expect((await office.files.head(path)).status).toBe(404);
  const wrong = Buffer.from(picture.bytes).fill(0, 10);
  expect((await machine.files.patch(path, 0, wrong)).code).toBe('hash-mismatch');
  expect((await machine.files.upload(promised, picture)).status).toBe(204);
});
