import { afterEach, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { SessionId } from '#domain/ids.ts';
import { maxDocumentBytes, maxUpdateBytes, screenshotDocument } from '#domain/protocol/documents.ts';
import { closeCodes } from '#domain/protocol/version.ts';
import type { Person } from '#domain/session/subject.ts';
import { maxCatchUpBytes } from '../../signal/documents/frame.ts';
import { documentsPath, mountDocuments } from '../../signal/documents/mount-documents.ts';
import { DocumentClient, fuzzSeed, noise, RawSocket, seeded, until } from '../../signal/testing/clients.ts';
import { FakeRelay, makeCast } from '../../signal/testing/fake-parts.ts';

const port = 8173;
const meta = { bytes: 10, sha256: '0'.repeat(64), mediaType: 'image/jpeg', width: 4, height: 4 } as const;
const seed = fuzzSeed();

let relay: FakeRelay;
let cast: ReturnType<typeof makeCast>;
let sessionId: SessionId;
let name: string;
let witness: DocumentClient;

beforeEach(async () => {
  relay = await FakeRelay.start([mountDocuments], port);
  cast = makeCast();
  sessionId = relay.openSession(cast.employee, cast.deviceId);
  name = screenshotDocument(relay.takeScreenshot(sessionId, cast.codeUser, meta));
  witness = new DocumentClient(address(), name);
  await witness.synced();
});

afterEach(async () => {
  witness.close();
  await relay.close();
});

function address(person: Person = cast.employee): string {
  const ticket = relay.ticket({ purpose: 'documents', person, signInId: relay.signIn(person) });
  return `ws://127.0.0.1:${port}${documentsPath}?ticket=${ticket}`;
}

function uint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
const chunk = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from(uint(bytes.length)), bytes]);
const frame = (type: number, ...rest: (number[] | Uint8Array)[]): Buffer =>
  Buffer.concat([chunk(Buffer.from(name)), Buffer.from([type]), ...rest.map((part) => Buffer.from(part))]);
const auth = (): Buffer => frame(2, uint(0), chunk(Buffer.from('x')));
const update = (bytes: Uint8Array, step = 2): Buffer => frame(0, uint(step), chunk(bytes));

function textUpdate(bytes: number): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'x'.repeat(bytes));
  return Y.encodeStateAsUpdate(doc);
}

async function joined(person?: Person): Promise<RawSocket> {
  const socket = await RawSocket.open(address(person));
  socket.socket.send(auth());
  await until(() => socket.frames.length > 0);
  return socket;
}

async function witnessLives(): Promise<void> {
  const key = `alive-${Math.random()}`;
  witness.marks.set(key, 1);
  await witness.acknowledged();
  expect(witness.socketClosed).toBeUndefined();
}

test.each([
  ['text', 'hello', closeCodes.malformed],
  ['nothing', Buffer.alloc(0), closeCodes.malformed],
  ['an unknown type', () => frame(99), closeCodes.malformed],
  ['a message that the server alone sends', () => frame(8, uint(1)), closeCodes.malformed],
  ['a broadcast', () => frame(6, chunk(Buffer.from('x'))), closeCodes.malformed],
  ['an update that does not decode', () => update(Buffer.from([200, 1, 2, 3, 255])), closeCodes.malformed],
  ['a length beyond the end', () => frame(0, [2, 255, 255, 3]), closeCodes.malformed],
  ['a name of the object prototype', Buffer.from([9, ...Buffer.from('__proto__'), 0]), closeCodes.malformed],
  ['an update over 64 KiB', () => update(textUpdate(maxUpdateBytes)), closeCodes.tooLarge],
  ['a frame of 1 MB', Buffer.alloc(1024 * 1024), closeCodes.tooLarge],
])('T6 %s closes that socket alone', async (_name, bad, code) => {
  const socket = await joined();
  socket.socket.send(typeof bad === 'function' ? bad() : bad);
  expect((await socket.ended()).code).toBe(code);
  await witnessLives();
});

test('T29 a document grows to 5 MiB and no further', async () => {
  const size = maxCatchUpBytes - 100;
  const fits = Math.floor(maxDocumentBytes / (size + 30));
  const socket = await joined();
  for (let i = 0; i < fits; i += 1) {
    socket.socket.send(update(textUpdate(size), 1));
    await until(() => (relay.savedDocuments.get(name)?.length ?? 0) > (i + 1) * size);
  }
  expect(socket.closed).toBeUndefined();
  socket.socket.send(update(textUpdate(size), 1));
  expect((await socket.ended()).code).toBe(closeCodes.tooLarge);
  expect(relay.savedDocuments.get(name)?.length).toBeLessThanOrEqual(maxDocumentBytes);
});

test('T30 a connection does not speak for another one’s client', async () => {
  witness.provider.setAwarenessField('pointer', { x: 0.1, y: 0.1 });
  const other = new DocumentClient(address(), name);
  await other.synced();
  await until(() => other.provider.awareness?.getStates().get(witness.doc.clientID)?.pointer);
  const socket = await joined(cast.codeUser);
  const forged = Buffer.concat([
    Buffer.from([1, ...uint(witness.doc.clientID), ...uint(1_000_000)]),
    chunk(Buffer.from(JSON.stringify({ pointer: { x: 0.9, y: 0.9 } }))),
  ]);
  socket.socket.send(frame(1, chunk(forged)));
  await socket.flushed();
  witness.marks.set('after', 1);
  await until(() => other.marks.has('after'));
  expect(other.provider.awareness?.getStates().get(witness.doc.clientID)?.pointer).toEqual({
    x: 0.1,
    y: 0.1,
  });
  socket.close();
  other.close();
});

test(`T6 a thousand mangled frames: the relay lives, the document is whole (SEED=${seed})`, async () => {
  const random = seeded(seed);
  const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)] as T;
  const good = [
    auth(),
    update(textUpdate(50)),
    update(textUpdate(50), 1),
    update(Buffer.from([0]), 0),
    frame(3),
    frame(7),
  ];
  const mangle = (): Buffer => {
    const bytes = Buffer.from(pick(good));
    for (let hits = Math.ceil(random() * 3); hits > 0; hits -= 1) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    return random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
  };
  for (let round = 0; round < 100; round += 1) {
    const socket = await joined();
    for (let i = 0; i < 10; i += 1) socket.socket.send(random() < 0.3 ? noise(random, 300) : mangle());
    await socket.flushed();
    socket.close();
  }
  await witnessLives();
  const reader = new DocumentClient(address(), name);
  await reader.synced();
  expect(reader.marks.size).toBeGreaterThan(0);
  reader.close();
});
