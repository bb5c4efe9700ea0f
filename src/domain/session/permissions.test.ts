import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../error-codes.ts';
import type { OrganizationSettings } from '../organization/settings.ts';
import { actions, may, roleIn, verdict, visible, type Action } from './permissions.ts';
import { sessionStatuses, type SessionStatus } from './status.ts';
import { Log, people, relay, say, sessionIn, strangers, type Part } from '#harness/domain/sessions.ts';

const letters: Record<string, true | ErrorCode> = {
  y: true,
  n: 'forbidden',
  h: 'not-found',
  a: 'not-assigned',
  c: 'no-call',
  x: 'session-closed',
  d: 'not-completed',
};

// One letter per status: REQUESTED CONFIRMED IN_PROGRESS DONE CLOSED CANCELLED. While IN_PROGRESS the opener and the
// assigned employee are in the call, nobody else. A guest's link is dead in CLOSED and CANCELLED.
const columns = ['opener', 'tablet', 'guest', 'assigned', 'responsible', 'moderator'] as const;
const table: Record<Action, string> = {
  //               opener tablet guest  assigned responsible moderator
  see: /*         */ 'yyyyyy yyyyyy yyyyhh yyyyyy yyyyyy yyyyyy',
  confirm: /*     */ 'nnnnnn nnnnnn nnnnhh yyyyyy yyyyyy aaaaaa',
  withdraw: /*    */ 'yyyyyy nnnnnn nnnnhh nnnnnn nnnnnn nnnnnn',
  decline: /*     */ 'nnnnnn nnnnnn nnnnhh yyyyyy yyyyyy aaaaaa',
  cancel: /*      */ 'yynyyy yynyyy nnnnhh yyyyyy aaaaaa yyyyyy',
  end: /*         */ 'nnnnnn nnnnnn nnnnhh yyyyyy aaaaaa yyyyyy',
  close: /*       */ 'nnnnnn nnnnnn nnnnhh yyyyyy aaaaaa yyyyyy',
  reopen: /*      */ 'nnnnnn nnnnnn nnnnhh yyyyyy aaaaaa yyyyyy',
  setStatus: /*   */ 'nnnnnn nnnnnn nnnnhh yyyyyy aaaaaa yyyyyy',
  linkTicket: /*  */ 'nnnnnn nnnnnn nnnnhh yyyyyy aaaaaa yyyyyy',
  linkCustomer: /**/ 'nnnnnn nnnnnn nnnnhh yyyyyy aaaaaa yyyyyy',
  invite: /*      */ 'nnnnnn nnnnnn nnnnhh yyyyxx aaaaaa yyyyxx',
  setVisibility: /**/ 'nnnnnn nnnnnn nnnnhh yyyyyy aaaaaa yyyyyy',
  assign: /*      */ 'nnnnnn nnnnnn nnnnhh yyyyyy aaaaaa yyyyyy',
  startCall: /*   */ 'yyyyyy yyyyyy nnnnhh yyyyyy aaaaaa aaaaaa',
  answerCall: /*  */ 'yyyyyy yyyyyy yyyyhh yyyyyy aaaaaa aaaaaa',
  leaveCall: /*   */ 'ccyccc cccccc cccchh ccyccc cccccc cccccc',
  draw: /*        */ 'ccyccc cccccc cccchh ccyccc nnnnnn nnnnnn',
  point: /*       */ 'ccyccc cccccc cccchh ccyccc nnnnnn nnnnnn',
  freeze: /*      */ 'ccyccc cccccc cccchh ccyccc nnnnnn nnnnnn',
  track: /*       */ 'nnnnnn nnnnnn nnnnhh ccyccc nnnnnn nnnnnn',
  mirror: /*      */ 'yyyyyy yyyyyy yyyyhh yyyyyy nnnnnn nnnnnn',
  takeScreenshot: /**/ 'ccyccc cccccc nnnnhh ccyccc nnnnnn nnnnnn',
  editScreenshot: /**/ 'yyyyxx yyyyxx yyyyhh yyyyxx nnnnnn nnnnnn',
  armRecording: /**/ 'nnnnnn nnnnnn nnnnhh cyyccc nnnnnn nnnnnn',
  consentRecording: 'ccyccc cccccc cccchh ccyccc nnnnnn nnnnnn',
  chat: /*        */ 'yyyyxx yyyyxx yyyyhh yyyyxx aaaaaa aaaaaa',
  markRead: /*    */ 'yyyyyy yyyyyy yyyyhh yyyyyy aaaaaa aaaaaa',
  readNotes: /*   */ 'nnnnnn nnnnnn nnnnhh yyyyyy yyyyyy yyyyyy',
  addNote: /*     */ 'nnnnnn nnnnnn nnnnhh yyyyyy aaaaaa yyyyyy',
  // Whoever was in the completed call; DONE and CLOSED, which here means: not while it was reopened or cancelled.
  rate: /*        */ 'dddyyd dddnnd nnnnhh nnnnnn nnnnnn nnnnnn',
  seeRating: /*   */ 'nnnnnn nnnnnn nnnnhh yyyyyy yyyyyy yyyyyy',
};

