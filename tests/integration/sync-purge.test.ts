import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallId, ScreenshotId, SessionId } from '#domain/ids.ts';
import { screenshotDocument } from '#domain/protocol/documents.ts';
import { documentDatabase } from '../../src/lib/documents/device-databases.ts';
import { openDexieDeviceStore, openDexiePersonStore } from '../../src/lib/storage/open-dexie.ts';
import { appOn, type NodeApp } from '../faults/relay-app.ts';
import { everythingStored, freshBrowserStorage } from '../harness/indexed-db.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import { eventually, startRelay } from '../harness/relay-harness.ts';

/** The smallest PNG there is: one pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const day = 24 * 3_600_000;

let relay: Awaited<ReturnType<typeof startRelay>>;
const clock = new ManualClock(Date.now());
const apps: NodeApp[] = [];

beforeAll(async () => {
  relay = await startRelay({}, { clock });
});
let jar = { cookie: '' };
beforeEach(() => {
  freshBrowserStorage();
  jar = { cookie: '' };
});
afterEach(() => {
  for (const app of apps.splice(0)) app.stop();
});
afterAll(() => relay.dispose());

const browserStores = {
  openStore: openDexiePersonStore(() => 0),
  openDeviceStore: () => openDexieDeviceStore(),
};

async function signedIn(app: NodeApp, pending: Promise<{ ok: boolean }>): Promise<NodeApp> {
  apps.push(app);
  expect(await pending).toMatchObject({ ok: true });
  await eventually(() => app.connection.caughtUp, 'all that the relay has');
  return app;
}

/** The tablet keeps everything in IndexedDB, as a browser does. */
async function tabletApp(): Promise<NodeApp> {
  const app = appOn(relay.origin, { jar, ...browserStores });
  await app.start();
  return signedIn(app, app.identity.signInWithCode('PUMP-P101-DEMO', 'Paul'));
}

/** The same browser, opened again. */
async function tabletAgain(): Promise<NodeApp> {
  const app = appOn(relay.origin, { jar, ...browserStores });
  await app.start();
  return signedIn(app, app.identity.refresh());
}

async function officeApp(who: 'erika' | 'ada' = 'erika'): Promise<NodeApp> {
  const app = appOn(relay.origin);
  await app.start();
  return signedIn(app, app.identity.signIn(`${who}@demo.example`, 'sightline-demo'));
}

