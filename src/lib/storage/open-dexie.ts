import { parseDirectory } from '#domain/protocol/directory.ts';
import { DexieBlobs, dexieSeen, dexieUploadUrls } from './dexie-blobs.ts';
import { DexieOutbox } from './dexie-outbox.ts';
import { DexieReplica } from './dexie-replica.ts';
import { DeviceDatabase, PersonDatabase } from './dexie-schema.ts';
import { streamTables } from './dexie-streams.ts';
import type { DeviceStore } from './device-store.ts';
import { createMemoryDeviceStore, createMemoryPersonStore } from './memory-store.ts';
import {
  personDatabaseName,
  type OpenPersonStore,
  type PersonStore,
  type StoreEvents,
} from './person-store.ts';

/** How long an open may take before memory stands in: a blocked upgrade must never leave a blank page. */
const openTimeoutMs = 5_000;

/** Opens a person's database; in memory, with a problem named, where the browser keeps nothing. */
export const openDexiePersonStore =
  (nowMs: () => number): OpenPersonStore =>
  async (person, events) => {
    const db = new PersonDatabase(personDatabaseName(person));
    try {
      return { store: await openPerson(db, events, nowMs()) };
    } catch {
      db.close();
      return { store: createMemoryPersonStore(nowMs()), problem: 'not-saved-here' };
    }
  };

async function openPerson(db: PersonDatabase, events: StoreEvents, nowMs: number): Promise<PersonStore> {
  let blocked = false;
  db.on('versionchange', () => {
    // Another tab upgrades or deletes: an open connection would make it wait for ever.
    db.close();
    events.onOutdated();
  });
  db.on('blocked', () => {
    blocked = true;
    events.onBlocked();
  });
  await within(db.open(), openTimeoutMs, () => blocked);
  const replica = new DexieReplica(db);
  if ((await db.meta.get('firstOpenedAtMs')) === undefined)
    await db.meta.put({ key: 'firstOpenedAtMs', value: nowMs });
  await replica.refoldIfNeeded();
  return {
    durable: true,
    replica,
    outbox: new DexieOutbox(db),
    blobs: new DexieBlobs(db),
    uploadUrls: dexieUploadUrls(db),
    seen: dexieSeen(db),
    clearSynced: () => clearSynced(db),
    close: () => db.close(),
    destroy: () => db.delete(),
  };
}

function clearSynced(db: PersonDatabase): Promise<void> {
  return db.transaction('rw', db.tables, async () => {
    await db.events.clear();
    for (const table of streamTables(db)) await table.clear();
    await db.seen.clear();
    await db.commands.where('state').equals('sent').modify({ state: 'pending' });
    await db.meta.bulkPut([
      { key: 'epoch', value: null },
      { key: 'position', value: 0 },
    ]);
    const drained = await db.blobs.where('state').equals('verified').primaryKeys();
    await db.blobs.bulkDelete(drained);
    await db.blobBytes.bulkDelete(drained);
  });
}

/** Rejects when `work` takes longer; a blocked open may take as long as the other tab needs. */
async function within<T>(work: PromiseLike<T>, ms: number, patient: () => boolean): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      if (!patient()) reject(new Error('opening the database took too long'));
    }, ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Opens the small database of the device itself; in memory where the browser keeps nothing. */
export async function openDexieDeviceStore(name = 'sightline'): Promise<DeviceStore> {
  const db = new DeviceDatabase(name);
  db.on('versionchange', () => db.close());
  try {
    await within(db.open(), openTimeoutMs, () => false);
    return dexieDeviceStore(db);
  } catch {
    db.close();
    return createMemoryDeviceStore();
  }
}

function dexieDeviceStore(db: DeviceDatabase): DeviceStore {
  const value = async (key: string): Promise<unknown> => (await db.values.get(key))?.value;
  return {
    durable: true,
    identity: async () => {
      const stored = await value('identity');
      if (stored === undefined) return undefined;
      try {
        return parseDirectory(stored);
      } catch {
        // Written by another version: the relay will tell again.
        return undefined;
      }
    },
    saveIdentity: async (directory) => {
      if (directory) await db.values.put({ key: 'identity', value: directory });
      else await db.values.delete('identity');
    },
    draft: async (key) => {
      const stored = await value(`draft:${key}`);
      return typeof stored === 'string' ? stored : '';
    },
    saveDraft: async (key, text) => {
      if (text) await db.values.put({ key: `draft:${key}`, value: text });
      else await db.values.delete(`draft:${key}`);
    },
    clearDrafts: async (about = '') => {
      await db.values
        .where('key')
        .startsWith('draft:')
        .filter(({ key }) => key.includes(about))
        .delete();
    },
    close: () => db.close(),
  };
}
