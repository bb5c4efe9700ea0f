import type {
  CallId,
  DeviceId,
  MessageId,
  OrganizationId,
  ScreenshotId,
  SessionId,
  TicketId,
} from '../ids.ts';
import type { SessionSettings } from '../organization/settings.ts';
import type { CallEndReason, CallMode, PersonRef, ScreenshotMeta } from './events.ts';
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
  messageId: MessageId;
  author: Actor;
  text: string;
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
  /** Who received the request. */
  receivedBy: PersonRef[];
  /** Employees who conduct the session. */
  assigned: PersonRef[];
  calls: Call[];
  screenshots: Screenshot[];
  chat: ChatMessage[];
  history: StatusChange[];
  /** Sequence number of the newest event. */
  seq: number;
  /** Sequence number of the newest event that moved the status, and who did. */
  statusSeq: number;
  statusActor: Actor;
  createdAtMs: number;
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

export function isAssigned(session: VideoSession, employeeId: string): boolean {
  return session.assigned.some((employee) => employee.id === employeeId);
}
