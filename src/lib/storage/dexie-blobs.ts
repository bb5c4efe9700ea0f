import type { BlobStore, UploadUrlStore } from './blob-store.ts';
import type { PersonDatabase } from './dexie-schema.ts';
import { follow } from './dexie-watch.ts';
import type { SeenStore } from './person-store.ts';
import { storageError } from './storage-error.ts';

/** Pictures in IndexedDB; the bytes in a table of their own, so that following states does not read them. */
export class DexieBlobs implements BlobStore {
  readonly #db: PersonDatabase;

  constructor(db: PersonDatabase) {
    this.#db = db;
  }

  put: BlobStore['put'] = (item, bytes) =>
    this.#write(async () => {
      await this.#db.blobBytes.put({ itemId: item.itemId, bytes });
      await this.#db.blobs.put(item);
    });
  get: BlobStore['get'] = (id) => this.#db.blobs.get(id).then((item) => item);
  bytes: BlobStore['bytes'] = async (id) => (await this.#db.blobBytes.get(id))?.bytes;
  update: BlobStore['update'] = (id, change) =>
    this.#write(async () => {
      await this.#db.blobs.update(id, change);
    });
  remove: BlobStore['remove'] = (id) =>
    this.#write(async () => {
      await this.#db.blobs.delete(id);
      await this.#db.blobBytes.delete(id);
    });
  all: BlobStore['all'] = () => this.#db.blobs.toArray().then((items) => items);
  watch: BlobStore['watch'] = (listener) => follow(this.all, listener);

  async #write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#db.transaction('rw', [this.#db.blobs, this.#db.blobBytes], work);
    } catch (error) {
      throw storageError(error);
    }
  }
}

export function dexieUploadUrls(db: PersonDatabase): UploadUrlStore {
  return {
    add: async (url) => {
      await db.uploadUrls.put(url);
    },
    find: async (fingerprint) =>
      fingerprint === undefined
        ? db.uploadUrls.toArray()
        : db.uploadUrls.where('fingerprint').equals(fingerprint).toArray(),
    remove: async (key) => {
      await db.uploadUrls.delete(key);
    },
  };
}

export function dexieSeen(db: PersonDatabase): SeenStore {
  const all = async (): Promise<ReadonlySet<string>> => new Set(await db.seen.toCollection().primaryKeys());
  return {
    mark: async (ids) => {
      await db.seen.bulkPut(ids.map((id) => ({ id })));
    },
    watch: (listener) => follow(all, listener),
    firstOpenedAtMs: () => db.number('firstOpenedAtMs'),
  };
}
