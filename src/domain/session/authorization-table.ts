/**
 * Who may do what, wholly written out: 10 subjects × every action × 6 statuses × 2 visibilities, from the rules and not
 * from the code. Tests of the domain and of the running relay go through the same table. Not part of the product.
 */
import type { ErrorCode } from '../error-codes.ts';
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
} from '../ids.ts';
import type { OrganizationSettings } from '../organization/settings.ts';
import type { SessionCommandBody } from './commands.ts';
import { actions, type Action, type Opening } from './permissions.ts';
import { sessionStatuses, type SessionStatus } from './status.ts';
import type { Visibility } from './video-session.ts';

export const authorizationSubjects = [
  /** Opened the session, and is in its call. */
  'codeUser',
  /** Came in by the same machine's code, in another browser. */
  'otherCodeUser',
  /** Of another machine of the organization. */
  'foreignCodeUser',
  /** Holds the session's guest link. */
  'guest',
  'assigned',
  /** Answers for the machine, not assigned. */
  'responsible',
  /** Answers for other machines only. */
  'otherEmployee',
  'moderator',
  'administrator',
  /** An administrator of another organization. */
  'otherOrganization',
] as const;
export type AuthorizationSubject = (typeof authorizationSubjects)[number];

export const visibilities = ['public', 'internal'] as const satisfies readonly Visibility[];

/** What the letters of the table say: done, or refused with this reason. */
const letters: Record<string, true | ErrorCode> = {
  '+': true,
  '-': 'forbidden',
  '.': 'not-found',
  a: 'not-assigned',
  i: 'illegal-transition',
  c: 'session-closed',
  n: 'no-call',
  o: 'call-over',
  r: 'call-running',
  t: 'already-answered',
  d: 'not-completed',
};

/**
 * First line public, second internal. A group for every subject in the order above, in it a letter for every status:
 * REQUESTED CONFIRMED IN_PROGRESS DONE CLOSED CANCELLED. How a session gets there: `stepsTo`. What is tried: `attempt`.
 */
export const authorizationTable: Record<Action, readonly [string, string]> = {
  // codeUser      foreign       assigned      otherEmpl.    administrator
  //        otherCodeUser guest         responsible   moderator     otherOrganization
  see: [
    '++++++ ++++++ ...... ++++.. ++++++ ++++++ ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ ++++++ ...... ++++++ ++++++ ......',
  ],
  confirm: [
    '------ ------ ...... ----.. +iiiii +iiiii ...... aaaaaa aaaaaa ......',
    '...... ...... ...... ...... +iiiii +iiiii ...... aaaaaa aaaaaa ......',
  ],
  withdraw: [
    '+iiiii ------ ...... ----.. ------ ------ ...... ------ ------ ......',
    '...... ...... ...... ...... ------ ------ ...... ------ ------ ......',
  ],
  decline: [
    '------ ------ ...... ----.. +iiiii +iiiii ...... aaaaaa aaaaaa ......',
    '...... ...... ...... ...... +iiiii +iiiii ...... aaaaaa aaaaaa ......',
  ],
  cancel: [
    'i+-iii i+-iii ...... ----.. i++iii aaaaaa ...... i++iii i++iii ......',
    '...... ...... ...... ...... i++iii aaaaaa ...... i++iii i++iii ......',
  ],
  end: [
    '------ ------ ...... ----.. ii+iii aaaaaa ...... ii+iii ii+iii ......',
    '...... ...... ...... ...... ii+iii aaaaaa ...... ii+iii ii+iii ......',
  ],
  close: [
    '------ ------ ...... ----.. iii+ii aaaaaa ...... iii+ii iii+ii ......',
    '...... ...... ...... ...... iii+ii aaaaaa ...... iii+ii iii+ii ......',
  ],
  reopen: [
    '------ ------ ...... ----.. iii+++ aaaaaa ...... iii+++ iii+++ ......',
    '...... ...... ...... ...... iii+++ aaaaaa ...... iii+++ iii+++ ......',
  ],
  setStatus: [
    '------ ------ ...... ----.. ++++++ aaaaaa ...... a+++++ a+++++ ......',
    '...... ...... ...... ...... ++++++ aaaaaa ...... a+++++ a+++++ ......',
  ],
  setVisibility: [
    '------ ------ ...... ----.. ++++++ aaaaaa ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ aaaaaa ...... ++++++ ++++++ ......',
  ],
  linkTicket: [
    '------ ------ ...... ----.. ++++++ aaaaaa ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ aaaaaa ...... ++++++ ++++++ ......',
  ],
  linkCustomer: [
    '------ ------ ...... ----.. ++++++ aaaaaa ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ aaaaaa ...... ++++++ ++++++ ......',
  ],
  invite: [
    '------ ------ ...... ----.. ++++cc aaaaaa ...... ++++cc ++++cc ......',
    '...... ...... ...... ...... ++++cc aaaaaa ...... ++++cc ++++cc ......',
  ],
  assign: [
    '------ ------ ...... ----.. ++++++ aaaaaa ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ aaaaaa ...... ++++++ ++++++ ......',
  ],
  startCall: [
    'i+rccc i+rccc ...... ----.. i+rccc aaaaaa ...... aaaaaa aaaaaa ......',
    '...... ...... ...... ...... i+rccc aaaaaa ...... aaaaaa aaaaaa ......',
  ],
  answerCall: [
    'nntoon nntoon ...... nn+o.. nntoon nnaoon ...... nnaoon nnaoon ......',
    '...... ...... ...... ...... nntoon nnaoon ...... nnaoon nnaoon ......',
  ],
  leaveCall: [
    'nn+oon nnnoon ...... nnno.. nn+oon nnnoon ...... nnnoon nnnoon ......',
    '...... ...... ...... ...... nn+oon nnnoon ...... nnnoon nnnoon ......',
  ],
  draw: [
    'nn+nnn nnnnnn ...... nnnn.. nn+nnn ------ ...... ------ ------ ......',
    '...... ...... ...... ...... nn+nnn ------ ...... ------ ------ ......',
  ],
  point: [
    'nn+nnn nnnnnn ...... nnnn.. nn+nnn ------ ...... ------ ------ ......',
    '...... ...... ...... ...... nn+nnn ------ ...... ------ ------ ......',
  ],
  freeze: [
    'nn+nnn nnnnnn ...... nnnn.. nn+nnn ------ ...... ------ ------ ......',
    '...... ...... ...... ...... nn+nnn ------ ...... ------ ------ ......',
  ],
  track: [
    '------ ------ ...... ----.. nn+nnn ------ ...... ------ ------ ......',
    '...... ...... ...... ...... nn+nnn ------ ...... ------ ------ ......',
  ],
  mirror: [
    '++++++ ++++++ ...... ++++.. ++++++ ------ ...... ------ ------ ......',
    '...... ...... ...... ...... ++++++ ------ ...... ------ ------ ......',
  ],
  takeScreenshot: [
    'nn++nn nnnnnn ...... ----.. nn++nn ------ ...... ------ ------ ......',
    '...... ...... ...... ...... nn++nn ------ ...... ------ ------ ......',
  ],
  editScreenshot: [
    '++++cc ++++cc ...... ++++.. ++++cc ------ ...... ------ ------ ......',
    '...... ...... ...... ...... ++++cc ------ ...... ------ ------ ......',
  ],
  armRecording: [
    '------ ------ ...... ----.. nn+nnn ------ ...... ------ ------ ......',
    '...... ...... ...... ...... nn+nnn ------ ...... ------ ------ ......',
  ],
  consentRecording: [
    'nn+nnn nnnnnn ...... nnnn.. nn+nnn ------ ...... ------ ------ ......',
    '...... ...... ...... ...... nn+nnn ------ ...... ------ ------ ......',
  ],
  chat: [
    '++++cc ++++cc ...... ++++.. ++++cc aaaaaa ...... aaaaaa aaaaaa ......',
    '...... ...... ...... ...... ++++cc aaaaaa ...... aaaaaa aaaaaa ......',
  ],
  markRead: [
    '++++++ ++++++ ...... ++++.. ++++++ aaaaaa ...... aaaaaa aaaaaa ......',
    '...... ...... ...... ...... ++++++ aaaaaa ...... aaaaaa aaaaaa ......',
  ],
  readNotes: [
    '------ ------ ...... ----.. ++++++ ++++++ ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ ++++++ ...... ++++++ ++++++ ......',
  ],
  addNote: [
    '------ ------ ...... ----.. ++++++ aaaaaa ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ aaaaaa ...... ++++++ ++++++ ......',
  ],
  rate: [
    'ddd++d ddd--d ...... ----.. ------ ------ ...... ------ ------ ......',
    '...... ...... ...... ...... ------ ------ ...... ------ ------ ......',
  ],
  seeRating: [
    '------ ------ ...... ----.. ++++++ ++++++ ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ ++++++ ...... ++++++ ++++++ ......',
  ],
};

