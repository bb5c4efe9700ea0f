import type { CommandId } from '#domain/ids.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import { streamKinds, type StreamEvent, type StreamId, type StreamKind } from '#domain/protocol/streams.ts';
import { ok, refuse } from '#domain/result.ts';
import type { BlobId, BlobItem, BlobStore, UploadUrl, UploadUrlStore } from './blob-store.ts';
import type { DeviceStore } from './device-store.ts';
import { goneSession, type GoneStream } from './gone-stream.ts';
import type {
  OutboxItem,
  OutboxStore,
  PersonStore,
  ReplicaPosition,
  ReplicaStore,
  SeenStore,
  StreamsDelta,
} from './person-store.ts';
import { planBatch, seqOfUnfollowed, type KeptState } from './plan-batch.ts';
import type { StateOf } from './stream-states.ts';

/** Tells listeners of a change in a later microtask, several changes at once. */
class Watchers<T> {
  readonly #listeners = new Set<(value: T) => void>();
  #queued = false;

  add(listener: (value: T) => void, first: () => T): () => void {
    let open = true;
    const guarded = (value: T): void => {
      if (open) listener(value);
    };
    queueMicrotask(() => {
      if (!open) return;
      guarded(first());
      this.#listeners.add(guarded);
    });
    return () => {
      open = false;
      this.#listeners.delete(guarded);
    };
  }

  tell(value: () => T): void {
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      const now = value();
      for (const listener of [...this.#listeners]) listener(now);
    });
  }
}

/** The states of one kind, and who follows them. */
class MemoryStreams<K extends StreamKind> {
  readonly states = new Map<StreamId, StateOf<K>>();
  readonly #watchers = new Watchers<StreamsDelta<K>>();
  #changed = new Set<StreamId>();
  #gone = new Set<StreamId>();

  put(state: StateOf<K>): void {
    this.states.set(state.id, state);
    this.#changed.add(state.id);
    this.#gone.delete(state.id);
    this.#tell();
  }

  forget(id: StreamId): void {
    if (!this.states.delete(id)) return;
    this.#changed.delete(id);
    this.#gone.add(id);
    this.#tell();
  }

  watch(listener: (delta: StreamsDelta<K>) => void): () => void {
    return this.#watchers.add(listener, () => ({ changed: [...this.states.values()], gone: [] }));
  }

  #tell(): void {
    this.#watchers.tell(() => {
      const delta = {
        changed: [...this.#changed].flatMap((id) => this.states.get(id) ?? []),
        gone: [...this.#gone],
      };
      this.#changed = new Set();
      this.#gone = new Set();
      return delta;
    });
  }
}

