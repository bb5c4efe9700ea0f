import type { SessionId } from '#domain/ids.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import { foldSession } from '#domain/session/fold.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { EventStore } from '../storage/relay-storage.ts';

/** A session's log and what it folds to. Never changed in place. */
export interface LoadedSession {
  session: VideoSession;
  events: readonly SessionEvent[];
}

const maxSessions = 2000;

/** The sessions used last, folded. */
export class SessionCache {
  readonly #store: EventStore;
  readonly #loaded = new Map<SessionId, LoadedSession>();
  readonly #loading = new Map<SessionId, Promise<LoadedSession | undefined>>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** The session as kept; undefined for one that does not exist. */
  async get(id: SessionId): Promise<LoadedSession | undefined> {
    const present = this.#loaded.get(id);
    if (present) {
      this.put(id, present);
      return present;
    }
    const loading = this.#loading.get(id) ?? this.#load(id);
    this.#loading.set(id, loading);
    return loading;
  }

  put(id: SessionId, loaded: LoadedSession): void {
    this.#loaded.delete(id);
    this.#loaded.set(id, loaded);
    const oldest = this.#loaded.keys().next();
    if (this.#loaded.size > maxSessions && !oldest.done) this.#loaded.delete(oldest.value);
  }

  drop(id: SessionId): void {
    this.#loaded.delete(id);
  }

  async #load(id: SessionId): Promise<LoadedSession | undefined> {
    try {
      const events = await this.#store.read(id);
      // Something newer may have been put while this was reading.
      const newer = this.#loaded.get(id);
      if (newer) return newer;
      const session = foldSession(events);
      if (!session) return undefined;
      const loaded = { session, events };
      this.put(id, loaded);
      return loaded;
    } finally {
      this.#loading.delete(id);
    }
  }
}
