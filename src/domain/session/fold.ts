import type { SessionEvent } from './events.ts';
import { nextStatus, type SessionStatus, type StatusTrigger } from './status.ts';
import type { Actor } from './subject.ts';
import { closingTime } from './review.ts';
import {
  completedCalls,
  isKeptOpen,
  liveCall,
  type Call,
  type Receipt,
  type VideoSession,
} from './video-session.ts';

/** A log that no relay would have written: a gap, a first event that opens nothing, an illegal step. */
export class LogError extends Error {}

/**
 * The session after one more event. Pure: the input is not changed. Throws LogError for an event that cannot stand
 * at this place of the log.
 */
export function applyEvent(session: VideoSession | undefined, event: SessionEvent): VideoSession {
  if (event.type === 'session.requested' || event.type === 'session.created') {
    if (session || event.seq !== 1) throw new LogError('a session is opened once, by its first event');
    return openSession(event);
  }
  if (!session) throw new LogError('the first event must open the session');
  if (event.streamId !== session.id) throw new LogError('an event of another session');
  if (event.seq !== session.seq + 1)
    throw new LogError(`expected event ${session.seq + 1}, got ${event.seq}`);
  const updatedAtMs = isQuiet(event) ? session.updatedAtMs : event.atMs;
  return { ...withClosing(advance(session, event)), seq: event.seq, updatedAtMs };
}

/** Ticks, and what is not for the reader's eyes: nothing that would bring a session to the top of a list. */
const isQuiet = ({ type }: SessionEvent): boolean =>
  type === 'chat.delivered' || type === 'chat.read' || type === 'session.withheld';

/** Folds a whole log, in order. Undefined for an empty one. */
export function foldSession(events: Iterable<SessionEvent>): VideoSession | undefined {
  let session: VideoSession | undefined;
  for (const event of events) session = applyEvent(session, event);
  return session;
}

type OpeningEvent = Extract<SessionEvent, { type: 'session.requested' | 'session.created' }>;

function openSession(event: OpeningEvent): VideoSession {
  const { payload, actor, atMs } = event;
  const status: SessionStatus = event.type === 'session.requested' ? 'REQUESTED' : 'CONFIRMED';
  return {
    id: event.streamId,
    organizationId: payload.organizationId,
    device: payload.device,
    reason: payload.reason,
    ticketIds: payload.ticketIds,
    status,
    visibility: 'public',
    settings: payload.settings,
    openedBy: actor,
    direct: event.type === 'session.created' && event.payload.direct,
    receivedBy: payload.receivedBy,
    assigned: firstAssigned(event),
    calls: [],
    screenshots: [],
    chat: [],
    receipts: [],
    notes: [],
    ratings: [],
    history: [{ seq: 1, status, atMs, actor }],
    seq: 1,
    statusSeq: 1,
    statusActor: actor,
    createdAtMs: atMs,
    updatedAtMs: atMs,
  };
}

/** Who creates conducts; whom a direct call rings may answer it. */
function firstAssigned(event: OpeningEvent): VideoSession['assigned'] {
  const { actor, payload } = event;
  if (event.type === 'session.created' && event.payload.direct) return payload.receivedBy;
  return actor.kind === 'employee' && actor.id ? [{ id: actor.id, name: actor.name ?? '' }] : [];
}

function withClosing(session: VideoSession): VideoSession {
  const { closesAtMs: _before, ...rest } = session;
  const closesAtMs = closingTime(session);
  return closesAtMs === undefined ? rest : { ...rest, closesAtMs };
}

