import type { ErrorCode } from '../error-codes.ts';
import { allowsDirectCall, type OrganizationSettings } from '../organization/settings.ts';
import { ratingVerdict } from './rating.ts';
import type { SessionStatus } from './status.ts';
import { isModerator, isResponsible, type EmployeeSubject, type Subject } from './subject.ts';
import { isAssigned, liveCall, legOf, type VideoSession } from './video-session.ts';

/** Everything that a person can do to a session or in it. */
export const actions = [
  'see',
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
  'linkCustomer',
  'invite',
  'assign',
  'startCall',
  'answerCall',
  'leaveCall',
  'draw',
  'point',
  'freeze',
  'track',
  'mirror',
  'takeScreenshot',
  'editScreenshot',
  'armRecording',
  'consentRecording',
  'chat',
  'markRead',
  'readNotes',
  'addNote',
  'rate',
  'seeRating',
] as const;
export type Action = (typeof actions)[number];

/** In what part a person meets a session. */
export type SessionRole =
  'relay' | 'codeUser' | 'guest' | 'assigned' | 'responsible' | 'moderator' | 'otherEmployee' | 'stranger';

/** The one answer to 'what is this person to this session'. */
export function roleIn(subject: Subject, session: VideoSession): SessionRole {
  if (subject.kind === 'relay') return 'relay';
  if (subject.organizationId !== session.organizationId) return 'stranger';
  switch (subject.kind) {
    case 'codeUser':
      return subject.deviceId === session.device.id ? 'codeUser' : 'stranger';
    case 'guest':
      return subject.sessionId === session.id ? 'guest' : 'stranger';
    case 'employee':
      return employeeRole(subject, session);
  }
}

function employeeRole(subject: EmployeeSubject, session: VideoSession): SessionRole {
  if (isAssigned(session, subject.id)) return 'assigned';
  if (isModerator(subject)) return 'moderator';
  return isResponsible(subject, session.device.id) ? 'responsible' : 'otherEmployee';
}

/**
 * Whether a person may know of a session at all: the one function behind every route, socket, document, blob and
 * notification. What is not visible is answered 'not-found'.
 */
export function visible(subject: Subject, session: VideoSession): boolean {
  switch (roleIn(subject, session)) {
    case 'relay':
    case 'assigned':
    case 'moderator':
    case 'responsible':
      return true;
    case 'codeUser':
      return session.visibility === 'public';
    case 'guest':
      return session.visibility === 'public' && isLinkAlive(subject, session);
    case 'otherEmployee':
    case 'stranger':
      return false;
  }
}

/** Guest links die with the end of the session; reopening does not wake them, it takes new ones (C4, T18). */
function isLinkAlive(subject: Subject, session: VideoSession): boolean {
  if (subject.kind !== 'guest' || isEnd(session.status)) return false;
  const ended = session.history.filter((step) => isEnd(step.status)).at(-1);
  return (subject.linkSeq ?? 0) >= (ended?.seq ?? 0);
}

const isEnd = (status: SessionStatus): boolean => status === 'CLOSED' || status === 'CANCELLED';

type Verdict = true | ErrorCode;
type Rule = (subject: Subject, session: VideoSession) => Verdict;

const yes: Rule = () => true;
const never: Rule = () => 'forbidden';
const notAssigned: Rule = () => 'not-assigned';

/** In the call, as somebody who has not left it. */
const inCall: Rule = (subject, session) => {
  const call = liveCall(session);
  if (!call) return 'no-call';
  return subject.kind !== 'relay' && legOf(call, subject.id) ? true : 'no-call';
};

/** Also before the call, once it is confirmed that there will be one. */
const beforehand: Rule = (subject, session) =>
  session.status === 'CONFIRMED' ? true : inCall(subject, session);

const ownRequest: Rule = (subject, session) =>
  subject.kind === 'codeUser' && session.openedBy.id === subject.id ? true : 'forbidden';

const codeUserCancel: Rule = (subject, session) => {
  if (session.status === 'IN_PROGRESS') return 'forbidden';
  return session.settings.codeUserMayCancelConfirmed ? true : 'cancel-switched-off';
};

const codeUserStart: Rule = (_subject, session) =>
  session.settings.whoMayStart === 'both' ? true : 'start-reserved-for-employee';

const trackAsCodeUser: Rule = (subject, session) =>
  session.settings.codeUserMayTrack ? inCall(subject, session) : 'forbidden';

/** CLOSED freezes chat and marks; so does CANCELLED. */
const whileOpen: Rule = (_subject, session) => (isEnd(session.status) ? 'session-closed' : true);

const rate: Rule = (subject, session) =>
  subject.kind === 'codeUser' ? ratingVerdict(session, subject.id) : 'forbidden';

const guestEdit: Rule = (subject, session) =>
  session.settings.guestMayEdit ? whileOpen(subject, session) : 'forbidden';

type PersonRole = 'codeUser' | 'guest' | 'assigned' | 'responsible' | 'moderator';

/**
 * The permission table: a row for every action, a rule for every part. Statuses are not in here, they are the
 * transition table's; `decide` asks both.
 */