/** Opening a session for the machine, with settings as they are by default and with direct calls on. */
export const openingTable: Record<Opening, readonly [byDefault: string, directCallOn: string]> = {
  request: ['++.---.--.', '++.---.--.'],
  create: ['--.-++.++.', '--.-++.++.'],
  callDirectly: ['ss.---.--.', '++.---.--.'],
};

/** What the rules say for one field of the table: true, or the reason of the refusal. */
export function expectedOutcome(
  action: Action,
  subject: AuthorizationSubject,
  status: SessionStatus,
  visibility: Visibility,
): true | ErrorCode {
  const line = authorizationTable[action][visibilities.indexOf(visibility)];
  const group = line?.split(' ')[authorizationSubjects.indexOf(subject)];
  return outcomeOf(group?.[sessionStatuses.indexOf(status)], `${action} ${subject} ${status} ${visibility}`);
}

export function expectedOpening(
  opening: Opening,
  subject: AuthorizationSubject,
  directCall: boolean,
): true | ErrorCode {
  const letter = openingTable[opening][directCall ? 1 : 0][authorizationSubjects.indexOf(subject)];
  return letter === 's' ? 'direct-call-switched-off' : outcomeOf(letter, `${opening} ${subject}`);
}

function outcomeOf(letter: string | undefined, field: string): true | ErrorCode {
  const outcome = letter === undefined ? undefined : letters[letter];
  if (outcome === undefined) throw new Error(`no entry for ${field}`);
  return outcome;
}

export interface AuthorizationCase {
  action: Action;
  subject: AuthorizationSubject;
  status: SessionStatus;
  visibility: Visibility;
  expected: true | ErrorCode;
}

/** Every field of the table, those of one session state together. */
export function authorizationCases(): AuthorizationCase[] {
  return visibilities.flatMap((visibility) =>
    sessionStatuses.flatMap((status) =>
      actions.flatMap((action) =>
        authorizationSubjects.map((subject) => {
          const expected = expectedOutcome(action, subject, status, visibility);
          return { action, subject, status, visibility, expected };
        }),
      ),
    ),
  );
}

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