function advance(session: VideoSession, event: SessionEvent): VideoSession {
  switch (event.type) {
    case 'session.requested':
    case 'session.created':
      throw new LogError('a session is opened once');
    case 'session.confirmed':
      return withAssigned(move(session, 'confirm', event), event.actor);
    case 'session.withdrawn':
      return move(session, 'withdraw', event, event.payload.reason);
    case 'session.declined':
      return move(session, 'decline', event, event.payload.reason);
    case 'session.cancelled':
      return move(session, 'cancel', event, event.payload.reason);
    case 'session.expired':
      return move(session, 'expire', event);
    case 'session.ended':
      if (!isKeptOpen(session) || liveCall(session)) throw new LogError('only what is kept open is ended so');
      return move(session, 'endKeptOpen', event);
    case 'session.closed':
      return move(session, 'close', event);
    case 'session.reopened':
      return move(session, 'reopen', event);
    case 'session.visibility-set':
      return {
        ...session,
        visibility: event.payload.visibility,
        visibilitySet: { seq: event.seq, actor: event.actor },
      };
    case 'session.assigned':
      return withAssigned(session, { kind: 'employee', ...event.payload.employee });
    case 'session.unassigned':
      return { ...session, assigned: session.assigned.filter((who) => who.id !== event.payload.employeeId) };
    case 'session.ticket-linked':
      return { ...session, ticketIds: [...session.ticketIds, event.payload.ticketId] };
    case 'session.ticket-unlinked':
      return { ...session, ticketIds: session.ticketIds.filter((id) => id !== event.payload.ticketId) };
    case 'session.customer-linked':
      return { ...session, customer: event.payload.customer };
    case 'session.customer-unlinked': {
      const { customer: _customer, ...rest } = session;
      return rest;
    }
    case 'session.withheld':
      return session;
    case 'call.started':
      return startCall(session, event);
    case 'call.answered':
      return withCall(session, event, ['ringing'], (call) => ({
        ...call,
        state: 'answered',
        legs: [...call.legs, leg(event.actor, event.payload.mode, event.atMs)],
      }));
    case 'call.joined':
      return withCall(session, event, ['answered', 'linked'], (call) => ({
        ...call,
        legs: [...call.legs, leg(event.actor, event.payload.mode, event.atMs)],
      }));
    case 'call.linked': {
      const linked = withCall(session, event, ['answered'], (call) => ({
        ...call,
        state: 'linked',
        linkedAtMs: event.atMs,
      }));
      return move(linked, 'linkUp', event);
    }
    case 'call.left':
      return withCall(session, event, ['answered', 'linked'], (call) => ({
        ...call,
        legs: call.legs.map((one) =>
          one.participantId === event.payload.participantId && one.leftAtMs === undefined
            ? { ...one, leftAtMs: event.atMs, cause: event.payload.cause }
            : one,
        ),
      }));
    case 'call.ended':
      return endCall(session, event);
    case 'screenshot.taken':
      return {
        ...session,
        screenshots: [
          ...session.screenshots,
          { ...event.payload, takenBy: event.actor, takenAtMs: event.atMs, stored: false },
        ],
      };
    case 'screenshot.stored':
      return {
        ...session,
        screenshots: session.screenshots.map((shot) =>
          shot.screenshotId === event.payload.screenshotId ? { ...shot, stored: true } : shot,
        ),
      };
    case 'chat.sent': {
      const { messageId, text } = event.payload;
      const message = { seq: event.seq, messageId, author: event.actor, text, atMs: event.atMs };
      return { ...session, chat: [...session.chat, message] };
    }
    case 'chat.delivered':
    case 'chat.read':
      return withReceipt(session, event);
    case 'note.added': {
      const note = { ...event.payload, author: event.actor, atMs: event.atMs };
      return { ...session, notes: [...session.notes, note] };
    }
    case 'rating.given':
    case 'rating.skipped':
      return withRating(session, event);
    default:
      return event satisfies never;
  }
}

function move(
  session: VideoSession,
  trigger: StatusTrigger,
  event: SessionEvent,
  reason?: string,
): VideoSession {
  const status = nextStatus(session.status, trigger);
  if (!status) throw new LogError(`${trigger} is not legal in ${session.status}`);
  const { seq, atMs, actor, payload } = event;
  const manual = 'manual' in payload && payload.manual;
  const step = { seq, status, atMs, actor, ...(reason ? { reason } : {}), ...(manual ? { manual } : {}) };
  return {
    ...session,
    status,
    statusSeq: seq,
    statusActor: actor,
    history: [...session.history, step],
  };
}

