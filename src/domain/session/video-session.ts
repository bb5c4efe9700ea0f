import type {
  CallId,
  CustomerId,
  DeviceId,
  MessageId,
  NoteId,
  OrganizationId,
  ScreenshotId,
  SessionId,
  TicketId,
} from '../ids.ts';
import type { SessionSettings } from '../organization/settings.ts';
import type { CallEndReason, CallMode, PersonRef, RatingScore, ScreenshotMeta } from './events.ts';
import type { SessionStatus } from './status.ts';
import type { Actor } from './subject.ts';

export type Visibility = 'public' | 'internal';

/** One person's part in a call, from answering to leaving. */
export interface Leg {
  participantId: string;
  kind: Actor['kind'];
  name: string;
  mode: CallMode;
  joinedAtMs: number;
  leftAtMs?: number;
  cause?: 'hung-up' | 'link-lost';
}

/** One conversation inside a session. */
export interface Call {
  id: CallId;
  /** From 1, in the order of the session. */
  number: number;
  state: 'ringing' | 'answered' | 'linked' | 'ended';
  startedBy: Actor;
  startedAtMs: number;
  linkedAtMs?: number;
  endedAtMs?: number;
  endReason?: CallEndReason;
  legs: Leg[];
}

export interface Screenshot extends ScreenshotMeta {
  screenshotId: ScreenshotId;
  takenBy: Actor;
  takenAtMs: number;
  /** The relay has the bytes and has verified their hash. */
  stored: boolean;
}

export interface ChatMessage {
  /** Sequence number of its event: what receipts are counted by. */
  seq: number;
  messageId: MessageId;
  author: Actor;
  text: string;
  atMs: number;
}

/** How far somebody has the chat: sequence numbers of messages, 0 for none. */
export interface Receipt {
  participantId: string;
  kind: Actor['kind'];
  name: string;
  deliveredSeq: number;
  readSeq: number;
}

/** What employees write down for themselves; nothing of it goes to code users and guests. */
interface Note {
  noteId: NoteId;
  author: Actor;
  text: string;
  atMs: number;
}

/** The answer to 'how was it' for one completed call. */
export interface Rating {
  callId: CallId;
  by: Actor;
  /** Absent: skipped. */
  score?: RatingScore;
  comment: string;
  atMs: number;
}

/** One step of the status, as the status bar shows it. */
export interface StatusChange {
  /** Sequence number of the event that made it. */
  seq: number;
  status: SessionStatus;
  atMs: number;
  actor: Actor;
  reason?: string;
  /** Set by hand (C17). */
  manual?: true;
}

/** A video session as its log makes it. Everything in here comes from accepted events alone. */
export interface VideoSession {
  id: SessionId;
  organizationId: OrganizationId;
  device: { id: DeviceId; name: string };
  reason: string;
  ticketIds: TicketId[];
  status: SessionStatus;
  visibility: Visibility;
  /** The newest change of visibility: which event, by whom. Absent while it is as it was at the beginning. */
  visibilitySet?: { seq: number; actor: Actor };
  settings: SessionSettings;
  openedBy: Actor;
  /** A code user called at once, without a request. */
  direct: boolean;
  /** The record of a customer that the code user belongs to (F17). */
  customer?: { id: CustomerId; name: string };
  /** Who received the request, or the direct call (F72). */
  receivedBy: PersonRef[];
  /** Employees who conduct the session. */
  assigned: PersonRef[];
  calls: Call[];
  screenshots: Screenshot[];
  chat: ChatMessage[];
  receipts: Receipt[];
  notes: Note[];
  ratings: Rating[];
  history: StatusChange[];
  /** Sequence number of the newest event. */
  seq: number;
  /** Sequence number of the newest event that moved the status, and who did. */
  statusSeq: number;
  statusActor: Actor;
  createdAtMs: number;
  /** When something last happened; ticks of messages do not count. */
  updatedAtMs: number;
  /** When DONE becomes CLOSED by itself; absent where nothing is due. */
  closesAtMs?: number;
}

/** The call that rings or runs, if any. A session has one at the most. */
export function liveCall(session: VideoSession): Call | undefined {
  const last = session.calls.at(-1);
  return last && last.state !== 'ended' ? last : undefined;
}

export function openLegs(call: Call): Leg[] {
  return call.legs.filter((leg) => leg.leftAtMs === undefined);
}

/** The participants of a call by the order of their first joining: the same on all sides, as the log says it. */
export function participantOrder(call: Call): string[] {
  return [...new Set(call.legs.map((leg) => leg.participantId))];
}

export function legOf(call: Call, participantId: string): Leg | undefined {
  return call.legs.find((leg) => leg.participantId === participantId && leg.leftAtMs === undefined);
}

/** Calls that had a link and came to their end, the oldest first. What was cancelled was not completed. */
export function completedCalls(session: Pick<VideoSession, 'calls'>): Call[] {
  return session.calls.filter(
    (call) => call.state === 'ended' && call.linkedAtMs !== undefined && call.endReason !== 'cancelled',
  );
}

/** Open between calls, until an employee ends it (C15). */
export function isKeptOpen(session: VideoSession): boolean {
  return (
    session.status === 'CONFIRMED' &&
    session.settings.keepOpenUntilClosed &&
    completedCalls(session).length > 0
  );
}

export function isAssigned(session: VideoSession, employeeId: string): boolean {
  return session.assigned.some((employee) => employee.id === employeeId);
}
