import type { ErrorCode } from '#domain/error-codes.ts';
import type { CallId, CommandId, MessageId } from '#domain/ids.ts';
import type { SessionCommand, SessionCommandBody } from '#domain/session/commands.ts';
import { decide, type DecideContext } from '#domain/session/decide.ts';
import type { CallMode } from '#domain/session/events.ts';
import { fullestMode } from '#domain/session/offered.ts';
import { verdict, type Action } from '#domain/session/permissions.ts';
import { sessionStatuses, type SessionStatus } from '#domain/session/status.ts';
import { liveCall, type VideoSession } from '#domain/session/video-session.ts';

/** What a screen can offer for a session. */
export const offerNames = [
  'confirm',
  'withdraw',
  'decline',
  'cancel',
  'end',
  'close',
  'reopen',
  'setStatus',
  'setVisibility',
  'linkTicket',
  'invite',
  'assign',
  'assignSelf',
  'startCall',
  'answer',
  'reject',
  'leave',
  'chat',
  'readNotes',
  'addNote',
  'rate',
  'seeRating',
  'takeScreenshot',
  'editScreenshot',
  'draw',
  'track',
  'mirror',
] as const;
export type Offer = (typeof offerNames)[number];

/** Stands where an id must be that is made only when the person acts. */
const anyId = '0000000000000000000000';

/** What would be proposed; these offers follow from the domain's own decision. */
function probe(
  offer: Offer,
  session: VideoSession,
  ownId: string,
  mode: CallMode,
): SessionCommandBody | undefined {
  const callId = liveCall(session)?.id ?? (anyId as CallId);
  switch (offer) {
    case 'confirm':
      return { type: 'session.confirm', payload: {} };
    case 'withdraw':
      return { type: 'session.withdraw', payload: { reason: '' } };
    case 'decline':
      return { type: 'session.decline', payload: { reason: '–' } };
    case 'cancel':
      return { type: 'session.cancel', payload: { reason: '' } };
    case 'end':
      return { type: 'call.end-session', payload: {} };
    case 'close':
      return { type: 'session.close', payload: {} };
    case 'reopen':
      return { type: 'session.reopen', payload: {} };
    case 'assignSelf':
      return { type: 'session.assign', payload: { employeeId: ownId as never } };
    case 'startCall':
      return { type: 'call.start', payload: { callId: anyId as CallId, mode } };
    case 'answer':
      return { type: 'call.answer', payload: { callId, mode } };
    case 'reject':
      return { type: 'call.reject', payload: { callId } };
    case 'leave':
      return { type: 'call.leave', payload: { callId } };
    case 'chat':
      return { type: 'chat.send', payload: { messageId: anyId as MessageId, text: '–' } };
    default:
      return undefined;
  }
}

/** Whether the person can do it now: true, or the reason that the relay would give. */
export function offerVerdict(offer: Offer, session: VideoSession, context: DecideContext): true | ErrorCode {
  const { subject } = context;
  const ownId = subject.kind === 'relay' ? '' : subject.id;
  const body = probe(offer, session, ownId, fullestMode(context.settings.services) ?? 'video');
  return body ? judge(body, session, context) : verdict(subject, offer as Action, session);
}

/** The statuses that the person can set by hand from here (F26, C17): along the legal rows only. */
export function manualStatuses(session: VideoSession, context: DecideContext): SessionStatus[] {
  return sessionStatuses.filter(
    (status) =>
      judge({ type: 'session.set-status', payload: { status, reason: '–' } }, session, context) === true,
  );
}

function judge(body: SessionCommandBody, session: VideoSession, context: DecideContext): true | ErrorCode {
  const command: SessionCommand = {
    id: anyId as CommandId,
    streamId: session.id,
    baseSeq: session.seq,
    clientAtMs: context.nowMs,
    ...body,
  };
  const decision = decide(session, command, context);
  return decision.ok ? true : decision.reason;
}
