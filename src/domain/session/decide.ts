import type { ErrorCode } from '../error-codes.ts';
import type { TicketId } from '../ids.ts';
import { freezeSettings, type OrganizationSettings } from '../organization/settings.ts';
import { ok, refuse, type Result } from '../result.ts';
import type { RelayCommand, SessionCommand } from './commands.ts';
import { decideCall, endOfLiveCall } from './decide-call.ts';
import {
  maxMessageLength,
  maxPicturePixels,
  maxReasonLength,
  type PersonRef,
  type SessionEventBody,
} from './events.ts';
import { verdict, type Action } from './permissions.ts';
import { nextStatus, type StatusTrigger } from './status.ts';
import { isResponsible, type Person, type Subject } from './subject.ts';
import { isAssigned, liveCall, type VideoSession } from './video-session.ts';

export interface KnownDevice {
  id: string;
  name: string;
  organizationId: string;
  /** Employees who answer for the device. */
  responsible: PersonRef[];
}

/** What the relay knows around a session when it judges a command. */
export interface DecideContext {
  subject: Subject;
  nowMs: number;
  settings: OrganizationSettings;
  /** The device with this id, of any organization. */
  device(id: string): KnownDevice | undefined;
  /** The employee with this id in the subject's organization. */
  employee(id: string): PersonRef | undefined;
  /** Whether the ticket is the subject's organization's (and, for a code user, of the same device). */
  ticketKnown(id: TicketId): boolean;
}

export type Decision = Result<SessionEventBody[], ErrorCode>;

/**
 * Judges a command against the session as it stands. Pure: returns the events to append, or the reason why not.
 * The relay decides by this; the app uses it to show at once what will happen.
 */
export function decide(
  session: VideoSession | undefined,
  command: SessionCommand | RelayCommand,
  context: DecideContext,
): Decision {
  if (command.type === 'session.request' || command.type === 'session.create') {
    return session ? refuse('already-exists') : open(command, context);
  }
  if (!session) return refuse('not-found');
  if (isRelayCommand(command))
    return context.subject.kind === 'relay' ? decideForRelay(session, command, context) : refuse('forbidden');
  switch (command.type) {
    case 'session.confirm':
      return change(session, command, context, 'confirm', 'confirm', {
        type: 'session.confirmed',
        payload: {},
      });
    case 'session.withdraw':
      return withReason(session, command, context, 'withdraw', false);
    case 'session.decline':
      return withReason(session, command, context, 'decline', true);
    case 'session.cancel':
      return withReason(session, command, context, 'cancel', false);
    case 'session.close':
      return change(session, command, context, 'close', 'close', {
        type: 'session.closed',
        payload: { automatic: false },
      });
    case 'session.reopen':
      return change(session, command, context, 'reopen', 'reopen', { type: 'session.reopened', payload: {} });
    case 'session.set-visibility':
      return allowed(session, context, 'setVisibility', () => [
        { type: 'session.visibility-set', payload: { visibility: command.payload.visibility } },
      ]);
    case 'session.assign':
      return assign(session, command.payload.employeeId, context);
    case 'session.unassign':
      return unassign(session, command.payload.employeeId, context);
    case 'call.start':
    case 'call.answer':
    case 'call.reject':
    case 'call.link-up':
    case 'call.leave':
      return decideCall(session, command, context);
    case 'screenshot.take': {
      const { payload } = command;
      if (payload.width * payload.height > maxPicturePixels) return refuse('picture-too-large');
      if (session.screenshots.some((shot) => shot.screenshotId === payload.screenshotId))
        return refuse('already-exists');
      return allowed(session, context, 'takeScreenshot', () => [{ type: 'screenshot.taken', payload }]);
    }
    case 'chat.send': {
      const text = command.payload.text.trim();
      if (!text) return refuse('text-missing');
      if (text.length > maxMessageLength) return refuse('text-too-long');
      if (session.status === 'CLOSED' || session.status === 'CANCELLED')
        return refuseUnlessHidden(session, context, 'session-closed');
      return allowed(session, context, 'chat', () => [
        { type: 'chat.sent', payload: { messageId: command.payload.messageId, text } },
      ]);
    }
    default:
      return refuse((command satisfies never, 'unknown-command'));
  }
}

function isRelayCommand(command: SessionCommand | RelayCommand): command is RelayCommand {
  return command.type.startsWith('relay.');
}

function open(
  command: Extract<SessionCommand, { type: 'session.request' | 'session.create' }>,
  context: DecideContext,
): Decision {
  const { subject } = context;
  const { payload } = command;
  if (subject.kind === 'relay' || subject.kind === 'guest') return refuse('forbidden');
  // A code user's machine comes from the code, never from what the client says.
  const deviceId = subject.kind === 'codeUser' ? subject.deviceId : payload.deviceId;
  if (!deviceId) return refuse('device-missing');
  if (payload.deviceId && payload.deviceId !== deviceId) return refuse('not-found');
  const device = context.device(deviceId);
  if (!device || device.organizationId !== subject.organizationId || !mayOpenFor(subject, device))
    return refuse('not-found');
  const wrong = openingProblem(command, context);
  if (wrong) return refuse(wrong);
  const opened = {
    organizationId: subject.organizationId,
    device: { id: device.id as SessionDeviceId, name: device.name },
    reason: payload.reason.trim(),
    ticketIds: [...new Set(payload.ticketIds)],
    settings: freezeSettings(context.settings),
  };
  return ok([
    command.type === 'session.request'
      ? { type: 'session.requested', payload: { ...opened, receivedBy: device.responsible } }
      : { type: 'session.created', payload: { ...opened, direct: false } },
  ]);
}