function endCall(session: VideoSession, event: Extract<SessionEvent, { type: 'call.ended' }>): VideoSession {
  const states: Call['state'][] = event.payload.linked ? ['linked'] : ['ringing', 'answered'];
  const ended = withCall(session, event, states, (call) => ({
    ...call,
    state: 'ended',
    endedAtMs: event.atMs,
    endReason: event.payload.cause,
    legs: call.legs.map((one) => (one.leftAtMs === undefined ? { ...one, leftAtMs: event.atMs } : one)),
  }));
  // A call that was never linked leaves the session where it was; a cancel moves it by its own event.
  if (!event.payload.linked || event.payload.cause === 'cancelled') return ended;
  const keptOpen = session.settings.keepOpenUntilClosed && event.payload.cause !== 'session-ended';
  return move(ended, keptOpen ? 'callEndedKeptOpen' : 'callEnded', event);
}

function startCall(
  session: VideoSession,
  event: Extract<SessionEvent, { type: 'call.started' }>,
): VideoSession {
  if (session.status !== 'CONFIRMED') throw new LogError(`no call starts in ${session.status}`);
  if (liveCall(session)) throw new LogError('a session has one live call at the most');
  const call: Call = {
    id: event.payload.callId,
    number: event.payload.number,
    state: 'ringing',
    startedBy: event.actor,
    startedAtMs: event.atMs,
    legs: [leg(event.actor, event.payload.mode, event.atMs)],
  };
  return { ...session, calls: [...session.calls, call] };
}

function leg(actor: Actor, mode: Call['legs'][number]['mode'], atMs: number): Call['legs'][number] {
  return { participantId: actor.id ?? '', kind: actor.kind, name: actor.name ?? '', mode, joinedAtMs: atMs };
}

/** The session with its live call changed, which must be the one that the event speaks of, in one of `states`. */
function withCall(
  session: VideoSession,
  event: Extract<SessionEvent, { type: `call.${string}` }>,
  states: Call['state'][],
  change: (call: Call) => Call,
): VideoSession {
  const live = liveCall(session);
  if (!live || live.id !== event.payload.callId || !states.includes(live.state))
    throw new LogError(`${event.type} does not fit the call`);
  return { ...session, calls: session.calls.map((call) => (call === live ? change(call) : call)) };
}

function withAssigned(session: VideoSession, actor: Actor): VideoSession {
  if (actor.kind !== 'employee' || !actor.id || session.assigned.some((who) => who.id === actor.id))
    return session;
  return { ...session, assigned: [...session.assigned, { id: actor.id, name: actor.name ?? '' }] };
}

/** Receipts only go forward; what was read has been delivered. */
function withReceipt(
  session: VideoSession,
  event: Extract<SessionEvent, { type: 'chat.delivered' | 'chat.read' }>,
): VideoSession {
  const { actor, payload } = event;
  const message = session.chat.find((one) => one.messageId === payload.messageId);
  if (!message) throw new LogError('a receipt for a message that there is none of');
  const mine = (receipt: Receipt): boolean => receipt.participantId === actor.id;
  const before = session.receipts.find(mine) ?? {
    participantId: actor.id ?? '',
    kind: actor.kind,
    name: actor.name ?? '',
    deliveredSeq: 0,
    readSeq: 0,
  };
  const after: Receipt = {
    ...before,
    deliveredSeq: Math.max(before.deliveredSeq, message.seq),
    readSeq: event.type === 'chat.read' ? Math.max(before.readSeq, message.seq) : before.readSeq,
  };
  return { ...session, receipts: [...session.receipts.filter((one) => !mine(one)), after] };
}

function withRating(
  session: VideoSession,
  event: Extract<SessionEvent, { type: 'rating.given' | 'rating.skipped' }>,
): VideoSession {
  const { callId } = event.payload;
  const completed = completedCalls(session).some((call) => call.id === callId);
  if (!completed || session.ratings.some((rating) => rating.callId === callId))
    throw new LogError('a completed call is rated once');
  const answer =
    event.type === 'rating.given'
      ? { score: event.payload.score, comment: event.payload.comment }
      : { comment: '' };
  const rating = { callId, by: event.actor, atMs: event.atMs, ...answer };
  return { ...session, ratings: [...session.ratings, rating] };
}