function expected(action: Action, part: Exclude<Part, 'administrator'>, status: SessionStatus) {
  const letter = table[action].split(' ')[columns.indexOf(part)]?.[sessionStatuses.indexOf(status)] ?? '?';
  const answer = letters[letter];
  if (answer === undefined) throw new Error(`no entry for ${action} ${part} ${status}`);
  return answer;
}

const inStatus = (status: SessionStatus, visibility: 'public' | 'internal') => ({
  ...sessionIn(status).current,
  visibility,
});

describe('F18 T8 T11 every action × role × status × visibility', () => {
  test('the table has every action', () => {
    expect(Object.keys(table).sort()).toEqual([...actions].sort());
  });

  for (const action of actions)
    for (const part of columns)
      test(`F18 ${action} by ${part}`, () => {
        for (const status of sessionStatuses) {
          const answer = expected(action, part, status);
          const open = inStatus(status, 'public');
          expect([status, verdict(people[part], action, open)]).toEqual([status, answer]);
          expect(may(people[part], action, open)).toBe(answer === true);
          // Internal changes nothing for employees, and hides everything from the others.
          const outside = part === 'opener' || part === 'tablet' || part === 'guest';
          const internal = inStatus(status, 'internal');
          expect([status, verdict(people[part], action, internal)]).toEqual([
            status,
            outside ? 'not-found' : answer,
          ]);
        }
      });

  test('F18 an administrator may what a moderator may', () => {
    for (const action of actions)
      for (const status of sessionStatuses)
        for (const visibility of ['public', 'internal'] as const) {
          const session = inStatus(status, visibility);
          expect(verdict(people.administrator, action, session)).toBe(expected(action, 'moderator', status));
        }
  });

  test.each(Object.entries(strangers))('T14 T16 T17 T19 %s gets not-found for everything', (_name, who) => {
    for (const status of sessionStatuses)
      for (const visibility of ['public', 'internal'] as const)
        for (const action of actions) {
          const session = inStatus(status, visibility);
          expect([action, status, verdict(who, action, session)]).toEqual([action, status, 'not-found']);
          expect(visible(who, session)).toBe(false);
        }
  });

  test('the relay may everything', () => {
    for (const action of actions)
      for (const status of sessionStatuses)
        expect(may(relay, action, inStatus(status, 'internal'))).toBe(true);
  });
});

describe('visible: one answer for every route', () => {
  const canaries = sessionStatuses.flatMap((status) =>
    (['public', 'internal'] as const).map((visibility) => ({
      ...inStatus(status, visibility),
      reason: `canary ${status} ${visibility}`,
    })),
  );
  const seenBy = (who: Parameters<typeof visible>[0]) =>
    canaries.filter((session) => visible(who, session)).map((session) => session.reason);

  test('T14 C9 F67 F68 a code user sees the public ones, whatever the status', () => {
    const seen = [
      'canary REQUESTED public',
      'canary CONFIRMED public',
      'canary IN_PROGRESS public',
      'canary DONE public',
      'canary CLOSED public',
      'canary CANCELLED public',
    ];
    expect(seenBy(people.opener)).toEqual(seen);
    expect(seenBy(people.tablet)).toEqual(seen);
  });

  test('T18 T19 a guest sees the one session, public, until it is CLOSED or CANCELLED', () => {
    expect(seenBy(people.guest)).toEqual([
      'canary REQUESTED public',
      'canary CONFIRMED public',
      'canary IN_PROGRESS public',
      'canary DONE public',
    ]);
  });

  test.each(['assigned', 'responsible', 'moderator', 'administrator'] as const)('F69 %s sees all', (part) => {
    expect(seenBy(people[part])).toHaveLength(12);
  });

  test.each(Object.entries(strangers))('T16 T17 %s sees none', (_name, who) => {
    expect(seenBy(who)).toEqual([]);
  });

  test('C4 T18 P72 a guest link that died with the session stays dead when it is reopened; a new one opens it', () => {
    for (const status of ['CLOSED', 'CANCELLED'] as const) {
      const log = sessionIn(status).must(people.assigned, say.reopen());
      expect(visible(people.guest, log.current)).toBe(false);
      expect(verdict(people.guest, 'answerCall', log.current)).toBe('not-found');
      expect(visible({ ...people.guest, linkSeq: log.current.seq }, log.current)).toBe(true);
    }
    const done = sessionIn('DONE').must(people.assigned, say.reopen());
    expect(visible(people.guest, done.current)).toBe(true);
  });

  test('T12 who is unassigned and does not answer for the machine sees it no longer', () => {
    const stranger = strangers['employee of another machine'];
    const log = sessionIn('CONFIRMED');
    log.session = { ...log.current, assigned: [...log.current.assigned, { id: stranger.id, name: 'otto' }] };
    expect(visible(stranger, log.current)).toBe(true);
    log.must(people.moderator, say.unassign(stranger));
    expect(visible(stranger, log.current)).toBe(false);
  });
});

