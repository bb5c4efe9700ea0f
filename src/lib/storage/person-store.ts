import type { ErrorCode } from '#domain/error-codes.ts';
import type { CommandId } from '#domain/ids.ts';
import type { StreamCommand, StreamEvent, StreamId, StreamKind } from '#domain/protocol/streams.ts';
import type { Result } from '#domain/result.ts';
import type { BlobStore, UploadUrlStore } from './blob-store.ts';
import type { GoneStream } from './gone-stream.ts';
import type { StateOf } from './stream-states.ts';

/** Where a replica stands: whose history it follows, and how far. `epoch` null: it is empty. */
export interface ReplicaPosition {
  epoch: string | null;
  position: number;
}

/** A batch of accepted events as the relay sent it, received under `epoch`. */
interface EventBatch {
  epoch: string;
  events: StreamEvent[];
  position: number;
}

/** What a listener is told of the streams of one kind: first everything, then what changed since. */
export interface StreamsDelta<K extends StreamKind> {
  changed: StateOf<K>[];
  gone: StreamId[];
  /** Of a large store the newest come first; everything else follows. */
  partial?: boolean;
}

/**
 * The streams of one person on this device, of all kinds: accepted events, and what they fold to. Every method is one
 * transaction. Methods reject with a CodedError ('not-saved-here', 'storage-full') when nothing was written.
 */
export interface ReplicaStore {
  position(): Promise<ReplicaPosition>;
  /**
   * Appends events, folds their streams, takes commands that have arrived out of the outbox and moves the position,
   * all or nothing. Events that are there already count once. Refuses with 'stale' (another epoch's batch) or
   * 'malformed' (a gap, or a log that cannot be folded); then nothing has changed.
   */
  apply(batch: EventBatch): Promise<Result<StreamId[], 'stale' | 'malformed'>>;
  /**
   * Forgets one stream of any kind with all that belongs to it here; its accepted commands too, un-acknowledged ones
   * stay. Of a ticket also files that the relay does not have yet: it may come again in another form (P24).
   */
  purge(streamId: StreamId, position: number): Promise<void>;
  /**
   * What was here before a reset and has not come again since, once everything has come that the relay has. To be
   * purged one by one, with what is kept of it elsewhere.
   */
  leftBehind(): Promise<GoneStream[]>;
  clearLeftBehind(): Promise<void>;
  /** Forgets every stream and follows `epoch` from its beginning. Commands stay and count as not yet sent. */
  reset(epoch: string | null): Promise<void>;
  get<K extends StreamKind>(kind: K, id: StreamId): Promise<StateOf<K> | undefined>;
  /** The accepted events of a stream, in order. */
  log(id: StreamId): Promise<StreamEvent[]>;
  /** Calls back with all streams of a kind (of very many with the newest, and then with all), then at every change, from whichever tab it came. */
  watch<K extends StreamKind>(kind: K, listener: (delta: StreamsDelta<K>) => void): () => void;
}

type OutboxState = 'pending' | 'sent' | 'refused';

/** A command that this device has kept. It leaves when its event has arrived, or when a refusal is dismissed. */
export interface OutboxItem {
  id: CommandId;
  /** Grows with every command: the order in which they are pushed. */
  order: number;
  streamId: StreamId;
  command: StreamCommand;
  state: OutboxState;
  /** Sequence number that the relay gave, once it has accepted. */
  seq?: number;
  /** Why it was refused. */
  reason?: ErrorCode;
  /** Device time at which it was kept. */
  atMs: number;
}

/** Commands on their way to the relay. Written with strict durability: kept before they are sent. */
export interface OutboxStore {
  add(command: StreamCommand, atMs: number): Promise<OutboxItem>;
  get(id: CommandId): Promise<OutboxItem | undefined>;
  /** The oldest commands that the relay has not answered, in order. */
  pending(limit: number): Promise<OutboxItem[]>;
  /** The relay has accepted: the command leaves with its event, at once if that is here already. */
  accept(outcomes: { id: CommandId; seq: number }[]): Promise<void>;
  refuse(outcomes: { id: CommandId; reason: ErrorCode }[]): Promise<void>;
  /** After catching up: accepted commands whose event never came are pushed again, those of lost streams leave. */
  settle(): Promise<void>;
  /** A refused command is tried once more, at the end of the queue. */
  retry(id: CommandId): Promise<void>;
  remove(ids: CommandId[]): Promise<void>;
  all(): Promise<OutboxItem[]>;
  watch(listener: (items: OutboxItem[]) => void): () => void;
}

/** Which notices the person has seen; everything else about a notice comes from the streams. */
export interface SeenStore {
  mark(ids: string[]): Promise<void>;
  watch(listener: (seen: ReadonlySet<string>) => void): () => void;
  /** Device time at which this person's store was first opened. */
  firstOpenedAtMs(): Promise<number>;
}

/** Everything kept on this device for one person. */
export interface PersonStore {
  /** False: kept in memory only, gone with the page. */
  readonly durable: boolean;
  readonly replica: ReplicaStore;
  readonly outbox: OutboxStore;
  readonly blobs: BlobStore;
  readonly uploadUrls: UploadUrlStore;
  readonly seen: SeenStore;
  /** Deletes what the relay has too; commands not acknowledged and pictures not verified stay. */
  clearSynced(): Promise<void>;
  close(): void;
  /** Closes and deletes everything. */
  destroy(): Promise<void>;
}

export interface PersonKey {
  organizationId: string;
  subjectId: string;
}

/** What can happen to an open store from outside. */
export interface StoreEvents {
  /** Another tab upgrades the store: this one has closed it and must be reloaded. */
  onOutdated(): void;
  /** An older tab holds the store open: the upgrade waits for it. */
  onBlocked(): void;
}

/** Opens a person's store. Never rejects: where nothing can be kept, `problem` says so and memory stands in. */
export type OpenPersonStore = (
  person: PersonKey,
  events: StoreEvents,
) => Promise<{ store: PersonStore; problem?: ErrorCode }>;

export const personDatabaseName = (person: PersonKey): string =>
  `sightline-${person.organizationId}-${person.subjectId}`;
