import type { ErrorCode } from '../error-codes.ts';
import type { TicketId } from '../ids.ts';
import { freezeSettings, type OrganizationSettings } from '../organization/settings.ts';
import { ok, refuse, type Result } from '../result.ts';
import type { RelayCommand, SessionCommand } from './commands.ts';
import { decideCall, endOfLiveCall, removeFromCall } from './decide-call.ts';
import {
  maxMessageLength,
  maxPicturePixels,
  maxReasonLength,
  type PersonRef,
  type ScreenshotMeta,
  type SessionEventBody,
} from './events.ts';
import { verdict, visible, type Action } from './permissions.ts';
import { nextStatus, type StatusTrigger } from './status.ts';
import { isResponsible, type Actor, type Person, type Subject } from './subject.ts';
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
    if (session) return refuse(visible(context.subject, session) ? 'already-exists' : 'not-found');
    return open(command, context);
  }
  // Before anything else: a reason of its own would tell of a session that the subject may not know of.
  if (!session || !visible(context.subject, session)) return refuse('not-found');
  if (isRelayCommand(command))
    return context.subject.kind === 'relay' ? decideForRelay(session, command, context) : refuse('forbidden');
  // The relay has its own commands; it does not take part in a session as a person does.
  if (context.subject.kind === 'relay') return refuse('forbidden');
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
      return setVisibility(session, command, context);
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
    case 'screenshot.take':
      return takeScreenshot(session, command.payload, context.subject);
    case 'chat.send':
      return sendChat(session, command.payload, context.subject);
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

function isOwn(actor: Actor, subject: Subject): boolean {
  return subject.kind !== 'relay' && actor.kind === subject.kind && actor.id === subject.id;
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
  const answer = verdict(context.subject, trigger, session);
  if (answer !== true) return refuse(answer);
  if (required && !reason) return refuse('reason-missing');
  if (reason.length > maxReasonLength) return refuse('reason-too-long');
  const type = (
    { withdraw: 'session.withdrawn', decline: 'session.declined', cancel: 'session.cancelled' } as const
  )[trigger];
  return change(session, command, context, trigger, trigger, { type, payload: { reason } });
}

function setVisibility(
  session: VideoSession,
  command: Extract<SessionCommand, { type: 'session.set-visibility' }>,
  context: DecideContext,
): Decision {
  return orRefuse(verdict(context.subject, 'setVisibility', session), () => {
    const { visibility } = command.payload;
    const last = session.visibilitySet;
    // Of two at the same time 'internal' stands, in whichever order they come.
    const unseen = last && last.seq > command.baseSeq && !isOwn(last.actor, context.subject);
    if (visibility === 'public' && session.visibility === 'internal' && unseen) return refuse('stale');
    const set: SessionEventBody = { type: 'session.visibility-set', payload: { visibility } };
    return ok(visibility === 'internal' ? [...endForOutsiders(session), set] : [set]);
  });
}

/** Whom the session is hidden from leaves its call; a call that rings has nobody left on one of its sides. */
function endForOutsiders(session: VideoSession): SessionEventBody[] {
  return liveCall(session)?.state === 'ringing'
    ? endOfLiveCall(session, 'withdrawn')
    : removeFromCall(session, (leg) => leg.kind !== 'employee');
}

function takeScreenshot(session: VideoSession, meta: ScreenshotMeta, subject: Subject): Decision {
  const answer = verdict(subject, 'takeScreenshot', session);
  if (answer !== true && !(answer === 'no-call' && tookPart(session, meta, subject))) return refuse(answer);
  if (meta.callId && !session.calls.some((call) => call.id === meta.callId)) return refuse('no-call');
  if (meta.width * meta.height > maxPicturePixels) return refuse('picture-too-large');
  if (session.screenshots.some((shot) => shot.screenshotId === meta.screenshotId))
    return refuse('already-exists');
  return ok([{ type: 'screenshot.taken', payload: meta }]);
}

/** A picture taken in a call that ended before the relay heard of the picture is not lost by that. */
function tookPart(session: VideoSession, meta: ScreenshotMeta, subject: Subject): boolean {
  if (session.status === 'CLOSED' || subject.kind === 'relay') return false;
  const call = session.calls.find((one) => one.id === meta.callId);
  return call?.legs.some((leg) => leg.participantId === subject.id) ?? false;
}

function sendChat(
  session: VideoSession,
  payload: Extract<SessionCommand, { type: 'chat.send' }>['payload'],
  subject: Subject,
): Decision {
  return orRefuse(verdict(subject, 'chat', session), () => {
    const text = payload.text.trim();
    if (!text) return refuse('text-missing');
    if (text.length > maxMessageLength) return refuse('text-too-long');
    if (session.chat.some((message) => message.messageId === payload.messageId))
      return refuse('already-exists');
    return ok([{ type: 'chat.sent', payload: { messageId: payload.messageId, text } }]);
  });
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
    return ok([
      ...removeFromCall(session, (leg) => leg.participantId === employeeId),
      { type: 'session.unassigned', payload: { employeeId: employeeId as never } },
    ]);
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