describe('settings that change a right', () => {
  const verdictOf = (
    settings: Partial<OrganizationSettings>,
    part: Part,
    action: Action,
    status: SessionStatus = 'CONFIRMED',
  ) => verdict(people[part], action, sessionIn(status, settings).current);

  test('F15 C2 whoMayStart employeeOnly takes START from the code user, not the answer', () => {
    const settings = { whoMayStart: 'employeeOnly' } as const;
    expect(verdictOf(settings, 'opener', 'startCall')).toBe('start-reserved-for-employee');
    expect(verdictOf(settings, 'tablet', 'startCall')).toBe('start-reserved-for-employee');
    expect(verdictOf(settings, 'opener', 'answerCall')).toBe(true);
    expect(verdictOf(settings, 'assigned', 'startCall')).toBe(true);
  });

  test('C18 codeUserMayCancelConfirmed off takes the cancel from the code user alone', () => {
    const settings = { codeUserMayCancelConfirmed: false };
    expect(verdictOf(settings, 'opener', 'cancel')).toBe('cancel-switched-off');
    expect(verdictOf(settings, 'assigned', 'cancel')).toBe(true);
    expect(verdictOf(settings, 'opener', 'withdraw', 'REQUESTED')).toBe(true);
  });

  test('F59 C11 codeUserMayTrack gives the code user the tracker, in the call', () => {
    expect(verdictOf({ codeUserMayTrack: true }, 'opener', 'track', 'IN_PROGRESS')).toBe(true);
    expect(verdictOf({ codeUserMayTrack: true }, 'opener', 'track', 'CONFIRMED')).toBe('no-call');
    expect(verdictOf({ codeUserMayTrack: true }, 'guest', 'track', 'IN_PROGRESS')).toBe('forbidden');
  });

  test('T19 guestMayEdit off takes the editing of screenshots from guests alone', () => {
    expect(verdictOf({ guestMayEdit: false }, 'guest', 'editScreenshot', 'DONE')).toBe('forbidden');
    expect(verdictOf({ guestMayEdit: false }, 'opener', 'editScreenshot', 'DONE')).toBe(true);
  });

  test('F4 a session keeps the settings it was made with', () => {
    const log = new Log({ whoMayStart: 'employeeOnly' }).must(people.opener, say.request());
    log.settings.whoMayStart = 'both';
    expect(log.current.settings.whoMayStart).toBe('employeeOnly');
  });
});

test('roleIn names the part of everyone', () => {
  const session = sessionIn('CONFIRMED').current;
  expect(roleIn(people.opener, session)).toBe('codeUser');
  expect(roleIn(people.tablet, session)).toBe('codeUser');
  expect(roleIn(people.guest, session)).toBe('guest');
  expect(roleIn(people.assigned, session)).toBe('assigned');
  expect(roleIn(people.responsible, session)).toBe('responsible');
  expect(roleIn(people.moderator, session)).toBe('moderator');
  expect(roleIn(people.administrator, session)).toBe('moderator');
  expect(roleIn(relay, session)).toBe('relay');
  expect(roleIn(strangers['employee of another machine'], session)).toBe('otherEmployee');
  expect(roleIn(strangers['administrator of another organization'], session)).toBe('stranger');
});
