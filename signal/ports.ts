import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { CallId, ItemId, PeerId, SessionId, TicketId } from '#domain/ids.ts';
import type { TicketPurpose } from '#domain/protocol/http.ts';
import type { RosterEntry } from '#domain/protocol/sync-messages.ts';
import type { Result } from '#domain/result.ts';
import type { RelayCommand } from '#domain/session/commands.ts';
import type { Decision } from '#domain/session/decide.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import type { Person } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';

/** The parts of the relay meet here. `create-relay.ts` is the only place that chooses who stands behind each. */

export interface RelayConfig {
  host: string;
  port: number;
  dataDir: string;
  /** Origins that may open sockets and send commands, beside the relay's own. */
  allowedOrigins: string[];
  demo: boolean;
  turn: { urls: string[]; secret: string } | undefined;
}

export interface Clock {
  nowMs(): number;
}

/** What a socket ticket stands for. Minted for a signed-in person, good once, for a minute. */
export interface TicketClaims {
  purpose: TicketPurpose;
  person: Person;
  /** Which sign-in it belongs to: signing out ends its sockets. */
  signInId: string;
  sessionId?: SessionId;
  callId?: CallId;
  peerId?: PeerId;
  room?: string;
}

/** Takes over a socket that the gate has let through (origin, ticket, purpose are checked by then). */
export type SocketHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  claims: TicketClaims,
) => void;

export interface UpgradeGate {
  /**
   * Registers the handler of one path. The ticket comes as the query's `ticket` (or `ticketParameter`) and must have
   * been minted for `purpose`.
   */
  route(path: string, purpose: TicketPurpose, handler: SocketHandler, ticketParameter?: string): void;
}

/** Sessions as the relay's other parts see them. */
export interface Sessions {
  /** The session as its log makes it, now. */
  get(id: SessionId): Promise<VideoSession | undefined>;
  /** Which session a screenshot or a call belongs to. */
  findByScreenshot(screenshotId: string): Promise<VideoSession | undefined>;
  findByCall(callId: string): Promise<VideoSession | undefined>;
  /** Something that the relay itself does, judged by the same rules. */
  submit(sessionId: SessionId, command: RelayCommand): Promise<Decision>;
  /** Called after every accepted batch of events; returns the way to stop. */
  onAppended(listener: (session: VideoSession, events: SessionEvent[]) => void): () => void;
}

/** Tickets as uploads see them. */
interface Tickets {
  get(id: TicketId): Promise<Ticket | undefined>;
  /** The bytes of a file are here and verified. */
  storeFile(id: TicketId, itemId: ItemId): Promise<Result<unknown, ErrorCode>>;
}

/** The newest state of a person's rights; undefined when the sign-in or the person is gone. */
export interface People {
  bySignIn(signInId: string): Promise<Person | undefined>;
  /** Called when a sign-in ends or a person's rights change. */
  onChanged(listener: (signInId: string) => void): () => void;
}

/** Who is in which call with which media address, as the sync sockets say. */
export interface CallPresence {
  participants(callId: CallId): RosterEntry[];
  /** The call that a peer id was announced or minted for. */
  onChanged(listener: (callId: CallId) => void): () => void;
}

/** Merged state of Yjs documents, one row a document. */
export interface DocumentStore {
  load(name: string): Promise<Uint8Array | undefined>;
  save(name: string, sessionId: SessionId, state: Uint8Array): Promise<void>;
}

export interface BlobRow {
  sessionId: SessionId;
  itemId: string;
  sha256: string;
  bytes: number;
  mediaType: string;
  /** File name below the blob folder. */
  fileName: string;
}

export interface BlobStore {
  insert(row: BlobRow): Promise<void>;
  find(sessionId: SessionId, itemId: string): Promise<BlobRow | undefined>;
}

/** Uploads under way: who owns them and what they promised. */
export interface UploadRow {
  uploadId: string;
  ownerId: string;
  signInId: string;
  sessionId: SessionId;
  itemId: string;
  sha256: string;
  bytes: number;
  mediaType: string;
}
export interface UploadStore {
  insert(row: UploadRow): Promise<void>;
  find(uploadId: string): Promise<UploadRow | undefined>;
  remove(uploadId: string): Promise<void>;
}

/** Who sends this HTTP request, by its cookie; undefined for nobody. */
type Authenticate = (request: Request) => Promise<{ person: Person; signInId: string } | undefined>;

/** Everything that documents, blobs and calls are built from. Each has a `mount…(parts)` that adds its routes. */
export interface RelayParts {
  config: RelayConfig;
  log: Logger;
  clock: Clock;
  gate: UpgradeGate;
  app: Hono;
  authenticate: Authenticate;
  sessions: Sessions;
  /** Absent where there are sessions alone. */
  tickets?: Tickets;
  people: People;
  presence: CallPresence;
  documents: DocumentStore;
  blobs: BlobStore;
  uploads: UploadStore;
}

/** A mounted part: what create-relay must end when the relay stops. */
export interface MountedPart {
  close(): Promise<void>;
}
