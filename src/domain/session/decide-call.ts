import { ok, refuse } from '../result.ts';
import type { RelayCommand, SessionCommand } from './commands.ts';
import { serviceProblem, type DecideContext, type Decision } from './decide-context.ts';
import type { CallEndReason, SessionEventBody } from './events.ts';
import { verdict } from './permissions.ts';
import type { Subject } from './subject.ts';
import { legOf, liveCall, openLegs, type Call, type Leg, type VideoSession } from './video-session.ts';

type CallCommand =
  | Extract<
      SessionCommand,
      { type: 'call.start' | 'call.answer' | 'call.reject' | 'call.link-up' | 'call.leave' }
    >
  | Extract<RelayCommand, { callId: unknown }>;

/** How long a call rings before it counts as missed. */
export const ringTimeoutMs = 45_000;
/** How long a participant whose link is lost keeps the place in the call. */
export const reconnectGraceMs = 60_000;

/** Judges what is said about a call of this session. A session has at most one call that rings or runs. */
export function decideCall(session: VideoSession, command: CallCommand, context: DecideContext): Decision {
  const { subject } = context;
  if (command.type === 'call.start') return start(session, command, context);
  const call = liveCall(session);
  const mine = 'callId' in command ? command.callId : command.payload.callId;
  if (!call || call.id !== mine)
    return refuse(session.calls.some((one) => one.id === mine) ? 'call-over' : 'no-call');
  switch (command.type) {
    case 'call.answer':
      return answer(session, call, command, context);
    case 'call.reject':
      return reject(session, call, subject);
    case 'call.link-up':
      return linkUp(call, subject);
    case 'call.leave':
      return subject.kind === 'relay' ? refuse('forbidden') : leave(call, subject.id, 'hung-up');
    case 'relay.miss-call':
      if (call.state !== 'ringing' || context.nowMs < call.startedAtMs + ringTimeoutMs)
        return refuse('stale');
      return ok([ended(call, 'missed')]);
    case 'relay.lose-leg':
      return leave(call, command.participantId, 'link-lost');
  }
}

function start(
  session: VideoSession,
  command: Extract<SessionCommand, { type: 'call.start' }>,
  context: DecideContext,
): Decision {
  const allowed = verdict(context.subject, 'startCall', session);
  if (allowed !== true) return refuse(allowed);
  if (session.status === 'IN_PROGRESS' || liveCall(session)) return refuse('call-running');
  if (session.status !== 'CONFIRMED') {
    return refuse(session.status === 'REQUESTED' ? 'illegal-transition' : 'session-closed');
  }
  if (session.calls.some((call) => call.id === command.payload.callId)) return refuse('already-exists');
  const problem = serviceProblem(context, session.device.id, command.payload.mode);
  if (problem) return refuse(problem);
  return ok([{ type: 'call.started', payload: { ...command.payload, number: session.calls.length + 1 } }]);
}

function answer(
  session: VideoSession,
  call: Call,
  command: Extract<SessionCommand, { type: 'call.answer' }>,
  context: DecideContext,
): Decision {
  const { subject } = context;
  const allowed = verdict(subject, 'answerCall', session);
  if (allowed !== true) return refuse(allowed);
  if (subject.kind === 'relay') return refuse('forbidden');
  if (legOf(call, subject.id)) return refuse('already-answered');
  // Whoever is rung is the other side: a second tablet at the same machine cannot answer its own call.
  if (call.state === 'ringing' && subject.kind === call.startedBy.kind) return refuse('forbidden');
  const present = openLegs(call);
  // A guest joins the employee who conducts the call; nobody is answered by a guest in the employee's place.
  if (subject.kind === 'guest' && !present.some((leg) => leg.kind === 'employee')) return refuse('forbidden');
  const sideTaken = present.some((leg) => leg.kind === subject.kind);
  const full = present.length >= session.settings.maxParticipants;
  // One code user in a call: a second tablet at the machine is too late, however many may take part.
  if (sideTaken && (full || subject.kind === 'codeUser')) return refuse('already-answered');
  if (full) return refuse('call-full');
  const problem = serviceProblem(context, session.device.id, command.payload.mode);
  if (problem) return refuse(problem);
  return ok([
    call.state === 'ringing'
      ? { type: 'call.answered', payload: command.payload }
      : { type: 'call.joined', payload: command.payload },
  ]);
}

function reject(session: VideoSession, call: Call, subject: Subject): Decision {
  const allowed = verdict(subject, 'answerCall', session);
  if (allowed !== true) return refuse(allowed);
  // It is not a guest who is rung.
  if (subject.kind === 'guest') return refuse('forbidden');
  if (call.state !== 'ringing') return refuse('already-answered');
  if (subject.kind === call.startedBy.kind) return refuse('forbidden');
  return ok([ended(call, 'rejected')]);
}

function linkUp(call: Call, subject: Subject): Decision {
  if (subject.kind === 'relay' || !legOf(call, subject.id)) return refuse('no-call');
  if (call.state === 'ringing') return refuse('no-call');
  // Both ends report the link; the first report counts and the second is no fault.
  if (call.state === 'linked') return ok([]);
  return ok([{ type: 'call.linked', payload: { callId: call.id } }]);
}

function leave(call: Call, participantId: string, cause: 'hung-up' | 'link-lost'): Decision {
  if (!legOf(call, participantId)) return refuse('no-call');
  if (call.state === 'ringing') return ok([ended(call, cause === 'hung-up' ? 'withdrawn' : 'link-lost')]);
  const left: SessionEventBody = { type: 'call.left', payload: { callId: call.id, participantId, cause } };
  // A call needs two: when only one would stay, it is over for that one too.
  const staying = openLegs(call).length - 1;
  return ok(staying >= 2 ? [left] : [left, ended(call, cause)]);
}

function ended(call: Call, cause: CallEndReason, manual: { manual?: true } = {}): SessionEventBody {
  return {
    type: 'call.ended',
    payload: { callId: call.id, cause, linked: call.state === 'linked', ...manual },
  };
}

/** What ends the call that rings or runs, if there is one. */
export function endOfLiveCall(
  session: VideoSession,
  cause: CallEndReason,
  manual: { manual?: true } = {},
): SessionEventBody[] {
  const call = liveCall(session);
  return call ? [ended(call, cause, manual)] : [];
}

/** What takes those who lose their right to the session out of its live call. It ends where fewer than two stay. */
export function removeFromCall(session: VideoSession, loses: (leg: Leg) => boolean): SessionEventBody[] {
  const call = liveCall(session);
  if (!call) return [];
  const present = openLegs(call);
  const going = present.filter(loses);
  if (going.length === 0) return [];
  if (call.state === 'ringing') return [ended(call, 'withdrawn')];
  const left = going.map(({ participantId }): SessionEventBody => ({
    type: 'call.left',
    payload: { callId: call.id, participantId, cause: 'hung-up' },
  }));
  return present.length - going.length < 2 ? [...left, ended(call, 'hung-up')] : left;
}