class MemoryReplica implements ReplicaStore {
  #at: ReplicaPosition = { epoch: null, position: 0 };
  #left: GoneStream[] = [];
  readonly #streams: { readonly [K in StreamKind]: MemoryStreams<K> } = {
    session: new MemoryStreams<'session'>(),
    ticket: new MemoryStreams<'ticket'>(),
    organization: new MemoryStreams<'organization'>(),
  };
  readonly #events = new Map<StreamId, StreamEvent[]>();
  readonly #outbox: MemoryOutbox;
  readonly #blobs: MemoryBlobs;
  readonly #urls: MemoryUploadUrls;
  readonly #seen: MemorySeen;

  constructor(outbox: MemoryOutbox, blobs: MemoryBlobs, urls: MemoryUploadUrls, seen: MemorySeen) {
    this.#outbox = outbox;
    this.#blobs = blobs;
    this.#urls = urls;
    this.#seen = seen;
    outbox.seqOf = (id) => this.#state(id)?.seq;
  }

  position: ReplicaStore['position'] = async () => ({ ...this.#at });

  apply: ReplicaStore['apply'] = async (batch) => {
    if (this.#at.epoch !== batch.epoch) return refuse('stale');
    const known = new Map<StreamId, StateOf<StreamKind>>();
    for (const { streamId } of batch.events) {
      const state = this.#state(streamId);
      if (state) known.set(streamId, state);
    }
    const plan = planBatch(known, batch.events);
    if (!plan.ok) return plan;
    const { events, changed } = plan.value;
    for (const { kind, state } of changed) (this.#streams[kind] as MemoryStreams<StreamKind>).put(state);
    for (const event of events) {
      const log = this.#events.get(event.streamId);
      if (log) log.push(event);
      else this.#events.set(event.streamId, [event]);
    }
    this.#at = { epoch: batch.epoch, position: Math.max(this.#at.position, batch.position) };
    this.#outbox.arrived(batch.events, changed);
    return ok(changed.map(({ state }) => state.id));
  };

  purge: ReplicaStore['purge'] = async (id, position) => {
    this.#forget(id);
    this.#at = { ...this.#at, position: Math.max(this.#at.position, position) };
    this.#outbox.dropAccepted(id);
    this.#urls.drop(this.#blobs.dropStream(id));
    this.#seen.drop(`${id}:`);
  };

  leftBehind: ReplicaStore['leftBehind'] = async () =>
    this.#left.filter(({ streamId }) => !this.#state(streamId));
  clearLeftBehind: ReplicaStore['clearLeftBehind'] = async () => {
    this.#left = [];
  };

  reset: ReplicaStore['reset'] = async (epoch) => {
    const { session, ticket } = this.#streams;
    for (const state of session.states.values()) this.#left.push(goneSession(state));
    for (const streamId of ticket.states.keys()) this.#left.push({ streamId, documents: [] });
    for (const kind of streamKinds) for (const id of [...this.#streams[kind].states.keys()]) this.#forget(id);
    this.#at = { epoch, position: 0 };
    this.#outbox.startOver();
  };

  get: ReplicaStore['get'] = async (kind, id) => this.#of(kind).states.get(id);
  log: ReplicaStore['log'] = async (id) => [...(this.#events.get(id) ?? [])];
  watch: ReplicaStore['watch'] = (kind, listener) => this.#of(kind).watch(listener);

  #of<K extends StreamKind>(kind: K): MemoryStreams<K> {
    return this.#streams[kind];
  }

  #state(id: StreamId): StateOf<StreamKind> | undefined {
    const { session, ticket, organization } = this.#streams;
    return session.states.get(id) ?? ticket.states.get(id) ?? organization.states.get(id);
  }

  #forget(id: StreamId): void {
    for (const kind of streamKinds) this.#streams[kind].forget(id);
    this.#events.delete(id);
  }
}

class MemoryOutbox implements OutboxStore {
  readonly items = new Map<CommandId, OutboxItem>();
  readonly #watchers = new Watchers<OutboxItem[]>();
  #order = 0;
  seqOf: (id: StreamId) => number | undefined = () => undefined;

  add: OutboxStore['add'] = async (command, atMs) => {
    const known = this.items.get(command.id);
    if (known) return known;
    const item: OutboxItem = {
      id: command.id,
      order: ++this.#order,
      streamId: command.streamId,
      command,
      state: 'pending',
      atMs,
    };
    this.#put(item);
    return item;
  };

  get: OutboxStore['get'] = async (id) => this.items.get(id);

  pending: OutboxStore['pending'] = async (limit) =>
    this.#list()
      .filter((item) => item.state === 'pending')
      .slice(0, limit);

  accept: OutboxStore['accept'] = async (outcomes) => {
    for (const { id, seq } of outcomes) {
      const item = this.items.get(id);
      if (!item) continue;
      if ((this.seqOf(item.streamId) ?? seqOfUnfollowed(item)) >= seq) this.#drop(id);
      else this.#put(asSent(item, seq));
    }
  };

  refuse: OutboxStore['refuse'] = async (outcomes) => {
    for (const { id, reason } of outcomes) {
      const item = this.items.get(id);
      if (item) this.#put({ ...item, state: 'refused', reason });
    }
  };

  settle: OutboxStore['settle'] = async () => {
    for (const item of this.#list()) {
      if (item.state !== 'sent') continue;
      const seq = this.seqOf(item.streamId);
      if (seq === undefined || seq >= (item.seq ?? 0)) this.#drop(item.id);
      else this.#put(asPending(item));
    }
  };

  retry: OutboxStore['retry'] = async (id) => {
    const item = this.items.get(id);
    if (item?.state !== 'refused') return;
    // Taken out first: the map's own order is the outbox's.
    this.items.delete(id);
    this.#put({ ...asPending(item), order: ++this.#order });
  };

  remove: OutboxStore['remove'] = async (ids) => {
    for (const id of ids) this.#drop(id);
  };

  all: OutboxStore['all'] = async () => this.#list();
  watch: OutboxStore['watch'] = (listener) => this.#watchers.add(listener, () => this.#list());

  /** Takes out what has arrived, and what was accepted with a sequence number that is here now. */
  arrived(events: StreamEvent[], changed: KeptState[]): void {
    for (const event of events) if (event.commandId) this.#drop(event.commandId);
    const seqs = new Map<StreamId, number>(changed.map(({ state }) => [state.id, state.seq]));
    for (const item of [...this.items.values()])
      if (item.state === 'sent' && (seqs.get(item.streamId) ?? -1) >= (item.seq ?? 0)) this.#drop(item.id);
  }

  dropAccepted(id: StreamId): void {
    for (const item of this.#list()) if (item.streamId === id && item.state === 'sent') this.#drop(item.id);
  }

  startOver(): void {
    for (const item of this.#list()) if (item.state === 'sent') this.#put(asPending(item));
  }

  #list(): OutboxItem[] {
    return [...this.items.values()];
  }

  #put(item: OutboxItem): void {
    this.items.set(item.id, item);
    this.#watchers.tell(() => this.#list());
  }

  #drop(id: CommandId): void {
    if (this.items.delete(id)) this.#watchers.tell(() => this.#list());
  }
}

function asPending(item: OutboxItem): OutboxItem {
  const { seq: _seq, reason: _reason, ...rest } = item;
  return { ...rest, state: 'pending' };
}

function asSent(item: OutboxItem, seq: number): OutboxItem {
  return { ...asPending(item), state: 'sent', seq };
}

class MemoryBlobs implements BlobStore {
  readonly #items = new Map<BlobId, BlobItem>();
  readonly #bytes = new Map<BlobId, ArrayBuffer>();
  readonly #watchers = new Watchers<BlobItem[]>();

  put: BlobStore['put'] = async (item, bytes) => {
    this.#items.set(item.itemId, item);
    this.#bytes.set(item.itemId, bytes);
    this.#tell();
  };
  get: BlobStore['get'] = async (id) => this.#items.get(id);
  bytes: BlobStore['bytes'] = async (id) => this.#bytes.get(id);
  update: BlobStore['update'] = async (id, change) => {
    const item = this.#items.get(id);
    if (!item) return;
    this.#items.set(id, { ...item, ...change });
    this.#tell();
  };
  remove: BlobStore['remove'] = async (id) => {
    this.#items.delete(id);
    this.#bytes.delete(id);
    this.#tell();
  };
  all: BlobStore['all'] = async () => [...this.#items.values()];
  watch: BlobStore['watch'] = (listener) => this.#watchers.add(listener, () => [...this.#items.values()]);

  /** Returns which. Of a ticket only what the relay has. */
  dropStream(id: StreamId): BlobId[] {
    const dropped: BlobId[] = [];
    for (const { itemId, streamId, kind, state } of [...this.#items.values()]) {
      if (streamId !== id || (kind === 'ticket-file' && state !== 'verified')) continue;
      this.#items.delete(itemId);
      this.#bytes.delete(itemId);
      dropped.push(itemId);
    }
    this.#tell();
    return dropped;
  }

  #tell(): void {
    this.#watchers.tell(() => [...this.#items.values()]);
  }
}

class MemoryUploadUrls implements UploadUrlStore {
  readonly #urls = new Map<string, UploadUrl>();
  add: UploadUrlStore['add'] = async (url) => {
    this.#urls.set(url.key, url);
  };
  find: UploadUrlStore['find'] = async (fingerprint) =>
    [...this.#urls.values()].filter((url) => fingerprint === undefined || url.fingerprint === fingerprint);
  remove: UploadUrlStore['remove'] = async (key) => {
    this.#urls.delete(key);
  };

  drop(fingerprints: readonly string[]): void {
    for (const { key, fingerprint } of [...this.#urls.values()])
      if (fingerprints.includes(fingerprint)) this.#urls.delete(key);
  }
}

class MemorySeen implements SeenStore {
  readonly #seen = new Set<string>();
  readonly #watchers = new Watchers<ReadonlySet<string>>();
  readonly #openedAtMs: number;

  constructor(openedAtMs: number) {
    this.#openedAtMs = openedAtMs;
  }

  mark: SeenStore['mark'] = async (ids) => {
    for (const id of ids) this.#seen.add(id);
    this.#watchers.tell(() => new Set(this.#seen));
  };
  watch: SeenStore['watch'] = (listener) => this.#watchers.add(listener, () => new Set(this.#seen));
  firstOpenedAtMs: SeenStore['firstOpenedAtMs'] = async () => this.#openedAtMs;

  drop(prefix: string): void {
    const left = [...this.#seen].filter((id) => id.startsWith(prefix));
    for (const id of left) this.#seen.delete(id);
    if (left.length > 0) this.#watchers.tell(() => new Set(this.#seen));
  }
}

/** A person's store in memory: for tests, and where the browser keeps nothing. */
export function createMemoryPersonStore(nowMs: number): PersonStore {
  const outbox = new MemoryOutbox();
  const blobs = new MemoryBlobs();
  const urls = new MemoryUploadUrls();
  const seen = new MemorySeen(nowMs);
  const replica = new MemoryReplica(outbox, blobs, urls, seen);
  const clearSynced = async (): Promise<void> => {
    await replica.reset(null);
    await replica.clearLeftBehind();
    for (const item of await blobs.all()) if (item.state === 'verified') await blobs.remove(item.itemId);
  };
  return {
    durable: false,
    replica,
    outbox,
    blobs,
    uploadUrls: urls,
    seen,
    clearSynced,
    close: () => undefined,
    destroy: async () => {
      await clearSynced();
      await outbox.remove([...outbox.items.keys()]);
      for (const item of await blobs.all()) await blobs.remove(item.itemId);
    },
  };
}

/** The device's store in memory. */
export function createMemoryDeviceStore(): DeviceStore {
  let identity: Directory | undefined;
  const drafts = new Map<string, string>();
  return {
    durable: false,
    identity: async () => identity,
    saveIdentity: async (directory) => {
      identity = directory ?? undefined;
    },
    draft: async (key) => drafts.get(key) ?? '',
    saveDraft: async (key, text) => {
      if (text) drafts.set(key, text);
      else drafts.delete(key);
    },
    clearDrafts: async (about) => {
      for (const key of [...drafts.keys()]) if (key.includes(about ?? '')) drafts.delete(key);
    },
    close: () => undefined,
  };
}
