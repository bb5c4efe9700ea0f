import type { ErrorCode } from '#domain/error-codes.ts';
import type { CommandId, SessionId } from '#domain/ids.ts';
import type { Result } from '#domain/result.ts';
import type { SessionCommand } from '#domain/session/commands.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { BlobStore, UploadUrlStore } from './blob-store.ts';

/** Where a replica stands: whose history it follows, and how far. `epoch` null: it is empty. */
export interface ReplicaPosition {
  epoch: string | null;
  position: number;
}

/** A batch of accepted events as the relay sent it, received under `epoch`. */
export interface EventBatch {
  epoch: string;
  events: SessionEvent[];
  position: number;
}

/** What a listener is told: first everything, then what changed since. */
export interface SessionsDelta {
  changed: VideoSession[];
  gone: SessionId[];
}

/**
 * The sessions of one person on this device: accepted events, and the sessions folded from them. Every method is
 * one transaction. Methods reject with a CodedError ('not-saved-here', 'storage-full') when nothing was written.
 */
export interface ReplicaStore {
  position(): Promise<ReplicaPosition>;
  /**
   * Appends events, folds their sessions, takes commands that have arrived out of the outbox and moves the position,
   * all or nothing. Events that are there already count once. Refuses with 'stale' (another epoch's batch) or
   * 'malformed' (a gap, or a log that cannot be folded); then nothing has changed.
   */
  apply(batch: EventBatch): Promise<Result<SessionId[], 'stale' | 'malformed'>>;
  /** Forgets one session with all that belongs to it here; its accepted commands too, un-acknowledged ones stay. */
  purge(sessionId: SessionId, position: number): Promise<void>;
  /** Forgets every session and follows `epoch` from its beginning. Commands stay and count as not yet sent. */
  reset(epoch: string | null): Promise<void>;
  session(id: SessionId): Promise<VideoSession | undefined>;
  /** The accepted events of a session, in order. */
  log(id: SessionId): Promise<SessionEvent[]>;
  /** Calls back with all sessions, then at every change, from whichever tab it came. */
  watch(listener: (delta: SessionsDelta) => void): () => void;
}

export type OutboxState = 'pending' | 'sent' | 'refused';

/** A command that this device has kept. It leaves when its event has arrived, or when a refusal is dismissed. */
export interface OutboxItem {
  id: CommandId;
  /** Grows with every command: the order in which they are pushed. */
  order: number;
  streamId: SessionId;
  command: SessionCommand;
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
  add(command: SessionCommand, atMs: number): Promise<OutboxItem>;
  get(id: CommandId): Promise<OutboxItem | undefined>;
  /** The oldest commands that the relay has not answered, in order. */
  pending(limit: number): Promise<OutboxItem[]>;
  /** The relay has accepted: the command leaves with its event, at once if that is here already. */
  accept(outcomes: { id: CommandId; seq: number }[]): Promise<void>;
  refuse(outcomes: { id: CommandId; reason: ErrorCode }[]): Promise<void>;
  /** After catching up: accepted commands whose event never came are pushed again, those of lost sessions leave. */
  settle(): Promise<void>;
  /** A refused command is tried once more, at the end of the queue. */
  retry(id: CommandId): Promise<void>;
  remove(ids: CommandId[]): Promise<void>;
  all(): Promise<OutboxItem[]>;
  watch(listener: (items: OutboxItem[]) => void): () => void;
}

/** Which notices the person has seen; everything else about a notice comes from the sessions. */
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