function valueOf<T>(result: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

/** A session with everything that leaves traces: reason, chat, a call, a picture, its marks, a text being typed. */
async function fullSession(tablet: NodeApp, office: NodeApp, canary: string): Promise<SessionId> {
  const id = valueOf(await tablet.sessions.request({ reason: canary }));
  await eventually(() => office.session(id).session, 'the request');
  valueOf(await office.session(id).confirm());
  valueOf(await office.session(id).sendChat(`${canary} chat`));
  const callId = valueOf(await office.session(id).startCall('video'));
  await eventually(() => tablet.session(id).call, 'the call');
  valueOf(await tablet.session(id).answer('video'));
  valueOf(await tablet.session(id).linkUp());
  const bytes = pixel.buffer.slice(pixel.byteOffset, pixel.byteOffset + pixel.length) as ArrayBuffer;
  const picture = { bytes, mediaType: 'image/png', width: 1, height: 1 };
  const shot = valueOf(await tablet.session(id).takeScreenshot(picture));
  await eventually(() => tablet.session(id).session?.screenshots[0]?.stored, 'the stored picture');
  await keepMarks(tablet, shot, callId, canary);
  await tablet.drafts.save(`session ${id}`, `${canary} typed`);
  await tablet.drafts.save('another', 'stays');
  valueOf(await office.session(id).leave());
  await eventually(() => tablet.session(id).session?.status === 'DONE', 'the end');
  expect(await everythingStored()).toContain(canary);
  return id;
}

/** As the document's provider keeps them: a database of its own. */
async function keepMarks(app: NodeApp, shot: ScreenshotId, _call: CallId, canary: string): Promise<void> {
  const person = app.identity.subject?.id ?? '';
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(documentDatabase(person, screenshotDocument(shot)));
    request.onupgradeneeded = () => request.result.createObjectStore('updates', { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
  await new Promise<void>((resolve) => {
    const adding = database.transaction('updates', 'readwrite');
    adding.objectStore('updates').add(Buffer.from(`${canary} marks`));
    adding.oncomplete = () => resolve();
  });
  database.close();
}

const traces = async (id: SessionId, canary: string): Promise<string[]> => {
  const stored = await everythingStored();
  return [id, canary, 'screenshot:'].filter((trace) => stored.includes(trace));
};

/** Names first: to read a database that is just being deleted would make it anew. */
async function noTrace(id: SessionId, canary: string): Promise<void> {
  const names = async (): Promise<string> => JSON.stringify(await indexedDB.databases());
  await eventually(async () => !(await names()).includes('screenshot:'), 'no database of a document');
  await eventually(async () => (await traces(id, canary)).length === 0, 'no trace of it');
}

test('T15 F68 C9 made internal: events, rows, pictures, marks and drafts leave the tablet as soon as it is told', async () => {
  const [tablet, office] = [await tabletApp(), await officeApp()];
  const id = await fullSession(tablet, office, 'CANARY-online');
  valueOf(await office.session(id).setVisibility('internal'));
  await noTrace(id, 'CANARY-online');
  expect(await everythingStored()).toContain('stays');
  expect(tablet.session(id).state).toBe('missing');
  expect(office.session(id).session?.visibility).toBe('internal');
});

test('T15 F68 made internal while the tablet was off: it leaves at the next contact', async () => {
  const [tablet, office] = [await tabletApp(), await officeApp()];
  const id = await fullSession(tablet, office, 'CANARY-later');
  const person = tablet.identity.directory;
  tablet.stop();
  valueOf(await office.session(id).setVisibility('internal'));
  await eventually(() => office.session(id).entry?.confirmed?.visibility === 'internal', 'the change');
  expect(await traces(id, 'CANARY-later')).toHaveLength(3);
  const again = await tabletAgain();
  expect(again.identity.directory?.subject.id).toBe(person?.subject.id);
  await noTrace(id, 'CANARY-later');
});

test('F100 X47 T56 erased by the organization’s retention: nothing is left, and an old outbox wakes nothing', async () => {
  const [tablet, office, admin] = [await tabletApp(), await officeApp(), await officeApp('ada')];
  const settings = await admin.organization.changeSettings({ retention: 'days', retentionDays: 3 });
  expect(await valueOf(settings).settled).toMatchObject({ ok: true });
  const id = await fullSession(tablet, office, 'CANARY-erased');
  valueOf(await office.session(id).close());
  await eventually(() => tablet.session(id).session?.status === 'CLOSED', 'the closing');
  const tabletId = tablet.identity.subject?.id ?? '';
  tablet.stop();

  // Somebody writes on a tablet that has had no link for days.
  const { organization } = office.identity.directory ?? {};
  const person = { organizationId: organization?.id ?? '', subjectId: tabletId };
  const quiet = { onOutdated: () => undefined, onBlocked: () => undefined };
  const opened = (await browserStores.openStore(person, quiet)).store;
  await opened.outbox.add(
    {
      id: 'late-command-000000000' as never,
      streamId: id,
      baseSeq: 99,
      clientAtMs: 0,
      type: 'chat.send',
      payload: { messageId: 'late-message-000000000' as never, text: 'said too late' },
    },
    0,
  );
  opened.close();

  clock.advance(3 * day + 60_000);
  await eventually(() => office.session(id).state === 'missing', 'the erasing');
  const again = await tabletAgain();
  await eventually(() => again.outbox.refused.length === 1, 'the refusal');
  expect(again.outbox.refused[0]).toMatchObject({ reason: 'not-found', command: { streamId: id } });
  expect(again.session(id).state).toBe('missing');
  await again.outbox.dismissAll();
  await noTrace(id, 'CANARY-erased');
  // Nobody else hears of it either, and who begins with nothing gets nothing.
  const fresh = await officeApp();
  expect(fresh.session(id).state).toBe('missing');
  expect(office.session(id).state).toBe('missing');
});

test('F100 kept not at all: with the end of the session everything leaves both sides', async () => {
  const [tablet, office, admin] = [await tabletApp(), await officeApp(), await officeApp('ada')];
  const settings = await admin.organization.changeSettings({ retention: 'none', retentionDays: 30 });
  expect(await valueOf(settings).settled).toMatchObject({ ok: true });
  const id = await fullSession(tablet, office, 'CANARY-never');
  expect(await valueOf(await office.session(id).close()).settled).toMatchObject({ ok: true });
  clock.advance(1_000);
  await eventually(() => office.session(id).state === 'missing', 'the erasing');
  await noTrace(id, 'CANARY-never');
});
