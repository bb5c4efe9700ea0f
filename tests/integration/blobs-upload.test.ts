import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { Upload } from 'tus-js-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ScreenshotId, SessionId } from '#domain/ids.ts';
import { maxScreenshotBytes } from '#domain/session/events.ts';
import type { Person } from '#domain/session/subject.ts';
import { mountBlobs } from '../../signal/blobs/mount-blobs.ts';
import { until } from '../../signal/testing/clients.ts';
import { FakeRelay, makeCast, newId } from '../../signal/testing/fake-parts.ts';
import { jpeg, png, pretended, webp, type Picture } from '../../signal/testing/pictures.ts';
import { UploadClient } from '../../signal/testing/upload-client.ts';

const port = 8174;
const origin = `http://127.0.0.1:${port}`;

let relay: FakeRelay;
let cast: ReturnType<typeof makeCast>;
let sessionId: SessionId;

beforeEach(async () => {
  relay = await FakeRelay.start([mountBlobs], port);
  cast = makeCast();
  sessionId = relay.openSession(cast.employee, cast.deviceId);
});

afterEach(() => relay.close());

const as = (person: Person) => new UploadClient(origin, relay.signIn(person));
const taken = (picture: Picture, by: Person = cast.codeUser) =>
  relay.takeScreenshot(sessionId, by, picture.meta);
const isStored = (itemId: string) =>
  relay.sessions.get(sessionId)?.screenshots.find((shot) => shot.screenshotId === itemId)?.stored;

async function filesLeft(): Promise<string[]> {
  const { dataDir } = relay.parts.config;
  return [...(await readdir(join(dataDir, 'uploads'))), ...(await readdir(join(dataDir, 'blobs')))];
}

test.each([
  ['png', png(1280, 720)],
  ['jpeg', jpeg(4032, 3024)],
  ['webp', webp(800, 600)],
])('F67 a %s goes up, is entered in the log, and both see it', async (_name, picture) => {
  const itemId = taken(picture);
  const done = await as(cast.codeUser).upload({ sessionId, itemId }, picture);
  expect([done.status, done.headers.get('upload-offset')]).toEqual([204, String(picture.bytes.length)]);
  expect(isStored(itemId)).toBe(true);
  for (const person of [cast.codeUser, cast.employee]) {
    const response = await as(person).get(`/api/blobs/${sessionId}/${itemId}`);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(picture.bytes)).toBe(true);
  }
});

test('F67 an upload goes on where it stopped, by the client that the app uses', async () => {
  const picture = png(1000, 1000, 300_000);
  const itemId = taken(picture);
  const signInId = relay.signIn(cast.codeUser);
  const metadata = {
    sessionId,
    itemId,
    kind: 'screenshot',
    sha256: picture.meta.sha256,
    mediaType: picture.meta.mediaType,
  };
  let uploadUrl: string | null = null;
  const run = (stopAfter: number) =>
    new Promise<string>((resolve, reject) => {
      const upload = new Upload(picture.bytes, {
        endpoint: `${origin}/api/uploads`,
        uploadUrl,
        chunkSize: 100_000,
        retryDelays: null,
        metadata,
        headers: { cookie: `sightline=${signInId}` },
        onSuccess: () => resolve('done'),
        onError: reject,
        onChunkComplete: (_size, accepted) => {
          uploadUrl = upload.url;
          if (accepted >= stopAfter && accepted < picture.bytes.length) {
            void upload.abort().then(() => resolve('stopped'));
          }
        },
      });
      upload.start();
    });
  expect(await run(100_000)).toBe('stopped');
  expect(await run(Infinity)).toBe('done');
  expect(isStored(itemId)).toBe(true);
  // The answer to the last piece was lost: asking again finds it complete, and so does a new upload of the item.
  expect(await run(Infinity)).toBe('done');
  uploadUrl = null;
  expect(await run(Infinity)).toBe('done');
});

test('T36 a blob is served so that it can only be a picture, to those who may see it, each time anew', async () => {
  const picture = png(20, 10);
  const itemId = taken(picture);
  await as(cast.codeUser).upload({ sessionId, itemId }, picture);
  const path = `/api/blobs/${sessionId}/${itemId}`;
  const viewer = as(cast.codeUser);
  const { headers } = await viewer.get(path);
  expect(headers.get('content-type')).toBe('image/png');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[A-Za-z0-9_-]{22}\.png"$/);
  expect(headers.get('content-security-policy')).toContain('sandbox');
  expect(headers.get('cache-control')).toBe('private, no-cache');
  const etag = headers.get('etag') ?? '';
  expect((await viewer.get(path, { 'if-none-match': etag })).status).toBe(304);
  relay.must(sessionId, cast.employee, {
    type: 'session.set-visibility',
    payload: { visibility: 'internal' },
  });
  expect((await viewer.get(path, { 'if-none-match': etag })).status).toBe(404);
});

