import { ok, refuse } from '../result.ts';
import type { SessionCommand } from './commands.ts';
import { endOfLiveCall } from './decide-call.ts';
import { isOwn, orRefuse, type DecideContext, type Decision } from './decide-context.ts';
import { maxReasonLength, type SessionEventBody } from './events.ts';
import { verdict, type Action } from './permissions.ts';
import { nextStatus, type SessionStatus } from './status.ts';
import type { Subject } from './subject.ts';
import { isKeptOpen, type VideoSession } from './video-session.ts';
import { written } from '../visible-text.ts';

/** What moves a status by somebody's decision. */
type Step = 'confirm' | 'withdraw' | 'decline' | 'cancel' | 'end' | 'hangUp' | 'close' | 'reopen';

export type StatusCommand = Extract<
  SessionCommand,
  {
    type:
      | 'session.confirm'
      | 'session.withdraw'
      | 'session.decline'
      | 'session.cancel'
      | 'session.close'
      | 'session.reopen'
      | 'session.set-status'
      | 'call.end-session';
  }
>;

const stepOf = {
  'session.confirm': 'confirm',
  'session.withdraw': 'withdraw',
  'session.decline': 'decline',
  'session.cancel': 'cancel',
  'session.close': 'close',
  'session.reopen': 'reopen',
  'call.end-session': 'end',
} as const satisfies Record<Exclude<StatusCommand['type'], 'session.set-status'>, Step>;

/** Judges what moves the status of a session. */
export function decideStatus(
  session: VideoSession,
  command: StatusCommand,
  context: DecideContext,
): Decision {
  if (command.type === 'session.set-status') return setStatus(session, command, context);
  const reason = 'reason' in command.payload ? command.payload.reason : '';
  return take(stepOf[command.type], session, command, context, { reason, manual: {} });
}

function setStatus(
  session: VideoSession,
  command: Extract<StatusCommand, { type: 'session.set-status' }>,
  context: DecideContext,
): Decision {
  return orRefuse(verdict(context.subject, 'setStatus', session), () => {
    if (isStale(session, command, context.subject)) return refuse('stale');
    const { status, reason } = command.payload;
    const step = manualStep(session, status);
    if (!step) return refuse('illegal-transition');
    return take(step, session, command, context, { reason, manual: { manual: true } });
  });
}

/** The row along which an employee gets from here to `wanted` by hand; undefined where there is none (C17). */
export function manualStep(session: VideoSession, wanted: SessionStatus): Step | undefined {
  switch (`${session.status} ${wanted}` as const) {
    case 'REQUESTED CONFIRMED':
      return 'confirm';
    case 'REQUESTED CANCELLED':
      return 'decline';
    case 'CONFIRMED CANCELLED':
    case 'IN_PROGRESS CANCELLED':
      return 'cancel';
    case 'IN_PROGRESS DONE':
      return 'end';
    case 'CONFIRMED DONE':
      return isKeptOpen(session) ? 'end' : undefined;
    case 'IN_PROGRESS CONFIRMED':
      return session.settings.keepOpenUntilClosed ? 'hangUp' : undefined;
    case 'DONE CLOSED':
      return 'close';
    case 'DONE CONFIRMED':
    case 'CLOSED CONFIRMED':
    case 'CANCELLED CONFIRMED':
      return 'reopen';
    default:
      // IN_PROGRESS is the link's to say: nobody sets it by hand.
      return undefined;
  }
}

interface StepOptions {
  reason: string;
  manual: { manual?: true };
}

function take(
  step: Step,
  session: VideoSession,
  command: SessionCommand,
  context: DecideContext,
  options: StepOptions,
): Decision {
  const { subject } = context;
  const action: Action = step === 'hangUp' ? 'end' : step;
  return orRefuse(verdict(subject, action, session), () => {
    const reason = written(options.reason);
    if (step === 'decline' && !reason) return refuse('reason-missing');
    if (reason.length > maxReasonLength) return refuse('reason-too-long');
    if (isStale(session, command, subject)) return refuse('stale');
    const events = eventsOf(step, session, { ...options, reason });
    return events ? ok(events) : refuse('illegal-transition');
  });
}

/** What is appended, or undefined where the step is not legal. */
function eventsOf(
  step: Step,
  session: VideoSession,
  { reason, manual }: StepOptions,
): SessionEventBody[] | undefined {
  if (step === 'end') return endEvents(session, manual);
  if (step === 'hangUp') return endOfLiveCall(session, 'hung-up', manual);
  if (!nextStatus(session.status, step)) return undefined;
  switch (step) {
    case 'confirm':
      return [{ type: 'session.confirmed', payload: manual }];
    case 'withdraw':
      return [{ type: 'session.withdrawn', payload: { reason } }];
    case 'decline':
      return [{ type: 'session.declined', payload: { reason, ...manual } }];
    case 'cancel':
      return [
        ...endOfLiveCall(session, 'cancelled'),
        { type: 'session.cancelled', payload: { reason, ...manual } },
      ];
    case 'close':
      return [{ type: 'session.closed', payload: { automatic: false, ...manual } }];
    case 'reopen':
      return [{ type: 'session.reopened', payload: manual }];
  }
}

/** 'End session': a call that runs ends and the session is DONE; so is one that was kept open between calls. */
function endEvents(session: VideoSession, manual: { manual?: true }): SessionEventBody[] | undefined {
  if (session.status === 'IN_PROGRESS') return endOfLiveCall(session, 'session-ended', manual);
  if (!isKeptOpen(session)) return undefined;
  return [...endOfLiveCall(session, 'session-ended'), { type: 'session.ended', payload: manual }];
}

/**
 * A person decided on a picture of the session that somebody else has changed since. Own changes do not count, so
 * that what somebody did one after the other while offline stays possible; that the link came up does, whoever
 * reported it: nobody decided it.
 */
function isStale(session: VideoSession, command: SessionCommand, subject: Subject): boolean {
  return session.history.some(
    (step) => step.seq > command.baseSeq && (step.status === 'IN_PROGRESS' || !isOwn(step.actor, subject)),
  );
}
