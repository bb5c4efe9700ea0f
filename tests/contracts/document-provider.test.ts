import 'fake-indexeddb/auto';
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { makeId, type ScreenshotId } from '#domain/ids.ts';
import { screenshotDocument, type DocumentName } from '#domain/protocol/documents.ts';
import { openDocuments } from '../../src/lib/app/open-documents.ts';
import { OpenDocument } from '../../src/lib/documents/open-document.ts';
import { forgetOnDevice } from '../../src/lib/documents/device-databases.ts';
import { deviceProvider } from '../../src/lib/documents/providers/device-provider.ts';
import { MemoryPlace } from '../../src/lib/documents/providers/memory-provider.ts';
import { ScreenshotDocument } from '../../src/lib/documents/screenshot-document.ts';
import { until } from '../harness/until.ts';
import { documentProviderContract } from './document-provider.ts';
import { documentWorld } from './document-world.ts';

const relayPort = 8220;
const anyName = async (): Promise<DocumentName> => screenshotDocument(makeId<ScreenshotId>(randomBytes));
const body = {
  tool: 'pen',
  width: 'medium' as const,
  points: [
    { x: 0.25, y: 0 },
    { x: 1, y: 1 },
  ],
};

documentProviderContract('memory', async () => {
  const memory = new MemoryPlace();
  return {
    factory: () => memory.provider,
    freshName: anyName,
    live: true,
    keeps: true,
    close: async () => undefined,
  };
});

documentProviderContract('y-indexeddb', async () => {
  const device = randomBytes(8).toString('hex');
  return {
    factory: () => deviceProvider((name) => `${device}/${name}`),
    freshName: anyName,
    live: false,
    keeps: true,
    close: async () => undefined,
  };
});

documentProviderContract('relay', async () => {
  const world = await documentWorld(relayPort);
  return {
    factory: () => world.erika.connect().provider,
    freshName: () => world.takeScreenshot(),
    live: true,
    keeps: true,
    close: world.close,
  };
});

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  vi.restoreAllMocks();
});

test('T2 each attempt of the document socket shows a fresh ticket', async () => {
  const world = await documentWorld(relayPort);
  endings.push(world.close);
  const connection = world.erika.connect();
  const opened = new OpenDocument(await world.takeScreenshot(), [connection.provider]);
  endings.push(() => opened.destroy());
  await opened.providers[0]?.whenSynced();
  world.erika.cut();
  await until('it is away', () => opened.providers[0]?.state !== 'synced');
  await until('it is back', () => opened.providers[0]?.state === 'synced');
  expect(world.erika.tickets).toHaveLength(2);
  expect(new Set(world.erika.tickets).size).toBe(2);
});

test('F51 X17 both sides edited while one was away: after the reconnect both have both, acknowledged', async () => {
  const world = await documentWorld(relayPort);
  endings.push(world.close);
  const name = await world.takeScreenshot();
  const one = new OpenDocument(name, [world.erika.connect().provider]);
  const other = new OpenDocument(name, [world.codeUser.connect().provider]);
  endings.push(async () => void (await Promise.all([one.destroy(), other.destroy()])));
  const mine = new ScreenshotDocument(one.doc, world.erika.id);
  const theirs = new ScreenshotDocument(other.doc, world.codeUser.id);
  await Promise.all([one.providers[0]?.whenSynced(), other.providers[0]?.whenSynced()]);
  await until('all is sent', () => one.saved === 'sent');
  world.erika.cut();
  await until('it is away', () => one.providers[0]?.state !== 'synced');
  mine.add(body);
  theirs.add(body);
  expect(one.saved).toBe('not-saved');
  await until('both have both', () => mine.marks().length === 2 && theirs.marks().length === 2);
  await until('it is acknowledged', () => one.saved === 'sent');
  expect(mine.marks()).toEqual(theirs.marks());
});

test('a screenshot that the relay does not know yet is asked for again until it does', async () => {
  const world = await documentWorld(relayPort);
  endings.push(world.close);
  const screenshotId = world.newScreenshotId();
  const opened = new OpenDocument(screenshotDocument(screenshotId), [world.erika.connect().provider]);
  endings.push(() => opened.destroy());
  const marks = new ScreenshotDocument(opened.doc, world.erika.id);
  marks.add(body);
  await until('it is refused', () => opened.providers[0]?.state === 'refused');
  expect(opened.saved).toBe('not-saved');
  await world.takeScreenshot(screenshotId);
  await until('it is sent', () => opened.saved === 'sent');
});

test('several documents share one socket', async () => {
  const world = await documentWorld(relayPort);
  endings.push(world.close);
  const connection = world.erika.connect();
  const documents = [
    await world.takeScreenshot(),
    await world.takeScreenshot(),
    await world.takeScreenshot(),
  ].map((name) => new OpenDocument(name, [connection.provider]));
  endings.push(async () => void (await Promise.all(documents.map((opened) => opened.destroy()))));
  await Promise.all(documents.map((opened) => opened.providers[0]?.whenSynced()));
  expect(world.erika.tickets).toHaveLength(1);
});