test('T17 T16 a blob of another organization or machine answers as one that never was', async () => {
  const picture = png(20, 10);
  const itemId = taken(picture);
  await as(cast.codeUser).upload({ sessionId, itemId }, picture);
  const bodies = new Set<string>();
  for (const [person, path] of [
    [cast.stranger, `/api/blobs/${sessionId}/${itemId}`],
    [cast.otherDeviceUser, `/api/blobs/${sessionId}/${itemId}`],
    [cast.employee, `/api/blobs/${sessionId}/${newId()}`],
    [cast.employee, `/api/blobs/${newId()}/${itemId}`],
  ] as const) {
    const response = await as(person).get(path);
    expect(response.status).toBe(404);
    bodies.add(await response.text());
  }
  expect([...bodies]).toEqual(['{"code":"not-found"}']);
  expect((await fetch(`${origin}/api/blobs/${sessionId}/${itemId}`)).status).toBe(401);
  const foreign = await as(cast.stranger).create({ sessionId, itemId }, picture);
  expect([foreign.status, foreign.code]).toEqual([404, 'not-found']);
});

test('T33 what does not match the log is refused before a byte is taken', async () => {
  const picture = png(20, 10);
  const itemId = taken(picture);
  const mine = as(cast.codeUser);
  const lies: [string, Promise<{ status: number; code: string | undefined }>][] = [
    ['length-mismatch', mine.create({ sessionId, itemId }, picture, { 'upload-length': '1' })],
    ['length-mismatch', mine.create({ sessionId, itemId }, picture, { 'upload-length': '0' })],
    [
      'length-mismatch',
      mine.create({ sessionId, itemId }, picture, { 'upload-length': String(maxScreenshotBytes) }),
    ],
    [
      'too-large',
      mine.create({ sessionId, itemId }, picture, { 'upload-length': String(maxScreenshotBytes + 1) }),
    ],
    ['malformed', mine.create({ sessionId, itemId }, picture, { 'upload-length': '-1' })],
    ['malformed', mine.create({ sessionId, itemId }, picture, { 'upload-length': '1e3' })],
    ['malformed', mine.create({ sessionId, itemId }, picture, { 'upload-defer-length': '1' })],
    ['malformed', mine.create({ sessionId, itemId }, picture, { 'upload-concat': 'partial' })],
    ['malformed', mine.create({ sessionId, itemId }, picture, { 'upload-metadata': '%%%' })],
    ['malformed', mine.create({ sessionId, itemId, kind: 'recording' }, picture)],
    ['malformed', mine.create({ sessionId, itemId: '../../x' }, picture)],
    ['hash-mismatch', mine.create({ sessionId, itemId, sha256: 'a'.repeat(64) }, picture)],
    ['type-mismatch', mine.create({ sessionId, itemId, mediaType: 'image/jpeg' }, picture)],
    ['type-not-allowed', mine.create({ sessionId, itemId, mediaType: 'image/svg+xml' }, picture)],
    ['item-unknown', mine.create({ sessionId, itemId: newId() }, picture)],
    ['forbidden', as(cast.employee).create({ sessionId, itemId }, picture)],
  ];
  for (const [code, answer] of lies) {
    const got = await answer;
    expect([code, got.code, got.status >= 400 && got.status < 500]).toEqual([code, code, true]);
  }
  expect(await filesLeft()).toEqual([]);
  expect(relay.uploadRows.size).toBe(0);
});

test('T33 bytes that lie about hash, type or size are refused at the end and removed', async () => {
  const other = png(20, 10);
  const cases: [string, Picture][] = [
    ['hash-mismatch', { ...png(20, 10), bytes: Buffer.from(other.bytes).fill(1, 30) }],
    ['type-mismatch', pretended(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))],
    ['type-mismatch', pretended(jpeg(10, 10).bytes)],
    ['type-mismatch', pretended(png(10, 11).bytes)],
    // 40 megapixels behind a log entry that says ten by ten.
    ['picture-too-large', pretended(png(8000, 5000).bytes)],
    ['picture-too-large', pretended(png(100_000, 1).bytes)],
  ];
  for (const [code, picture] of cases) {
    const itemId = taken(picture);
    const answer = await as(cast.codeUser).upload({ sessionId, itemId }, picture);
    expect([code, answer.code, Math.floor(answer.status / 100)]).toEqual([code, code, 4]);
    expect(isStored(itemId)).toBe(false);
  }
  expect(await filesLeft()).toEqual([]);
  expect(relay.uploadRows.size).toBe(0);
});

test('T33 more bytes than promised are not taken, in one piece or chunked', async () => {
  const picture = png(20, 10, 5000);
  const itemId = taken(picture);
  const mine = as(cast.codeUser);
  const created = await mine.create({ sessionId, itemId }, picture);
  const path = created.headers.get('location') ?? '';
  const tooMuch = Buffer.concat([picture.bytes, Buffer.alloc(1)]);
  expect((await mine.patch(path, 0, tooMuch)).code).toBe('too-large');
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(4096)),
  });
  const chunked = await mine.patch(path, 0, endless).catch(() => undefined);
  expect(chunked === undefined || chunked.status >= 400).toBe(true);
  expect(isStored(itemId)).toBe(false);
  // The item can still be uploaded as promised.
  expect((await mine.upload({ sessionId, itemId }, picture)).status).toBe(204);
  expect(isStored(itemId)).toBe(true);
});

