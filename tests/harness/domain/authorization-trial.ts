/** How the authorization table is put to the test, in the domain or over a relay's protocol. Not part of the product. */
import type {
  CallId,
  CustomerId,
  DeviceId,
  EmployeeId,
  Id,
  MessageId,
  NoteId,
  ScreenshotId,
  TicketId,
} from '#domain/ids.ts';
import type { OrganizationSettings } from '#domain/organization/settings.ts';
import type { AuthorizationSubject, SiblingCommand } from './authorization-table.ts';
import type { SessionCommandBody, SessionCommandType } from '#domain/session/commands.ts';
import type { Action, Opening } from '#domain/session/permissions.ts';
import type { SessionStatus } from '#domain/session/status.ts';
import type { Visibility } from '#domain/session/video-session.ts';

/** Settings under which the table stands: the defaults, and room for one more in the call. */
export const authorizationSettings: Partial<OrganizationSettings> = { maxParticipants: 4 };

/** The names of things around one session. Fresh ids for every session: those of calls and items count once. */
export interface AuthorizationWorld {
  deviceId: DeviceId;
  callId: CallId;
  messageId: MessageId;
  /** In the call beside the code user and the assigned employee. */
  helperId: EmployeeId;
  assignedId: EmployeeId;
  /** Whom the attempt to assign is about: assigned to nothing yet. */
  candidateId: EmployeeId;
  /** A ticket of the machine that is not linked yet. */
  ticketId: TicketId;
  customerId: CustomerId;
  newId<T extends Id<string>>(): T;
}

export interface AuthorizationStep {
  by: AuthorizationSubject | 'helper';
  body: SessionCommandBody;
}

/**
 * What is done to bring a session to a status and visibility, each step on the newest state. While IN_PROGRESS the
 * code user (until it becomes internal), the assigned employee and the helper are in the call. CANCELLED has had none.
 */
export function stepsTo(
  status: SessionStatus,
  visibility: Visibility,
  world: AuthorizationWorld,
): AuthorizationStep[] {
  const { callId, messageId, deviceId } = world;
  const step = (by: AuthorizationStep['by'], body: SessionCommandBody): AuthorizationStep => ({ by, body });
  const assign = (employeeId: EmployeeId): AuthorizationStep =>
    step('moderator', { type: 'session.assign', payload: { employeeId } });
  const requested = [
    step('codeUser', { type: 'session.request', payload: { deviceId, reason: 'It leaks', ticketIds: [] } }),
    step('codeUser', { type: 'chat.send', payload: { messageId, text: 'Good morning' } }),
    assign(world.assignedId),
    assign(world.helperId),
  ];
  const confirmed = [...requested, step('assigned', { type: 'session.confirm', payload: {} })];
  const running = [
    ...confirmed,
    step('assigned', { type: 'call.start', payload: { callId, mode: 'voice' } }),
    step('codeUser', { type: 'call.answer', payload: { callId, mode: 'video' } }),
    step('assigned', { type: 'call.link-up', payload: { callId } }),
    step('helper', { type: 'call.answer', payload: { callId, mode: 'voice' } }),
  ];
  const done = [...running, step('assigned', { type: 'call.end-session', payload: {} })];
  const ways: Record<SessionStatus, AuthorizationStep[]> = {
    REQUESTED: requested,
    CONFIRMED: confirmed,
    IN_PROGRESS: running,
    DONE: done,
    CLOSED: [...done, step('assigned', { type: 'session.close', payload: {} })],
    CANCELLED: [...confirmed, step('assigned', { type: 'session.cancel', payload: { reason: 'No' } })],
  };
  return visibility === 'public'
    ? ways[status]
    : [...ways[status], step('moderator', { type: 'session.set-visibility', payload: { visibility } })];
}

/** Where a legal change by hand leads to, from each status. */
const byHand: Record<SessionStatus, SessionStatus> = {
  REQUESTED: 'CONFIRMED',
  CONFIRMED: 'CANCELLED',
  IN_PROGRESS: 'DONE',
  DONE: 'CLOSED',
  CLOSED: 'CONFIRMED',
  CANCELLED: 'CONFIRMED',
};

/**
 * The command by which the action is tried in a session of this state, well made whoever sends it. Undefined for
 * actions that are no command: seeing (a route, a frame), drawing (a document, a datagram), recording, inviting.
 */
