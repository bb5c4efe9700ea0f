import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import Dexie from 'dexie';
import { createMemoryPersonStore } from '../../src/lib/storage/memory-store.ts';
import { openDexiePersonStore } from '../../src/lib/storage/open-dexie.ts';
import type { PersonStore } from '../../src/lib/storage/person-store.ts';
import { until } from '../harness/until.ts';

/** Every implementation of the person's store, each opened fresh. */
export const personStores: [name: string, open: () => Promise<PersonStore>][] = [
  ['memory', async () => createMemoryPersonStore(1_000)],
  ['Dexie', openFreshDexie],
];

/** An IndexedDB of its own for the test that calls it. */
export function freshIndexedDb(): void {
  Dexie.dependencies.indexedDB = new IDBFactory();
  Dexie.dependencies.IDBKeyRange = IDBKeyRange;
}

export const nobody = { onOutdated: () => undefined, onBlocked: () => undefined };

async function openFreshDexie(): Promise<PersonStore> {
  freshIndexedDb();
  const { store } = await openDexiePersonStore(() => 1_000)(
    { organizationId: 'ours', subjectId: 'me' },
    nobody,
  );
  if (!store.durable) throw new Error('the database did not open');
  return store;
}

/** The newest value that a listener was told. */
export function newest<T>(watch: (listener: (value: T) => void) => () => void): {
  value(): T | undefined;
  until(what: string, condition: (value: T) => boolean): Promise<T>;
  stop(): void;
} {
  let value: T | undefined;
  const stop = watch((now) => {
    value = now;
  });
  return {
    value: () => value,
    until: async (what, condition) => {
      await until(what, () => value !== undefined && condition(value), { everyMs: 2 });
      return value as T;
    },
    stop,
  };
}
