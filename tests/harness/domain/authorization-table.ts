/**
 * Who may do what, wholly written out: 10 subjects × every action × 6 statuses × 2 visibilities, from the rules and not
 * from the code. Tests of the domain and of the running relay go through the same table. Not part of the product.
 */
import type { ErrorCode } from '#domain/error-codes.ts';
import type { SessionCommandType } from '#domain/session/commands.ts';
import { actions, type Action, type Opening } from '#domain/session/permissions.ts';
import { sessionStatuses, type SessionStatus } from '#domain/session/status.ts';
import type { Visibility } from '#domain/session/video-session.ts';

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
  k: 'ticket-unknown',
  u: 'customer-unknown',
};

/** A line for public sessions and one for internal ones. */
export type AuthorizationLines = readonly [string, string];

/**
 * First line public, second internal. A group for every subject in the order above, in it a letter for every status:
 * REQUESTED CONFIRMED IN_PROGRESS DONE CLOSED CANCELLED. How a session gets there, and
 * what is tried: authorization-trial.ts.
 */
export const authorizationTable: Record<Action, AuthorizationLines> = {
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
    '------ ------ ...... ----.. n++nnn ------ ...... ------ ------ ......',
    '...... ...... ...... ...... n++nnn ------ ...... ------ ------ ......',
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

/**
 * Commands beside those by which the actions are tried: who takes back, says no, reports. Nothing is linked, and
 * nothing rings, in the sessions that they are tried in.
 */
export const siblingTable = {
  'session.unassign': [
    '------ ------ ...... ----.. ++++++ aaaaaa ...... ++++++ ++++++ ......',
    '...... ...... ...... ...... ++++++ aaaaaa ...... ++++++ ++++++ ......',
  ],
  'session.unlink-ticket': [
    '------ ------ ...... ----.. kkkkkk aaaaaa ...... kkkkkk kkkkkk ......',
    '...... ...... ...... ...... kkkkkk aaaaaa ...... kkkkkk kkkkkk ......',
  ],
  'session.unlink-customer': [
    '------ ------ ...... ----.. uuuuuu aaaaaa ...... uuuuuu uuuuuu ......',
    '...... ...... ...... ...... uuuuuu aaaaaa ...... uuuuuu uuuuuu ......',
  ],
  'call.reject': [
    'nntoon nntoon ...... nn-o.. nntoon nnaoon ...... nnaoon nnaoon ......',
    '...... ...... ...... ...... nntoon nnaoon ...... nnaoon nnaoon ......',
  ],
  'call.link-up': [
    'nn+oon nnnoon ...... nnno.. nn+oon nnnoon ...... nnnoon nnnoon ......',
    '...... ...... ...... ...... nn+oon nnnoon ...... nnnoon nnnoon ......',
  ],
  'chat.mark-delivered': [
    '++++++ ++++++ ...... ++++.. ++++++ aaaaaa ...... aaaaaa aaaaaa ......',
    '...... ...... ...... ...... ++++++ aaaaaa ...... aaaaaa aaaaaa ......',
  ],
  'rating.skip': [
    'ddd++d ddd--d ...... ----.. ------ ------ ...... ------ ------ ......',
    '...... ...... ...... ...... ------ ------ ...... ------ ------ ......',
  ],
} as const satisfies Partial<Record<SessionCommandType, AuthorizationLines>>;
export type SiblingCommand = keyof typeof siblingTable;

/** Opening a session for the machine, with settings as they are by default and with direct calls on. */
const openingTable: Record<Opening, readonly [byDefault: string, directCallOn: string]> = {
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
  return expectedIn(authorizationTable[action], subject, status, visibility);
}

/** One field of lines in the form of the table. */
export function expectedIn(
  lines: AuthorizationLines,
  subject: AuthorizationSubject,
  status: SessionStatus,
  visibility: Visibility,
): true | ErrorCode {
  const group = lines[visibilities.indexOf(visibility)]?.split(' ')[authorizationSubjects.indexOf(subject)];
  return outcomeOf(
    group?.[sessionStatuses.indexOf(status)],
    `${subject} ${status} ${visibility} of ${lines[0]}`,
  );
}

/** What a letter stands for; throws for one that stands for nothing. */
export function outcomeOf(letter: string | undefined, field: string): true | ErrorCode {
  const outcome = letter === undefined ? undefined : letters[letter];
  if (outcome === undefined) throw new Error(`no entry for ${field}`);
  return outcome;
}

export function expectedOpening(
  opening: Opening,
  subject: AuthorizationSubject,
  directCall: boolean,
): true | ErrorCode {
  const letter = openingTable[opening][directCall ? 1 : 0][authorizationSubjects.indexOf(subject)];
  return letter === 's' ? 'direct-call-switched-off' : outcomeOf(letter, `${opening} ${subject}`);
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