export function attempt(
  action: Action,
  status: SessionStatus,
  visibility: Visibility,
  world: AuthorizationWorld,
): SessionCommandBody | undefined {
  const { callId, newId } = world;
  switch (action) {
    case 'confirm':
      return { type: 'session.confirm', payload: {} };
    case 'withdraw':
      return { type: 'session.withdraw', payload: { reason: '' } };
    case 'decline':
      return { type: 'session.decline', payload: { reason: 'No' } };
    case 'cancel':
      return { type: 'session.cancel', payload: { reason: '' } };
    case 'end':
      return { type: 'call.end-session', payload: {} };
    case 'close':
      return { type: 'session.close', payload: {} };
    case 'reopen':
      return { type: 'session.reopen', payload: {} };
    case 'setStatus':
      return { type: 'session.set-status', payload: { status: byHand[status], reason: '' } };
    case 'setVisibility':
      return {
        type: 'session.set-visibility',
        payload: { visibility: visibility === 'public' ? 'internal' : 'public' },
      };
    case 'linkTicket':
      return { type: 'session.link-ticket', payload: { ticketId: world.ticketId } };
    case 'linkCustomer':
      return { type: 'session.link-customer', payload: { customerId: world.customerId } };
    case 'assign':
      return { type: 'session.assign', payload: { employeeId: world.candidateId } };
    case 'startCall':
      return { type: 'call.start', payload: { callId: newId<CallId>(), mode: 'video' } };
    case 'answerCall':
      return { type: 'call.answer', payload: { callId, mode: 'voice' } };
    case 'leaveCall':
      return { type: 'call.leave', payload: { callId } };
    case 'takeScreenshot':
      return {
        type: 'screenshot.take',
        payload: {
          screenshotId: newId<ScreenshotId>(),
          callId,
          bytes: 1000,
          sha256: 'a'.repeat(64),
          mediaType: 'image/jpeg',
          width: 640,
          height: 480,
        },
      };
    case 'chat':
      return { type: 'chat.send', payload: { messageId: newId<MessageId>(), text: 'Hello' } };
    case 'markRead':
      return { type: 'chat.mark-read', payload: { messageId: world.messageId } };
    case 'addNote':
      return { type: 'note.add', payload: { noteId: newId<NoteId>(), text: 'Noted' } };
    case 'rate':
      return { type: 'rating.give', payload: { callId, score: 5, comment: '' } };
    case 'see':
    case 'invite':
    case 'draw':
    case 'point':
    case 'freeze':
    case 'track':
    case 'mirror':
    case 'editScreenshot':
    case 'armRecording':
    case 'consentRecording':
    case 'readNotes':
    case 'seeRating':
      return undefined;
  }
}

/** Where each command is tried: a command that is in no line of the tables does not compile. */
export const triedAs: Record<SessionCommandType, Action | Opening | SiblingCommand> = {
  'session.request': 'request',
  'session.create': 'create',
  'session.call-directly': 'callDirectly',
  'session.confirm': 'confirm',
  'session.withdraw': 'withdraw',
  'session.decline': 'decline',
  'session.cancel': 'cancel',
  'session.close': 'close',
  'session.reopen': 'reopen',
  'session.set-status': 'setStatus',
  'session.set-visibility': 'setVisibility',
  'session.assign': 'assign',
  'session.unassign': 'session.unassign',
  'session.link-ticket': 'linkTicket',
  'session.unlink-ticket': 'session.unlink-ticket',
  'session.link-customer': 'linkCustomer',
  'session.unlink-customer': 'session.unlink-customer',
  'call.start': 'startCall',
  'call.answer': 'answerCall',
  'call.reject': 'call.reject',
  'call.link-up': 'call.link-up',
  'call.leave': 'leaveCall',
  'call.end-session': 'end',
  'screenshot.take': 'takeScreenshot',
  'chat.send': 'chat',
  'chat.mark-delivered': 'chat.mark-delivered',
  'chat.mark-read': 'markRead',
  'note.add': 'addNote',
  'rating.give': 'rate',
  'rating.skip': 'rating.skip',
};

/** The command of a line of the sibling table, well made whoever sends it. */
export function attemptSibling(sibling: SiblingCommand, world: AuthorizationWorld): SessionCommandBody {
  const { callId, messageId, ticketId } = world;
  switch (sibling) {
    case 'session.unassign':
      return { type: sibling, payload: { employeeId: world.helperId } };
    case 'session.unlink-ticket':
      return { type: sibling, payload: { ticketId } };
    case 'session.unlink-customer':
      return { type: sibling, payload: {} };
    case 'call.reject':
    case 'call.link-up':
    case 'rating.skip':
      return { type: sibling, payload: { callId } };
    case 'chat.mark-delivered':
      return { type: sibling, payload: { messageId } };
  }
}

/** The command by which a session is opened for the machine, well made whoever sends it. */
export function attemptOpening(opening: Opening, world: AuthorizationWorld): SessionCommandBody {
  const payload = { deviceId: world.deviceId, reason: 'It leaks', ticketIds: [] };
  switch (opening) {
    case 'request':
      return { type: 'session.request', payload };
    case 'create':
      return { type: 'session.create', payload };
    case 'callDirectly':
      return {
        type: 'session.call-directly',
        payload: { ...payload, callId: world.newId<CallId>(), mode: 'video' },
      };
  }
}