type SessionDeviceId = VideoSession['device']['id'];

function mayOpenFor(subject: Person, device: KnownDevice): boolean {
  return subject.kind !== 'employee' || subject.role !== 'employee' || isResponsible(subject, device.id);
}

function openingProblem(
  command: Extract<SessionCommand, { type: 'session.request' | 'session.create' }>,
  context: DecideContext,
): ErrorCode | undefined {
  const { subject, settings } = context;
  if (command.type === 'session.request') {
    if (subject.kind !== 'codeUser') return 'forbidden';
    if (!settings.allowRequests) return 'requests-switched-off';
    if (!command.payload.reason.trim()) return 'reason-missing';
  } else if (subject.kind !== 'employee') {
    return 'forbidden';
  }
  if (command.payload.reason.trim().length > maxReasonLength) return 'reason-too-long';
  return command.payload.ticketIds.every((ticket) => context.ticketKnown(ticket))
    ? undefined
    : 'ticket-unknown';
}

/** A person decided on a picture of the session that somebody else has changed since. */
function isStale(session: VideoSession, command: SessionCommand, subject: Subject): boolean {
  const own = subject.kind !== 'relay' && session.statusActor.id === subject.id;
  return command.baseSeq < session.statusSeq && !own;
}

function change(
  session: VideoSession,
  command: SessionCommand,
  context: DecideContext,
  action: Action,
  trigger: StatusTrigger,
  event: SessionEventBody,
): Decision {
  const answer = verdict(context.subject, action, session);
  if (answer !== true) return refuse(answer);
  if (isStale(session, command, context.subject)) return refuse('stale');
  if (!nextStatus(session.status, trigger)) return refuse('illegal-transition');
  return ok([...(trigger === 'cancel' ? endOfLiveCall(session, 'cancelled') : []), event]);
}

function withReason(
  session: VideoSession,
  command: Extract<SessionCommand, { type: 'session.withdraw' | 'session.decline' | 'session.cancel' }>,
  context: DecideContext,
  trigger: 'withdraw' | 'decline' | 'cancel',
  required: boolean,
): Decision {
  const reason = command.payload.reason.trim();
  if (required && !reason) return refuseUnlessHidden(session, context, 'reason-missing');
  if (reason.length > maxReasonLength) return refuseUnlessHidden(session, context, 'reason-too-long');
  const type = (
    { withdraw: 'session.withdrawn', decline: 'session.declined', cancel: 'session.cancelled' } as const
  )[trigger];
  return change(session, command, context, trigger, trigger, { type, payload: { reason } });
}

/** A reason that would tell of a session the subject may not know of becomes 'not-found'. */
function refuseUnlessHidden(session: VideoSession, context: DecideContext, reason: ErrorCode): Decision {
  return refuse(verdict(context.subject, 'see', session) === true ? reason : 'not-found');
}

function allowed(
  session: VideoSession,
  context: DecideContext,
  action: Action,
  events: () => SessionEventBody[],
): Decision {
  const answer = verdict(context.subject, action, session);
  return answer === true ? ok(events()) : refuse(answer);
}

function assign(session: VideoSession, employeeId: string, context: DecideContext): Decision {
  return orRefuse(verdict(context.subject, 'assign', session), () => {
    const employee = context.employee(employeeId);
    if (!employee) return refuse('employee-unknown');
    if (isAssigned(session, employeeId)) return refuse('already-exists');
    return ok([
      { type: 'session.assigned', payload: { employee: { ...employee, id: employee.id as never } } },
    ]);
  });
}

function unassign(session: VideoSession, employeeId: string, context: DecideContext): Decision {
  return orRefuse(verdict(context.subject, 'assign', session), () => {
    if (!isAssigned(session, employeeId)) return refuse('employee-unknown');
    if (session.assigned.length === 1 && liveCall(session)) return refuse('last-employee');
    return ok([{ type: 'session.unassigned', payload: { employeeId: employeeId as never } }]);
  });
}

function orRefuse(answer: true | ErrorCode, then: () => Decision): Decision {
  return answer === true ? then() : refuse(answer);
}

function decideForRelay(session: VideoSession, command: RelayCommand, context: DecideContext): Decision {
  switch (command.type) {
    case 'relay.miss-call':
    case 'relay.lose-leg':
      return decideCall(session, command, context);
    case 'relay.close':
      if (!nextStatus(session.status, 'close')) return refuse('illegal-transition');
      if (session.closesAtMs === undefined || session.closesAtMs > context.nowMs) return refuse('stale');
      return ok([{ type: 'session.closed', payload: { automatic: true } }]);
    case 'relay.store-screenshot': {
      const shot = session.screenshots.find((one) => one.screenshotId === command.screenshotId);
      if (!shot) return refuse('item-unknown');
      if (shot.stored) return refuse('already-exists');
      return ok([{ type: 'screenshot.stored', payload: { screenshotId: shot.screenshotId } }]);
    }
  }
}
