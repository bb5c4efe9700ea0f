import Dexie from 'dexie';
import { beforeEach, describe, expect, it } from 'vitest';
import { idOf, Log, people, say, sessionId } from '../harness/domain/sessions.ts';
import { PersonDatabase } from '../../src/lib/storage/dexie-schema.ts';
import { openDexieDeviceStore, openDexiePersonStore } from '../../src/lib/storage/open-dexie.ts';
import { personDatabaseName } from '../../src/lib/storage/person-store.ts';
import { directoryOf } from '../convergence/kit/world.ts';
import { until } from '../harness/until.ts';
import { freshIndexedDb, nobody } from './stores.ts';

const me = { organizationId: 'ours', subjectId: 'me' };
const open = openDexiePersonStore(() => 1_000);

beforeEach(() => freshIndexedDb());

describe('person store in IndexedDB', () => {
  it('I1 X21 what was kept is there after closing and opening again', async () => {
    const { store } = await open(me, nobody);
    await store.replica.reset('epoch');
    const log = new Log().must(people.opener, say.request());
    await store.replica.apply({ epoch: 'epoch', events: log.events, position: 3 });
    await store.outbox.add(
      { id: idOf('c'), streamId: sessionId, baseSeq: 1, clientAtMs: 1, ...say.chat() },
      1,
    );
    store.close();
    const again = (await open(me, nobody)).store;
    expect(await again.replica.get('session', sessionId)).toEqual(log.current);
    expect(await again.replica.position()).toEqual({ epoch: 'epoch', position: 3 });
    expect(await again.outbox.pending(5)).toHaveLength(1);
    expect(await again.seen.firstOpenedAtMs()).toBe(1_000);
    again.close();
  });

  it('T17 two people of one browser have a database each', async () => {
    const one = (await open(me, nobody)).store;
    const two = (await open({ ...me, subjectId: 'other' }, nobody)).store;
    await one.outbox.add(
      { id: idOf('c'), streamId: sessionId, baseSeq: 0, clientAtMs: 1, ...say.chat('CANARY') },
      1,
    );
    expect(await two.outbox.all()).toEqual([]);
    expect(new Set(await Dexie.getDatabaseNames()).size).toBe(2);
    one.close();
    two.close();
  });

  it('X28 where the database does not open, memory stands in and the person is told', async () => {
    Dexie.dependencies.indexedDB = {
      open: () => {
        throw new DOMException('no', 'InvalidStateError');
      },
    } as unknown as IDBFactory;
    const { store, problem } = await open(me, nobody);
    expect(problem).toBe('not-saved-here');
    expect(store.durable).toBe(false);
    await store.replica.reset('epoch');
    expect(await store.replica.position()).toEqual({ epoch: 'epoch', position: 0 });
  });

  it('X33 when another tab upgrades the schema this one closes and says so: the upgrade never hangs', async () => {
    let outdated = 0;
    const { store } = await open(me, { ...nobody, onOutdated: () => (outdated += 1) });
    await store.replica.reset('epoch');
    const newer = new Dexie(personDatabaseName(me));
    newer.version(99).stores({ added: 'id' });
    await newer.open();
    await until('the old tab is told', () => outdated === 1);
    await expect(store.replica.reset('other')).rejects.toMatchObject({ code: 'not-saved-here' });
    newer.close();
  });

  it('X33 a newer tab that has to wait for an old one says so, and opens once that is closed', async () => {
    const name = personDatabaseName(me);
    const old = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = Dexie.dependencies.indexedDB.open(name, 1);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    let blocked = 0;
    const opening = open(me, { ...nobody, onBlocked: () => (blocked += 1) });
    await until('told of the old tab', () => blocked > 0);
    old.close();
    const { store, problem } = await opening;
    expect(problem).toBeUndefined();
    expect(store.durable).toBe(true);
    store.close();
  });

  it('X26 a store that is full says so and keeps what was there', async () => {
    const { store } = await open(me, nobody);
    await store.replica.reset('epoch');
    const put = PersonDatabase.prototype.transaction;
    PersonDatabase.prototype.transaction = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const picture = {
      itemId: idOf<never>('p'),
      kind: 'screenshot' as const,
      streamId: sessionId,
      sha256: '',
      mediaType: 'image/png',
      bytes: 1,
      state: 'here' as const,
      progress: 0,
      atMs: 0,
    };
    await expect(store.blobs.put(picture, new ArrayBuffer(1))).rejects.toMatchObject({
      code: 'storage-full',
    });
    PersonDatabase.prototype.transaction = put;
    expect(await store.replica.position()).toMatchObject({ epoch: 'epoch' });
    expect(await store.blobs.all()).toEqual([]);
    store.close();
  });

  it('T44 after signing out with everything sent the database is gone', async () => {
    const { store } = await open(me, nobody);
    await store.destroy();
    expect(await Dexie.getDatabaseNames()).toEqual([]);
  });

  it('B14 who was signed in, and a text being typed, are known again without a network', async () => {
    const device = await openDexieDeviceStore();
    await device.saveIdentity(directoryOf(people.opener));
    await device.saveDraft('request', 'It leaks');
    device.close();
    const again = await openDexieDeviceStore();
    expect((await again.identity())?.subject).toEqual(people.opener);
    expect(await again.draft('request')).toBe('It leaks');
    await again.saveIdentity(null);
    await again.clearDrafts();
    expect(await again.identity()).toBeUndefined();
    expect(await again.draft('request')).toBe('');
    again.close();
  });
});
