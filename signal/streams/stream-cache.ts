import { kindOfType, type StreamEvent, type StreamId, type StreamKind } from '#domain/protocol/streams.ts';
import type { EventStore } from '../storage/relay-storage.ts';
import { rulesOf, type StateOf } from './stream-rules.ts';

/** A stream and what it folds to. Never changed in place. */
export interface LoadedStream {
  kind: StreamKind;
  state: StateOf<StreamKind>;
  events: readonly StreamEvent[];
}

const maxStreams = 4000;

/** Folds events of one stream; undefined for none. */
export function foldStream(events: readonly StreamEvent[]): LoadedStream | undefined {
  const [first] = events;
  if (!first) return undefined;
  const kind = kindOfType(first.type);
  const rules = rulesOf(kind);
  let state: StateOf<StreamKind> | undefined;
  for (const event of events) state = rules.apply(state, event);
  return state && { kind, state, events };
}

/** The streams used last, folded. */
export class StreamCache {
  readonly #store: EventStore;
  readonly #loaded = new Map<StreamId, LoadedStream>();
  readonly #loading = new Map<StreamId, Promise<LoadedStream | undefined>>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** The stream as kept; undefined for one that does not exist. */
  async get(id: StreamId): Promise<LoadedStream | undefined> {
    const present = this.#loaded.get(id);
    if (present) {
      this.put(id, present);
      return present;
    }
    const loading = this.#loading.get(id) ?? this.#load(id);
    this.#loading.set(id, loading);
    return loading;
  }

  put(id: StreamId, loaded: LoadedStream): void {
    this.#loaded.delete(id);
    this.#loaded.set(id, loaded);
    const oldest = this.#loaded.keys().next();
    if (this.#loaded.size > maxStreams && !oldest.done) this.#loaded.delete(oldest.value);
  }

  drop(id: StreamId): void {
    this.#loaded.delete(id);
  }

  async #load(id: StreamId): Promise<LoadedStream | undefined> {
    try {
      const events = await this.#store.read(id);
      // Something newer may have been put while this was reading.
      const newer = this.#loaded.get(id);
      if (newer) return newer;
      const loaded = foldStream(events);
      if (loaded) this.put(id, loaded);
      return loaded;
    } finally {
      this.#loading.delete(id);
    }
  }
}
