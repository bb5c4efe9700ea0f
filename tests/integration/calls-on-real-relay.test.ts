import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallId, CommandId, ScreenshotId, SessionId } from '#domain/ids.ts';
import { parseDirectory, type Directory } from '#domain/protocol/directory.ts';
import { callDocument, screenshotDocument } from '#domain/protocol/documents.ts';
import { socketTicketSchema, type SocketTicket } from '#domain/protocol/http.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import * as v from 'valibot';
import { callsPath } from '../../signal/calls/mount-calls.ts';
import { yWebrtcPath } from '../../signal/calls/mount-y-webrtc.ts';
import { createRelay, type Relay } from '../../signal/create-relay.ts';
import { documentsPath } from '../../signal/documents/mount-documents.ts';
import { demoPassword } from '../../signal/people/demo.ts';
import { DocumentClient, RawSocket, until } from '../../signal/testing/clients.ts';
import { newId } from '../../signal/testing/fake-parts.ts';
import { jpeg } from '../../signal/testing/pictures.ts';
import { UploadClient } from '../../signal/testing/upload-client.ts';

const port = 8177;

let dataDir: string;
let relay: Relay;
let closers: (() => void)[];

const start = () =>
  createRelay({ port, dataDir, demo: true, appDir: undefined, logLevel: process.env.LOG_LEVEL ?? 'silent' });

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sightline-'));
  relay = await start();
  closers = [];
});

afterEach(async () => {
  for (const close of closers) close();
  await relay.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Somebody signed in over HTTP, who does everything as the app does it. */
class Visitor {
  readonly token: string;
  readonly directory: Directory;

  private constructor(token: string, directory: Directory) {
    this.token = token;
    this.directory = directory;
  }

  static async enter(path: string, body: object): Promise<Visitor> {
    const response = await fetch(`${relay.origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: relay.origin },
      body: JSON.stringify(body),
    });
    const token = /sightline=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? '';
    return new Visitor(token, parseDirectory(await response.json()));
  }

  async ticket(request: object): Promise<SocketTicket & { status: number }> {
    const response = await fetch(`${relay.origin}/api/socket-tickets`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: relay.origin,
        cookie: `sightline=${this.token}`,
      },
      body: JSON.stringify(request),
    });
    const parsed = v.safeParse(socketTicketSchema, await response.json());
    return { ...(parsed.success ? parsed.output : { ticket: '', expiresAtMs: 0 }), status: response.status };
  }

  async does(streamId: SessionId, body: SessionCommandBody): Promise<void> {
    const baseSeq = (await relay.sessions.get(streamId))?.seq ?? 0;
    const command = { ...body, id: newId<CommandId>(), streamId, baseSeq, clientAtMs: 0 };
    const [outcome] = await relay.sessions.propose(this.directory.subject, [command]);
    expect(outcome).toMatchObject({ ok: true });
  }

  get files(): UploadClient {
    return new UploadClient(relay.origin, this.token);
  }

  async document(name: string): Promise<DocumentClient> {
    const { ticket } = await this.ticket({ purpose: 'documents' });
    const client = new DocumentClient(`ws://127.0.0.1:${port}${documentsPath}?ticket=${ticket}`, name);
    closers.push(() => client.close());
    return client;
  }

  async peer(sessionId: SessionId, callId: CallId): Promise<RawSocket & { peerId: string }> {
    const { ticket, peerId = '' } = await this.ticket({ purpose: 'calls', sessionId, callId });
    const query = new URLSearchParams({ key: 'peerjs', id: peerId, token: ticket, version: '1.5.5' });
    const socket = await RawSocket.open(`ws://127.0.0.1:${port}${callsPath}?${query}`);
    closers.push(() => socket.close());
    await until(() => socket.frames.length > 0);
    return Object.assign(socket, { peerId });
  }

  async room(sessionId: SessionId, callId: CallId): Promise<RawSocket> {
    const { ticket, room = '' } = await this.ticket({ purpose: 'y-webrtc', sessionId, callId });
    const socket = await RawSocket.open(`ws://127.0.0.1:${port}${yWebrtcPath}?ticket=${ticket}`);
    closers.push(() => socket.close());
    socket.sendJson({ type: 'subscribe', topics: [room] });
    socket.sendJson({ type: 'ping' });
    await until(() => socket.frames.length > 0);
    return socket;
  }
}

const erika = () => Visitor.enter('/api/sign-in', { email: 'erika@demo.example', password: demoPassword });
const stranger = () => Visitor.enter('/api/sign-in', { email: 'otto@other.example', password: demoPassword });
const codeUser = () => Visitor.enter('/api/code', { code: 'PUMP-P101-DEMO', name: 'Olga' });

async function inCall() {
  const [office, machine] = await Promise.all([erika(), codeUser()]);
  const sessionId = newId<SessionId>();
  const callId = newId<CallId>();
  const request = { reason: 'Pressure drops', ticketIds: [] };
  await machine.does(sessionId, { type: 'session.request', payload: request });
  await office.does(sessionId, { type: 'session.confirm', payload: {} });
  await office.does(sessionId, { type: 'call.start', payload: { callId, mode: 'video' } });
  await machine.does(sessionId, { type: 'call.answer', payload: { callId, mode: 'video' } });
  await machine.does(sessionId, { type: 'call.link-up', payload: { callId } });
  return { office, machine, sessionId, callId };
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
  const other = await stranger();
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
