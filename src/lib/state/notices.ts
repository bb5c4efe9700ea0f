import type { SessionId, TicketId } from '#domain/ids.ts';
import { ringTimeoutMs } from '#domain/session/decide-call.ts';
import type { CallMode } from '#domain/session/events.ts';
import { may } from '#domain/session/permissions.ts';
import { receiptOf, unreadMessages } from '#domain/session/receipts.ts';
import { isResponsible, type Actor, type Person } from '#domain/session/subject.ts';
import {
  isAssigned,
  legOf,
  liveCall,
  type StatusChange,
  type VideoSession,
} from '#domain/session/video-session.ts';
import { unreadCount, type Ticket } from '#domain/ticket/ticket.ts';

export type NoticeKind =
  'request' | 'confirmed' | 'opened' | 'declined' | 'cancelled' | 'missed-call' | 'message';

/** Something that the person should learn of. Follows from the streams alone; only 'seen' is kept. */
export interface Notice {
  id: string;
  kind: NoticeKind;
  /** What it is about: one of the two. */
  sessionId?: SessionId;
  ticketId?: TicketId;
  deviceName: string;
  /** Who caused it. */
  from: Pick<Actor, 'kind' | 'name'>;
  /** The request's reason, the reason of declining, the message. */
  text: string;
  /** How many messages wait to be read; 1 for everything else. */
  count: number;
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

/** A notice before it is known what the person has seen. */
export interface Draft extends Omit<Notice, 'read'> {
  /** It asks for something still, however old it is. */
  waits: boolean;
  /** The person has read it, on whatever device. */
  done: boolean;
}

export function noticeOf({ waits, done, ...notice }: Draft, context: NoticeContext): Notice {
  const old = !waits && notice.atMs < context.firstOpenedAtMs;
  return { ...notice, read: done || old || context.seen.has(notice.id) };
}

/** What a session has to tell the person. */
export function noticesOf(session: VideoSession, context: NoticeContext): Notice[] {
  return sessionDrafts(session, context.subject).map((draft) => noticeOf(draft, context));
}

export function sessionDrafts(session: VideoSession, subject: Person): Draft[] {
  const last = session.history.at(-1);
  if (!last) return [];
  const drafts: Draft[] = [];
  const add = (
    kind: NoticeKind,
    key: string | number,
    change: Pick<StatusChange, 'atMs' | 'actor' | 'reason'>,
    waits: boolean,
  ): void => {
    drafts.push({
      id: `${session.id}:${kind}:${key}`,
      kind,
      sessionId: session.id,
      deviceName: session.device.name,
      from: change.actor,
      text: kind === 'request' ? session.reason : (change.reason ?? ''),
      count: 1,
      atMs: change.atMs,
      waits,
      done: false,
    });
  };
  const byOther = last.actor.id !== subject.id && last.actor.kind !== 'relay';
  if (subject.kind === 'employee') {
    if (session.status === 'REQUESTED' && concerns(session, subject)) add('request', last.seq, last, true);
    if (session.status === 'CANCELLED' && byOther && isAssigned(session, subject.id))
      add('cancelled', last.seq, last, false);
  } else if (byOther && last.actor.kind === 'employee' && isNewsFor(session, subject)) {
    // A session that an employee opened is confirmed from its beginning: nobody had asked for it.
    const asked = session.history.some(({ status }) => status === 'REQUESTED');
    if (session.status === 'CONFIRMED') add(asked ? 'confirmed' : 'opened', last.seq, last, true);
    if (session.status === 'CANCELLED')
      add(session.history.at(-2)?.status === 'REQUESTED' ? 'declined' : 'cancelled', last.seq, last, false);
  }
  const call = session.calls.at(-1);
  if (call?.endReason === 'missed' && call.endedAtMs !== undefined && takesPart(session, subject)) {
    if (call.startedBy.kind !== subject.kind)
      add('missed-call', call.id, { atMs: call.endedAtMs, actor: call.startedBy }, false);
  }
  const message = messageDraft(session, subject);
  if (message) drafts.push(message);
  return drafts;
}

/** The newest message that the other side wrote: one notice for a conversation, however many came (F102). */
function messageDraft(session: VideoSession, subject: Person): Draft | undefined {
  if (session.chat.length === 0 || !takesPart(session, subject)) return undefined;
  if (subject.kind !== 'employee' && !isNewsFor(session, subject)) return undefined;
  const newest = session.chat.findLast((message) => isOtherSide(message.author, subject));
  if (!newest) return undefined;
  const unread = unreadMessages(session, subject.id).filter((one) => isOtherSide(one.author, subject));
  return {
    id: `${session.id}:message:${newest.messageId}`,
    kind: 'message',
    sessionId: session.id,
    deviceName: session.device.name,
    from: newest.author,
    text: newest.text,
    count: Math.max(1, unread.length),
    atMs: newest.atMs,
    waits: false,
    done: (receiptOf(session, subject.id)?.readSeq ?? 0) >= newest.seq,
  };
}

/**
 * What a ticket has to tell the person: the newest message of the other side. Employees learn of the machines that
 * they answer for. What was mirrored from a session is told by the session.
 */
export function ticketDraft(ticket: Ticket, subject: Person, answersFor: boolean): Draft | undefined {
  if (subject.kind === 'guest' || (subject.kind === 'employee' && !answersFor)) return undefined;
  const index = ticket.messages.findLastIndex(
    (message) => message.sessionId === undefined && isOtherSide(message.author, subject),
  );
  const newest = ticket.messages[index];
  if (!newest) return undefined;
  const mark = ticket.marks.find((one) => one.personId === subject.id);
  return {
    id: `${ticket.id}:message:${newest.messageId}`,
    kind: 'message',
    ticketId: ticket.id,
    deviceName: ticket.device.name,
    from: newest.author,
    text: newest.text || (newest.file?.name ?? ''),
    count: Math.max(1, unreadCount(ticket, subject)),
    atMs: newest.atMs,
    waits: false,
    done: (mark?.readTo ?? -1) >= index,
  };
}

/** Guests stand with the machine. */
function isOtherSide(author: Pick<Actor, 'kind' | 'id'>, subject: Person): boolean {
  if (author.kind === 'relay' || author.id === subject.id) return false;
  return (author.kind === 'employee') !== (subject.kind === 'employee');
}

/** Another tablet at the same machine need not hear of a request that was not its own. */
function isNewsFor(session: VideoSession, subject: Person): boolean {
  return session.openedBy.kind === 'employee' || session.openedBy.id === subject.id;
}

/** A request is told to those who received it, and to whoever answers for the machine now (B11). */
function concerns(session: VideoSession, subject: Extract<Person, { kind: 'employee' }>): boolean {
  const received = session.receivedBy.some((one) => one.id === subject.id);
  return received || (subject.responsibleFor !== 'all' && isResponsible(subject, session.device.id));
}

/** Of employees only those who conduct the session are called and written to. */
function takesPart(session: VideoSession, subject: Person): boolean {
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
