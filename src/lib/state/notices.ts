import { ringTimeoutMs } from '#domain/session/decide-call.ts';
import type { CallMode } from '#domain/session/events.ts';
import { may } from '#domain/session/permissions.ts';
import { isResponsible, type Person } from '#domain/session/subject.ts';
import {
  isAssigned,
  legOf,
  liveCall,
  type StatusChange,
  type VideoSession,
} from '#domain/session/video-session.ts';

export type NoticeKind = 'request' | 'confirmed' | 'declined' | 'cancelled' | 'missed-call';

/** Something that the person should learn of. Follows from the sessions alone; only 'seen' is kept. */
export interface Notice {
  id: string;
  kind: NoticeKind;
  sessionId: VideoSession['id'];
  deviceName: string;
  /** Who caused it. */
  fromName: string;
  /** The request's reason, or the reason of declining. */
  text: string;
  atMs: number;
  read: boolean;
}

/** A call that rings for the person. Times are the relay's. */
export interface Ringing {
  sessionId: VideoSession['id'];
  callId: string;
  fromName: string;
  deviceName: string;
  mode: CallMode;
  startedAtMs: number;
  endsAtMs: number;
}

export interface NoticeContext {
  subject: Person;
  seen: ReadonlySet<string>;
  /** What happened before this person was on this device for the first time counts as read, unless it still waits. */
  firstOpenedAtMs: number;
}

/** What a session has to tell the person. */
export function noticesOf(session: VideoSession, context: NoticeContext): Notice[] {
  const { subject } = context;
  const last = session.history.at(-1);
  if (!last) return [];
  const notices: Notice[] = [];
  const add = (
    kind: NoticeKind,
    key: string | number,
    change: Pick<StatusChange, 'atMs' | 'actor' | 'reason'>,
    waits: boolean,
  ): void => {
    const id = `${session.id}:${kind}:${key}`;
    notices.push({
      id,
      kind,
      sessionId: session.id,
      deviceName: session.device.name,
      fromName: change.actor.name ?? '',
      text: kind === 'request' ? session.reason : (change.reason ?? ''),
      atMs: change.atMs,
      read: context.seen.has(id) || (!waits && change.atMs < context.firstOpenedAtMs),
    });
  };
  const byOther = last.actor.id !== subject.id && last.actor.kind !== 'relay';
  if (subject.kind === 'employee') {
    if (session.status === 'REQUESTED' && concerns(session, subject)) add('request', last.seq, last, true);
    if (session.status === 'CANCELLED' && byOther && isAssigned(session, subject.id))
      add('cancelled', last.seq, last, false);
  } else if (byOther && last.actor.kind === 'employee' && isNewsFor(session, subject)) {
    // A session that an employee opened is confirmed from its beginning: that is news for the code user, too.
    if (session.status === 'CONFIRMED') add('confirmed', last.seq, last, true);
    if (session.status === 'CANCELLED')
      add(session.history.at(-2)?.status === 'REQUESTED' ? 'declined' : 'cancelled', last.seq, last, false);
  }
  const call = session.calls.at(-1);
  if (call?.endReason === 'missed' && call.endedAtMs !== undefined && mayBeRung(session, subject)) {
    if (call.startedBy.kind !== subject.kind)
      add('missed-call', call.id, { atMs: call.endedAtMs, actor: call.startedBy }, false);
  }
  return notices;
}

/** Another tablet at the same machine need not hear of a request that was not its own. */
function isNewsFor(session: VideoSession, subject: Person): boolean {
  return session.openedBy.kind === 'employee' || session.openedBy.id === subject.id;
}

/** A request is told to those who received it, and to whoever answers for the machine now. */
function concerns(session: VideoSession, subject: Extract<Person, { kind: 'employee' }>): boolean {
  const received = session.receivedBy.some((one) => one.id === subject.id);
  return received || (subject.responsibleFor !== 'all' && isResponsible(subject, session.device.id));
}

function mayBeRung(session: VideoSession, subject: Person): boolean {
  return subject.kind !== 'employee' || isAssigned(session, subject.id);
}

/** The call of this session that rings for the person now; undefined for none. */
export function ringingOf(session: VideoSession, subject: Person, nowMs: number): Ringing | undefined {
  const call = liveCall(session);
  if (call?.state !== 'ringing' || call.startedBy.kind === subject.kind) return undefined;
  if (legOf(call, subject.id) || !may(subject, 'answerCall', session)) return undefined;
  const endsAtMs = call.startedAtMs + ringTimeoutMs;
  // The relay ends it by its own clock; a call whose end was not heard of rings no longer than that.
  if (nowMs > endsAtMs + 5_000) return undefined;
  return {
    sessionId: session.id,
    callId: call.id,
    fromName: call.startedBy.name ?? '',
    deviceName: session.device.name,
    mode: call.legs[0]?.mode ?? 'video',
    startedAtMs: call.startedAtMs,
    endsAtMs,
  };
}
