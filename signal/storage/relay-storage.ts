import type {
  CommandId,
  DeviceId,
  EmployeeId,
  GuestId,
  OrganizationId,
  SessionId,
  TicketId,
} from '#domain/ids.ts';
import type { OrganizationEventBody } from '#domain/organization/events.ts';
import type { ChainedFacts } from '#domain/protocol/hash-chain.ts';
import type { StreamEvent, StreamId, StreamKind } from '#domain/protocol/streams.ts';
import type { SessionEventBody } from '#domain/session/events.ts';
import type { Actor } from '#domain/session/subject.ts';
import type { TicketEventBody } from '#domain/ticket/events.ts';
import type { BlobStore, DocumentStore, UploadStore } from '../ports.ts';

export type StreamEventBody = SessionEventBody | TicketEventBody | OrganizationEventBody;

/** An event that has its place in its stream, but none among all events yet. */
export type NewEvent = StreamEventBody & {
  seq: number;
  actor: Actor;
  atMs: number;
  commandId?: CommandId;
};

/** What a stream says about itself, kept beside it so that streams can be found without folding all. */
export interface StreamIndex {
  kind: StreamKind;
  organizationId: OrganizationId;
  /** Null for what belongs to no device. */
  deviceId: DeviceId | null;
  /** When something is due by itself, in ms; null where nothing is. */
  deadlineAtMs: number | null;
  /** Whether a call rings or runs. */
  callLive: boolean;
  /** For tickets. */
  ticket?: { number: number; title: string; open: boolean };
}

/** What belongs to one stream alone: the id of a call, the address of an employee. */
export interface StreamItem {
  kind: 'call' | 'screenshot' | 'file' | 'email' | 'employee' | 'device' | 'ticket-number';
  id: string;
}

/** A command that was accepted: whose it was and how far the stream was with it. */
export interface AcceptedCommand {
  commandId: CommandId;
  personId: string;
  streamId: StreamId;
  seq: number;
}

export interface AppendEntry {
  streamId: StreamId;
  /** How far the stream must be; otherwise nothing of the whole batch is kept. */
  expectedSeq: number;
  /** May be empty: a command that was accepted and changed nothing. */
  events: NewEvent[];
  commands: AcceptedCommand[];
  items: StreamItem[];
  index: StreamIndex;
}

/** `conflict`: somebody else has written meanwhile, or an id is taken. */
export type AppendResult = { ok: true; events: StreamEvent[][] } | { ok: false; reason: 'conflict' };

/** What is kept of an erased stream, so that one that was internal is said to be gone to those alone who may have it. */
export interface ErasedTrace {
  /** Position of its first event. */
  from: number;
  /** Since when it was internal, as a position; null where it was not in the end. */
  hiddenFrom: number | null;
}

/** The streams. Positions grow in the order of commits: whoever has seen n has seen everything below n. */
export interface EventStore {
  /** Keeps all entries durably in one transaction, or none. Resolves after the commit. */
  append(entries: AppendEntry[]): Promise<AppendResult>;
  /** Empty for a stream that does not exist, and for one that was erased. */
  read(streamId: StreamId): Promise<StreamEvent[]>;
  /** The stream as it is on the disk, with the chain of hashes over it. */
  chain(streamId: StreamId): Promise<(ChainedFacts & { hash: string })[]>;
  /** The highest position; 0 when there is none. */
  head(): Promise<number>;
  /** The accepted commands among these ids. */
  findCommands(ids: CommandId[]): Promise<AcceptedCommand[]>;
  /** Streams of the scope with events in (`after`, `upTo`], and whether they were erased; with the trace given then. */
  changedStreams(
    scope: StreamScope,
    after: number,
    upTo: number,
  ): Promise<{ id: StreamId; erased: boolean; trace?: ErasedTrace }[]>;
  /** The position of the `count`-th event of the scope behind `after`; the last one if there are fewer. */
  windowEnd(scope: StreamScope, after: number, count: number): Promise<number | undefined>;
  streamOf(item: StreamItem): Promise<StreamId | undefined>;
  /** Sessions in which something is due or a call is live. */
  unsettled(): Promise<SessionId[]>;
  /** Tickets of an organization that are open, the newest first. */
  openTickets(organizationId: OrganizationId, limit: number): Promise<TicketRow[]>;
  /** The highest number of an organization's tickets; 0 for none. */
  lastTicketNumber(organizationId: OrganizationId): Promise<number>;
  /**
   * Destroys a stream's content with everything that belongs to it; its id stays taken. Resolves with the position
   * of the tombstone and the blobs' files to remove; undefined for what does not exist or is erased already.
   */
  erase(
    streamId: StreamId,
    nowMs: number,
    summary: unknown,
    trace?: ErasedTrace,
  ): Promise<{ position: number; fileNames: string[] } | undefined>;
  isErased(streamId: StreamId): Promise<boolean>;
}

export interface StreamScope {
  organizationId: OrganizationId;
  deviceId?: DeviceId;
  kinds: readonly StreamKind[];
}

