import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import type { DocumentProvider, DocumentProviderFactory } from '../document-provider.ts';
import { ProviderStatus } from './provider-status.ts';

/** After so many rows the updates are merged into one. */
const rowsBeforeMerge = 60;
const store = 'updates';

/**
 * Keeps documents on this device with y-indexeddb. That package writes without looking whether it worked and grows
 * by a row at each opening; so it opens and reads here, while writing and merging are done below, with every failure
 * becoming a state.
 */
export function deviceProvider(databaseName: (name: string) => string): DocumentProviderFactory {
  return ({ name, doc }) => new DeviceProvider(databaseName(name), doc);
}

class DeviceProvider implements DocumentProvider {
  readonly name = 'device';
  readonly #doc: Y.Doc;
  readonly #database: string;
  readonly #status = new ProviderStatus();
  #persistence: IndexeddbPersistence | undefined;
  /** While the package opens and reads: what is drawn meanwhile is written at once all the same. */
  #early: IDBDatabase | undefined;
  readonly #beforeOpened: Uint8Array[] = [];
  #destroyed = false;
  #writing = 0;
  #failed = false;
  #rows = 0;

  constructor(database: string, doc: Y.Doc) {
    this.#database = database;
    this.#doc = doc;
    doc.on('update', this.#onUpdate);
    this.#open().catch(() => this.#status.set('refused', false, 'not-saved-here'));
  }

  get state() {
    return this.#status.state;
  }

  get holdsAll(): boolean {
    return this.#status.holdsAll;
  }

  onState(listener: Parameters<DocumentProvider['onState']>[0]): () => void {
    return this.#status.on(listener);
  }

  whenSynced(): Promise<void> {
    return this.#status.whenSynced();
  }

  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#doc.off('update', this.#onUpdate);
    this.#early?.close();
    await this.#persistence?.destroy();
    this.#status.set('offline', this.#status.holdsAll, 'not-saved-here');
  }

  async #open(): Promise<void> {
    // The package leaves a failed opening unhandled, so it is tried before.
    const early = await openDatabase(this.#database);
    if (this.#destroyed) return early.close();
    this.#early = early;
    for (const update of this.#beforeOpened.splice(0)) this.#writeEarly(update);
    const persistence = new IndexeddbPersistence(this.#database, this.#doc);
    this.#persistence = persistence;
    this.#doc.off('update', persistence._storeUpdate);
    await persistence.whenSynced;
    if (this.#destroyed) return;
    this.#early = undefined;
    early.close();
    this.#rows = persistence._dbsize;
    this.#status.set('synced', this.#writing === 0);
    // What was written early may have failed; and each opening adds rows.
    this.#write(Y.encodeStateAsUpdate(this.#doc), true);
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this.#persistence) return;
    if (this.#status.state === 'connecting') return this.#writeEarly(update);
    // After a failure a part is missing in the database: then only the whole is right.
    const whole = this.#failed || this.#rows >= rowsBeforeMerge;
    this.#write(whole ? Y.encodeStateAsUpdate(this.#doc) : update, whole);
  };

  /** A failure is no news yet: the whole follows once everything has been read. */
  #writeEarly(update: Uint8Array): void {
    if (this.#early) writeRow(this.#early, update, false).catch(() => undefined);
    else if (!this.#persistence) this.#beforeOpened.push(update);
  }

  #write(bytes: Uint8Array, whole: boolean): void {
    const database = this.#persistence?.db;
    if (!database || this.#destroyed) return;
    this.#writing += 1;
    this.#status.set('synced', false);
    writeRow(database, bytes, whole).then(
      (rows) => this.#written(true, rows),
      () => this.#written(false, this.#rows),
    );
  }

  #written(kept: boolean, rows: number): void {
    this.#writing -= 1;
    this.#failed = !kept;
    this.#rows = rows;
    if (this.#destroyed) return;
    if (kept) this.#status.set('synced', this.#writing === 0);
    else this.#status.set('offline', false, 'not-saved-here');
  }
}

/** Adds a row; with `whole` it replaces all rows that were there when the transaction began. */
function writeRow(database: IDBDatabase, bytes: Uint8Array, whole: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([store], 'readwrite');
    const rows = transaction.objectStore(store);
    let count = 0;
    transaction.oncomplete = () => resolve(count);
    transaction.onabort = () => reject(transaction.error ?? new Error('not written'));
    if (whole) {
      count = 1;
      mergeRows(rows, bytes);
    } else {
      rows.add(bytes);
      const counting = rows.count();
      counting.onsuccess = () => (count = counting.result);
      // It goes along with the write: a tab that dies before the answers come back loses nothing.
      transaction.commit();
    }
  });
}

/** Another tab may have written rows that this document lacks: the merged row holds theirs too. */
function mergeRows(rows: IDBObjectStore, bytes: Uint8Array): void {
  const all = rows.getAll();
  all.onsuccess = () => {
    const updates = (all.result as unknown[]).filter((row) => row instanceof Uint8Array);
    rows.clear();
    rows.add(Y.mergeUpdates([...updates, bytes]));
    rows.transaction.commit();
  };
}

function openDatabase(database: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('updates', { autoIncrement: true });
      request.result.createObjectStore('custom');
    };
    request.onsuccess = () => {
      const { result } = request;
      // Whoever forgets the document does not wait for this.
      result.onversionchange = () => result.close();
      resolve(result);
    };
    request.onerror = () => reject(request.error ?? new Error('not opened'));
    request.onblocked = () => reject(new Error('blocked'));
  });
}
