import { encodeStateAsUpdate, type Doc } from 'yjs';
import type { SessionId } from '#domain/ids.ts';
import type { DocumentStore } from '../ports.ts';

interface Waiter {
  version: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

interface Entry {
  doc: Doc;
  sessionId: SessionId;
  /** Counts changes; what is below `savedVersion` is in the store. */
  version: number;
  savedVersion: number;
  /** Upper estimate of the document's size, in bytes; exact after a save. */
  sizeBytes: number;
  saving: boolean;
  waiters: Waiter[];
}

/**
 * Writes documents to the store as they change: one write at a time for each, what changes meanwhile goes into the
 * next. `saved` tells when everything up to now is written, so that nothing is acknowledged before.
 */
export class DocumentSaver {
  readonly #store: DocumentStore;
  readonly #entries = new Map<string, Entry>();

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  attach(name: string, doc: Doc, sessionId: SessionId, sizeBytes: number): void {
    const entry: Entry = {
      doc,
      sessionId,
      version: 0,
      savedVersion: 0,
      sizeBytes,
      saving: false,
      waiters: [],
    };
    this.#entries.set(name, entry);
    doc.on('update', (update: Uint8Array) => {
      entry.version += 1;
      entry.sizeBytes += update.length;
      this.#start(name, entry);
    });
  }

  detach(name: string): void {
    this.#entries.delete(name);
  }

  sizeOf(name: string): number {
    return this.#entries.get(name)?.sizeBytes ?? 0;
  }

  /** Resolves when every change made so far is stored; rejects when the store fails. Asking again tries again. */
  saved(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (!entry || entry.savedVersion >= entry.version) return Promise.resolve();
    return new Promise((resolve, reject) => {
      entry.waiters.push({ version: entry.version, resolve, reject });
      this.#start(name, entry);
    });
  }

  async allSaved(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((name) => this.saved(name)));
  }

  #start(name: string, entry: Entry): void {
    if (entry.saving) return;
    entry.saving = true;
    // What arrives in the same turn goes into one write.
    setImmediate(() => void this.#run(name, entry));
  }

  async #run(name: string, entry: Entry): Promise<void> {
    while (entry.savedVersion < entry.version) {
      const { version } = entry;
      try {
        const state = encodeStateAsUpdate(entry.doc);
        await this.#store.save(name, entry.sessionId, state);
        entry.sizeBytes = state.length;
      } catch (error) {
        entry.saving = false;
        for (const waiter of entry.waiters.splice(0)) waiter.reject(error);
        return;
      }
      entry.savedVersion = version;
      const done = entry.waiters.filter((waiter) => waiter.version <= version);
      entry.waiters = entry.waiters.filter((waiter) => waiter.version > version);
      for (const waiter of done) waiter.resolve();
    }
    entry.saving = false;
  }
}