export interface TicketRow {
  id: TicketId;
  organizationId: OrganizationId;
  deviceId: DeviceId;
  number: number;
  title: string;
  open: boolean;
}
export interface CredentialRow {
  employeeId: EmployeeId;
  organizationId: OrganizationId;
  passwordHash: string;
}
/** An access code of a device. Whether it is the one that opens, the organization's stream says. */
export interface AccessCodeRow {
  id: string;
  organizationId: OrganizationId;
  deviceId: DeviceId;
  /** Keyed hash of the normalised access code. */
  codeHash: string;
}
export interface InvitationRow {
  id: string;
  organizationId: OrganizationId;
  employeeId: EmployeeId;
  tokenHash: string;
  expiresAtMs: number;
}
/** A passkey of an employee: its public half. */
export interface PasskeyRow {
  id: string;
  organizationId: OrganizationId;
  employeeId: EmployeeId;
  /** As the browser names it, base64url. */
  credentialId: string;
  /** COSE, base64url. */
  publicKey: string;
  /** How often it was used, as it says itself; 0 for ever where it does not count. */
  counter: number;
  transports: string[];
  name: string;
  createdAtMs: number;
  lastUsedAtMs: number | null;
}
export interface CodeUserRow {
  id: string;
  organizationId: OrganizationId;
  deviceId: DeviceId;
  name: string;
}
export interface GuestLinkRow {
  id: string;
  organizationId: OrganizationId;
  sessionId: SessionId;
  tokenHash: string;
  /** How far the session's log was when the link was made: a link dies with an end that comes later. */
  sessionSeq: number;
  expiresAtMs: number;
}
export interface GuestRow {
  id: GuestId;
  organizationId: OrganizationId;
  sessionId: SessionId;
  linkId: string;
  name: string;
}
export interface SignInRow {
  id: string;
  tokenHash: string;
  kind: 'employee' | 'codeUser' | 'guest';
  personId: string;
  /** The access code by which a code user came in. */
  codeId: string | null;
  expiresAtMs: number;
}

/** Secrets of people and machines: everything else about them is in the streams. */
export interface DirectoryStore {
  /** Whether there is no organization. */
  isEmpty(): Promise<boolean>;
  credential(employeeId: string): Promise<CredentialRow | undefined>;
  /** Adds, or replaces the row of this employee. */
  putCredential(row: CredentialRow): Promise<void>;
  removeCredential(employeeId: string): Promise<void>;
  accessCode(codeHash: string): Promise<AccessCodeRow | undefined>;
  putAccessCode(row: AccessCodeRow): Promise<void>;
  invitation(tokenHash: string): Promise<InvitationRow | undefined>;
  /** Adds an invitation; earlier ones of the same employee end. */
  putInvitation(row: InvitationRow): Promise<void>;
  /** Uses an invitation up: true for exactly one caller. */
  takeInvitation(id: string): Promise<boolean>;
  removeInvitationsOf(employeeId: string): Promise<void>;
  passkey(credentialId: string): Promise<PasskeyRow | undefined>;
  /** The oldest first. */
  passkeysOf(employeeId: string): Promise<PasskeyRow[]>;
  /** False when there is one of this credential id already. */
  putPasskey(row: PasskeyRow): Promise<boolean>;
  /** Notes a use; false when its counter is not `counter` any more, and then nothing is changed. */
  usePasskey(id: string, counter: number, used: { counter: number; atMs: number }): Promise<boolean>;
  removePasskey(id: string): Promise<void>;
  removePasskeysOf(employeeId: string): Promise<void>;
  codeUser(id: string): Promise<CodeUserRow | undefined>;
  putCodeUser(row: CodeUserRow): Promise<void>;
  guestLink(tokenHash: string): Promise<GuestLinkRow | undefined>;
  guestLinkById(id: string): Promise<GuestLinkRow | undefined>;
  putGuestLink(row: GuestLinkRow): Promise<void>;
  removeGuestLinks(sessionId: SessionId): Promise<void>;
  guest(id: string): Promise<GuestRow | undefined>;
  putGuest(row: GuestRow): Promise<void>;
  /** Ids of the sign-ins of a session's guests. */
  guestSignIns(sessionId: SessionId): Promise<string[]>;
  signIn(id: string): Promise<SignInRow | undefined>;
  signInByToken(tokenHash: string): Promise<SignInRow | undefined>;
  putSignIn(row: SignInRow): Promise<void>;
  removeSignIn(id: string): Promise<void>;
  /** A token of a sign-in beside its present one: offered, and not used yet, or retired. */
  rotatedToken(tokenHash: string): Promise<{ signInId: string; retiredAtMs: number | null } | undefined>;
  /** When a token of the sign-in was retired last. */
  lastRotation(signInId: string): Promise<number | undefined>;
  offerToken(signInId: string, tokenHash: string): Promise<void>;
  /** An offered token becomes the present one; the one before, and others on offer, are retired. */
  promoteToken(signInId: string, tokenHash: string, nowMs: number): Promise<void>;
  signInsOf(personId: string): Promise<SignInRow[]>;
  /** Sign-ins of code users at a device. */
  signInsAt(deviceId: DeviceId): Promise<SignInRow[]>;
  removeExpiredSignIns(nowMs: number): Promise<void>;
}

/** Everything that the relay keeps, behind one port. One implementation for each database. */
export interface RelayStorage {
  /** Random, made with the database: another one is another history. */
  readonly epoch: string;
  /** Random, made with the database: the key of everything that the relay signs or hashes. */
  readonly secretKey: string;
  readonly events: EventStore;
  readonly directory: DirectoryStore;
  readonly documents: DocumentStore;
  readonly blobs: BlobStore;
  readonly uploads: UploadStore;
  close(): Promise<void>;
}

/** The store cannot be opened: written by a newer version, or damaged. The message is for the operator. */
export class StorageError extends Error {}
