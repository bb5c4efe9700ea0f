import type { CommandId, DeviceId, EmployeeId, OrganizationId, SessionId, TicketId } from '#domain/ids.ts';
import type { OrganizationSettings } from '#domain/organization/settings.ts';
import type { SessionEvent, SessionEventBody } from '#domain/session/events.ts';
import type { Actor, EmployeeRole } from '#domain/session/subject.ts';
import type { BlobStore, DocumentStore, UploadStore } from '../ports.ts';

/** An event that has its place in its session's log, but none among all events yet. */
export type NewEvent = SessionEventBody & {
  seq: number;
  actor: Actor;
  atMs: number;
  commandId?: CommandId;
};

/** What a session's log says about it, kept beside the log so that sessions can be found without folding all. */
export interface SessionIndex {
  organizationId: OrganizationId;
  deviceId: DeviceId;
  /** When something is due by itself, in ms; null where nothing is. */
  deadlineAtMs: number | null;
  /** Whether a call rings or runs. */
  callLive: boolean;
}

/** What belongs to one session alone: a call or a screenshot. */
export interface SessionItem {
  kind: 'call' | 'screenshot';
  id: string;
}

/** A command that was accepted: whose it was and how far the log was with it. */
export interface AcceptedCommand {
  commandId: CommandId;
  personId: string;
  streamId: SessionId;
  seq: number;
}

export interface AppendEntry {
  streamId: SessionId;
  /** How far the log must be; otherwise nothing of the whole batch is kept. */
  expectedSeq: number;
  /** May be empty: a command that was accepted and changed nothing. */
  events: NewEvent[];
  commands: AcceptedCommand[];
  items: SessionItem[];
  index: SessionIndex;
}

/** `conflict`: somebody else has written meanwhile, or an id is taken. */
export type AppendResult = { ok: true; events: SessionEvent[][] } | { ok: false; reason: 'conflict' };

/** The sessions' logs. Positions grow in the order of commits: whoever has seen n has seen everything below n. */
export interface EventStore {
  /** Keeps all entries durably in one transaction, or none. Resolves after the commit. */
  append(entries: AppendEntry[]): Promise<AppendResult>;
  read(streamId: SessionId): Promise<SessionEvent[]>;
  /** The highest position; 0 when there is none. */
  head(): Promise<number>;
  /** The accepted commands among these ids. */
  findCommands(ids: CommandId[]): Promise<AcceptedCommand[]>;
  /** Sessions of the organization (and device) with events in (`after`, `upTo`]. */
  changedStreams(scope: StreamScope, after: number, upTo: number): Promise<SessionId[]>;
  /** The position of the `count`-th event of the scope behind `after`; the last one if there are fewer. */
  windowEnd(scope: StreamScope, after: number, count: number): Promise<number | undefined>;
  sessionOf(item: SessionItem): Promise<SessionId | undefined>;
  /** Sessions in which something is due or a call is live. */
  unsettled(): Promise<SessionId[]>;
}

export interface StreamScope {
  organizationId: OrganizationId;
  deviceId?: DeviceId;
}

export interface OrganizationRow {
  id: OrganizationId;
  name: string;
  settings: OrganizationSettings;
}
export interface EmployeeRow {
  id: EmployeeId;
  organizationId: OrganizationId;
  name: string;
  /** Lower case; unique among all. */
  email: string;
  passwordHash: string;
  role: EmployeeRole;
  /** Devices this employee answers for. */
  responsibleFor: 'all' | DeviceId[];
  /** Grows with every change of rights. */
  rightsRevision: number;
}
export interface DeviceRow {
  id: DeviceId;
  organizationId: OrganizationId;
  name: string;
  location: string;
  /** Keyed hash of the normalised access code. */
  codeHash: string;
  /** A code that is switched off opens nothing. */
  codeEnabled: boolean;
}
export interface TicketRow {
  id: TicketId;
  organizationId: OrganizationId;
  deviceId: DeviceId;
  number: number;
  title: string;
  open: boolean;
}
export interface CodeUserRow {
  id: string;
  organizationId: OrganizationId;
  deviceId: DeviceId;
  name: string;
}
export interface SignInRow {
  id: string;
  tokenHash: string;
  kind: 'employee' | 'codeUser';
  personId: string;
  expiresAtMs: number;
}

/** People, machines and what they belong to. */
export interface DirectoryStore {
  isEmpty(): Promise<boolean>;
  organization(id: OrganizationId): Promise<OrganizationRow | undefined>;
  /** Adds, or replaces the row with this id. */
  putOrganization(row: OrganizationRow): Promise<void>;
  employee(id: string): Promise<EmployeeRow | undefined>;
  employeeByEmail(email: string): Promise<EmployeeRow | undefined>;
  employees(organizationId: OrganizationId): Promise<EmployeeRow[]>;
  putEmployee(row: EmployeeRow): Promise<void>;
  device(id: string): Promise<DeviceRow | undefined>;
  deviceByCode(codeHash: string): Promise<DeviceRow | undefined>;
  devices(organizationId: OrganizationId): Promise<DeviceRow[]>;
  putDevice(row: DeviceRow): Promise<void>;
  ticket(id: string): Promise<TicketRow | undefined>;
  tickets(organizationId: OrganizationId): Promise<TicketRow[]>;
  putTicket(row: TicketRow): Promise<void>;
  codeUser(id: string): Promise<CodeUserRow | undefined>;
  putCodeUser(row: CodeUserRow): Promise<void>;
  signIn(id: string): Promise<SignInRow | undefined>;
  signInByToken(tokenHash: string): Promise<SignInRow | undefined>;
  putSignIn(row: SignInRow): Promise<void>;
  removeSignIn(id: string): Promise<void>;
  signInsOf(personId: string): Promise<SignInRow[]>;
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