test('T33 the largest picture that is allowed goes up', async () => {
  const small = png(100, 100);
  const picture = png(100, 100, maxScreenshotBytes - small.bytes.length);
  const itemId = taken(picture);
  expect((await as(cast.codeUser).upload({ sessionId, itemId }, picture)).status).toBe(204);
});

test('T34 a foreign upload is not there: HEAD, PATCH, DELETE', async () => {
  const picture = png(20, 10);
  const itemId = taken(picture);
  const created = await as(cast.codeUser).create({ sessionId, itemId }, picture);
  const path = created.headers.get('location') ?? '';
  for (const person of [cast.employee, cast.stranger, cast.otherDeviceUser]) {
    const client = as(person);
    expect((await client.head(path)).status).toBe(404);
    expect((await client.patch(path, 0, picture.bytes)).code).toBe('not-found');
    expect((await client.send('DELETE', path, {})).code).toBe('not-found');
  }
  expect((await new UploadClient(origin, 'nobody').head(path)).status).toBe(401);
  expect((await as(cast.codeUser).head(path)).headers.get('upload-offset')).toBe('0');
  expect((await as(cast.codeUser).send('DELETE', path, {})).status).toBe(204);
  expect(await filesLeft()).toEqual([]);
});

test('T15 the owner’s upload is gone when the session is hidden from them', async () => {
  const picture = png(20, 10);
  const itemId = taken(picture);
  const mine = as(cast.codeUser);
  const path = (await mine.create({ sessionId, itemId }, picture)).headers.get('location') ?? '';
  relay.must(sessionId, cast.employee, {
    type: 'session.set-visibility',
    payload: { visibility: 'internal' },
  });
  expect((await mine.patch(path, 0, picture.bytes)).status).toBe(404);
});

test('T33 many uploads of one item: the oldest give way', async () => {
  const picture = png(20, 10);
  const itemId = taken(picture);
  const mine = as(cast.codeUser);
  for (let i = 0; i < 8; i += 1) await mine.create({ sessionId, itemId }, picture);
  expect(relay.uploadRows.size).toBe(4);
});

test('X4 whatever step a crash cut off, the next start or the next request finishes it', async () => {
  const picture = png(20, 10);
  const mine = as(cast.codeUser);
  const { dataDir } = relay.parts.config;
  const begin = async (): Promise<{ itemId: ScreenshotId; path: string; uploadId: string }> => {
    const itemId = taken(picture);
    const path = (await mine.create({ sessionId, itemId }, picture)).headers.get('location') ?? '';
    return { itemId, path, uploadId: path.split('/').at(-1) ?? '' };
  };
  // All bytes are here, nothing was verified.
  const whole = await begin();
  await writeFile(join(dataDir, 'uploads', whole.uploadId), picture.bytes);
  // Moved among the blobs, not entered.
  const moved = await begin();
  await rm(join(dataDir, 'uploads', moved.uploadId));
  await writeFile(join(dataDir, 'blobs', `${sessionId}.${moved.itemId}`), picture.bytes);
  // The same, but the bytes there are not the right ones.
  const wrong = await begin();
  await rm(join(dataDir, 'uploads', wrong.uploadId));
  await writeFile(join(dataDir, 'blobs', `${sessionId}.${wrong.itemId}`), Buffer.from('cut off'));

  expect((await mine.head(whole.path)).headers.get('upload-offset')).toBe(String(picture.bytes.length));
  expect(isStored(whole.itemId)).toBe(true);
  expect((await mine.head(wrong.path)).status).toBe(400);
  const again = await mountBlobs({ ...relay.parts, app: new Hono() });
  await until(() => isStored(moved.itemId));
  await again.close();
  expect((await mine.upload({ sessionId, itemId: wrong.itemId }, picture)).status).toBe(204);
  expect(isStored(wrong.itemId)).toBe(true);
});

test('F67 an upload that nobody goes on with is forgotten after seven days, not before', async () => {
  const picture = png(20, 10);
  const itemId = taken(picture);
  const path = (await as(cast.codeUser).create({ sessionId, itemId }, picture)).headers.get('location') ?? '';
  const dayMs = 24 * 60 * 60_000;
  const sweepIn = async (days: number) => {
    const clock = { nowMs: () => Date.now() + days * dayMs };
    const later = await mountBlobs({ ...relay.parts, clock, app: new Hono() });
    await new Promise((resolve) => setImmediate(resolve));
    await later.close();
  };
  await sweepIn(6);
  expect((await as(cast.codeUser).head(path)).status).toBe(200);
  await sweepIn(8);
  expect((await as(cast.codeUser).head(path)).status).toBe(404);
  expect(await filesLeft()).toEqual([]);
});