test('F53 X1 a mark is saved by itself: here at once, sent when the relay has it, there again without a relay', async () => {
  const world = await documentWorld(relayPort);
  let relayIsUp = true;
  endings.push(async () => (relayIsUp ? world.close() : undefined));
  const openAll = () =>
    openDocuments({
      personId: world.erika.id,
      socketOrigin: world.relay.origin.replace('http', 'ws'),
      socketTicket: () =>
        relayIsUp ? world.erika.socketTicket() : Promise.resolve({ ok: false, reason: 'relay-unreachable' }),
      WebSocket: world.erika.pageSocket,
    });
  const screenshotId = world.newScreenshotId();
  await world.takeScreenshot(screenshotId);
  const documents = openAll();
  const first = documents.openScreenshot(screenshotId);
  const twice = documents.openScreenshot(screenshotId);
  expect(twice.opened).toBe(first.opened);
  await first.opened.whenHere();
  const mark = first.document.add(body);
  expect(twice.document.marks()).toEqual([mark]);
  await until('it is sent', () => first.opened.saved === 'sent');
  await twice.close();
  await twice.close();
  expect(first.opened.saved).toBe('sent');
  await world.close();
  relayIsUp = false;
  const second = first.document.add(body);
  await until('it is here', () => first.opened.saved === 'here');
  await documents.destroy();

  const later = openAll();
  endings.push(() => later.destroy());
  const again = later.openScreenshot(screenshotId);
  await again.opened.whenHere();
  expect(again.document.marks()).toEqual([mark, second]);
  await until('it is here', () => again.opened.saved === 'here');
});

test('X26 a device that cannot keep it says so, and keeps all of it once it can', async () => {
  const place = deviceProvider((name) => `full/${name}`);
  const name = await anyName();
  const opened = new OpenDocument(name, [place]);
  endings.push(() => opened.destroy());
  const marks = new ScreenshotDocument(opened.doc, 'erika');
  await opened.whenHere();
  await until('it is kept', () => opened.saved === 'here');
  const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  marks.add(body);
  await until('it says so', () => opened.saved === 'not-saved');
  add.mockRestore();
  marks.add(body);
  await until('it is kept', () => opened.saved === 'here');
  await opened.destroy();
  const again = new OpenDocument(name, [place]);
  endings.push(() => again.destroy());
  await again.whenHere();
  expect(new ScreenshotDocument(again.doc, 'erika').marks()).toHaveLength(2);
});

test('F53 what is drawn before the device has been read is in its database at once', async () => {
  const place = deviceProvider((name) => `early/${name}`);
  const name = await anyName();
  // Reading takes for ever: a busy device, and then the tab dies.
  const reading = vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(() => ({}) as IDBRequest);
  const opened = new OpenDocument(name, [place]);
  endings.push(() => opened.destroy());
  const marks = new ScreenshotDocument(opened.doc, 'erika');
  marks.add(body);
  await until('the first is written', async () => (await countRows(`early/${name}`)) === 1);
  marks.add(body);
  await until('the second is written', async () => (await countRows(`early/${name}`)) === 2);
  expect(opened.providers[0]?.state).toBe('connecting');
  reading.mockRestore();
  const again = new OpenDocument(name, [place]);
  endings.push(() => again.destroy());
  await again.whenHere();
  expect(new ScreenshotDocument(again.doc, 'erika').marks()).toEqual(marks.marks());
  await until('it is one row', async () => (await countRows(`early/${name}`)) === 1);
});

test('X28 a device without a database is refused, and the document works all the same', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('no', 'SecurityError');
  });
  const opened = new OpenDocument(await anyName(), [deviceProvider((name) => `none/${name}`)]);
  endings.push(() => opened.destroy());
  await opened.whenHere();
  expect(opened.providers[0]?.state).toBe('refused');
  new ScreenshotDocument(opened.doc, 'erika').add(body);
  expect(opened.saved).toBe('not-saved');
});

test('opening often does not make the local copy grow', async () => {
  const place = deviceProvider((name) => `often/${name}`);
  const name = await anyName();
  for (let i = 0; i < 5; i += 1) {
    const opened = new OpenDocument(name, [place]);
    await opened.whenHere();
    await until('it is kept', () => opened.saved === 'here');
    await opened.destroy();
  }
  expect(await countRows(`often/${name}`)).toBe(1);
});

test('T15 a forgotten document leaves nothing on the device', async () => {
  const place = deviceProvider((name) => `mine/${name}`);
  const name = await anyName();
  const opened = new OpenDocument(name, [place]);
  const marks = new ScreenshotDocument(opened.doc, 'erika');
  marks.add(body);
  await opened.whenHere();
  await until('it is kept', () => opened.saved === 'here');
  await opened.destroy();
  await forgetOnDevice(`mine/${name}`);
  const databases = await indexedDB.databases();
  expect(databases.map((database) => database.name)).not.toContain(`mine/${name}`);
});

function countRows(database: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(database);
    opening.onerror = () => reject(opening.error ?? new Error('not opened'));
    opening.onsuccess = () => {
      const counting = opening.result.transaction(['updates']).objectStore('updates').count();
      counting.onsuccess = () => resolve(counting.result);
      counting.onerror = () => reject(counting.error ?? new Error('not counted'));
    };
  });
}