const permissions = {
  see: { codeUser: yes, guest: yes, assigned: yes, responsible: yes, moderator: yes },
  confirm: { codeUser: never, guest: never, assigned: yes, responsible: yes, moderator: notAssigned },
  withdraw: { codeUser: ownRequest, guest: never, assigned: never, responsible: never, moderator: never },
  decline: { codeUser: never, guest: never, assigned: yes, responsible: yes, moderator: notAssigned },
  cancel: { codeUser: codeUserCancel, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  end: { codeUser: never, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  close: { codeUser: never, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  reopen: { codeUser: never, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  setVisibility: { codeUser: never, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  setStatus: { codeUser: never, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  linkTicket: { codeUser: never, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  linkCustomer: { codeUser: never, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  invite: {
    codeUser: never,
    guest: never,
    assigned: whileOpen,
    responsible: notAssigned,
    moderator: whileOpen,
  },
  assign: { codeUser: never, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  startCall: {
    codeUser: codeUserStart,
    guest: never,
    assigned: yes,
    responsible: notAssigned,
    moderator: notAssigned,
  },
  answerCall: { codeUser: yes, guest: yes, assigned: yes, responsible: notAssigned, moderator: notAssigned },
  leaveCall: { codeUser: inCall, guest: inCall, assigned: inCall, responsible: inCall, moderator: inCall },
  draw: { codeUser: inCall, guest: inCall, assigned: inCall, responsible: never, moderator: never },
  point: { codeUser: inCall, guest: inCall, assigned: inCall, responsible: never, moderator: never },
  freeze: { codeUser: inCall, guest: inCall, assigned: inCall, responsible: never, moderator: never },
  track: { codeUser: trackAsCodeUser, guest: never, assigned: inCall, responsible: never, moderator: never },
  mirror: { codeUser: yes, guest: yes, assigned: yes, responsible: never, moderator: never },
  takeScreenshot: { codeUser: inCall, guest: never, assigned: inCall, responsible: never, moderator: never },
  editScreenshot: {
    codeUser: whileOpen,
    guest: guestEdit,
    assigned: whileOpen,
    responsible: never,
    moderator: never,
  },
  armRecording: { codeUser: never, guest: never, assigned: beforehand, responsible: never, moderator: never },
  consentRecording: {
    codeUser: inCall,
    guest: inCall,
    assigned: inCall,
    responsible: never,
    moderator: never,
  },
  chat: {
    codeUser: whileOpen,
    guest: whileOpen,
    assigned: whileOpen,
    responsible: notAssigned,
    moderator: notAssigned,
  },
  /** Receipts are of those who take part in the chat; what came before the end can be read after it. */
  markRead: { codeUser: yes, guest: yes, assigned: yes, responsible: notAssigned, moderator: notAssigned },
  readNotes: { codeUser: never, guest: never, assigned: yes, responsible: yes, moderator: yes },
  /** In every status: CLOSED freezes the rest, notes stay append-only (C16). */
  addNote: { codeUser: never, guest: never, assigned: yes, responsible: notAssigned, moderator: yes },
  rate: { codeUser: rate, guest: never, assigned: never, responsible: never, moderator: never },
  seeRating: { codeUser: never, guest: never, assigned: yes, responsible: yes, moderator: yes },
} as const satisfies Record<Action, Record<PersonRole, Rule>>;

/**
 * Whether `subject` may do `action` to `session`, by the permission table: true, or the reason. The relay itself
 * may do everything; whom the session is not visible to gets 'not-found'.
 */
export function verdict(subject: Subject, action: Action, session: VideoSession): Verdict {
  if (!visible(subject, session)) return 'not-found';
  const role = roleIn(subject, session);
  if (role === 'relay') return true;
  if (role === 'stranger' || role === 'otherEmployee') return 'not-found';
  const row: Record<PersonRole, Rule> = permissions[action];
  return row[role](subject, session);
}

/** Whether `subject` may do `action` to `session`. */
export function may(subject: Subject, action: Action, session: VideoSession): boolean {
  return verdict(subject, action, session) === true;
}

/** The ways in which a session comes to be. */
export const openings = ['request', 'create', 'callDirectly'] as const;
export type Opening = (typeof openings)[number];

type OpeningSettings = Pick<OrganizationSettings, 'allowRequests' | 'directCall' | 'whoMayStart'>;

const openingPermissions = {
  request: {
    codeUser: (settings) => (settings.allowRequests ? true : 'requests-switched-off'),
    guest: () => 'forbidden',
    employee: () => 'forbidden',
  },
  create: { codeUser: () => 'forbidden', guest: () => 'forbidden', employee: () => true },
  callDirectly: {
    codeUser: (settings) => (allowsDirectCall(settings) ? true : 'direct-call-switched-off'),
    guest: () => 'forbidden',
    employee: () => 'forbidden',
  },
} as const satisfies Record<
  Opening,
  Record<'codeUser' | 'guest' | 'employee', (settings: OpeningSettings) => Verdict>
>;

/** Whether `subject` may open a session in this way, by the settings as they stand: true, or the reason. */
export function openingVerdict(subject: Subject, opening: Opening, settings: OpeningSettings): Verdict {
  return subject.kind === 'relay' ? 'forbidden' : openingPermissions[opening][subject.kind](settings);
}
