import { describe, expect, test } from 'vitest';
import type { EmployeeId, Id } from '../ids.ts';
import {
  authorizationCases,
  authorizationSubjects,
  authorizationTable,
  expectedIn,
  expectedOpening,
  expectedOutcome,
  siblingTable,
  visibilities,
  type AuthorizationSubject,
  type SiblingCommand,
} from '#harness/domain/authorization-table.ts';
import {
  attempt,
  attemptOpening,
  attemptSibling,
  authorizationSettings,
  stepsTo,
  triedAs,
  type AuthorizationWorld,
} from '#harness/domain/authorization-trial.ts';
import { actions, openings, verdict } from './permissions.ts';
import { sessionStatuses, type SessionStatus } from './status.ts';
import type { Person } from './subject.ts';
import {
  callOne,
  customerId,
  idOf,
  knownTicket,
  Log,
  people,
  pump,
  strangers,
} from '#harness/domain/sessions.ts';
import type { Visibility } from './video-session.ts';
import { sessionCommandBodies } from './commands.ts';

const helper = { ...people.assigned, id: idOf<EmployeeId>('helga'), name: 'helga' };
const subjects: Record<AuthorizationSubject | 'helper', Person> = {
  codeUser: people.opener,
  otherCodeUser: people.tablet,
  foreignCodeUser: strangers['code user of another machine'],
  guest: people.guest,
  assigned: people.assigned,
  responsible: people.responsible,
  otherEmployee: strangers['employee of another machine'],
  moderator: people.moderator,
  administrator: people.administrator,
  otherOrganization: strangers['administrator of another organization'],
  helper,
};

let counter = 0;
const world: AuthorizationWorld = {
  deviceId: pump,
  callId: callOne,
  messageId: idOf('first-message'),
  helperId: helper.id,
  assignedId: people.assigned.id,
  candidateId: people.administrator.id,
  ticketId: knownTicket,
  customerId,
  newId: <T extends Id<string>>() => idOf<T>(`fresh-${++counter}`),
};

function logIn(status: SessionStatus, visibility: Visibility): Log {
  const log = new Log(authorizationSettings);
  for (const { by, body } of stepsTo(status, visibility, world)) log.must(subjects[by], body);
  return log;
}

describe('F18 T8 T9 T10 T11 T14 T16 T17 T19 T47 T49 the authorization table', () => {
  test('every line has 10 subjects of 6 statuses, and an entry for each', () => {
    for (const [action, lines] of Object.entries({ ...authorizationTable, ...siblingTable }))
      for (const line of lines) expect([action, line]).toEqual([action, expect.stringMatching(lineShape)]);
    expect(authorizationCases()).toHaveLength(
      authorizationSubjects.length * actions.length * sessionStatuses.length * visibilities.length,
    );
  });

  for (const visibility of visibilities)
    for (const status of sessionStatuses) {
      const base = logIn(status, visibility);

      test(`the steps lead to ${status}, ${visibility}`, () => {
        expect([base.current.status, base.current.visibility]).toEqual([status, visibility]);
      });

      for (const action of actions)
        test(`F18 ${action} in ${status}, ${visibility}`, () => {
          const found = authorizationSubjects.map((subject) => {
            const body = attempt(action, status, visibility, world);
            if (!body) return [subject, verdict(subjects[subject], action, base.current)];
            const decision = base.judge(subjects[subject], body);
            return [subject, decision.ok ? true : decision.reason];
          });
          expect(found).toEqual(
            authorizationSubjects.map((subject) => [
              subject,
              expectedOutcome(action, subject, status, visibility),
            ]),
          );
        });
    }

  test('every command is tried by one line alone', () => {
    const lines = Object.values(triedAs);
    expect(new Set(lines).size).toBe(lines.length);
    expect(Object.keys(triedAs).sort()).toEqual([...sessionCommandTypes].sort());
  });

  test('T8 what may not be seen is answered not-found for every action, what may be seen never is', () => {
    for (const { action, subject, status, visibility, expected } of authorizationCases()) {
      const seen = expectedOutcome('see', subject, status, visibility) === true;
      expect([action, subject, status, visibility, expected === 'not-found']).toEqual([
        action,
        subject,
        status,
        visibility,
        !seen,
      ]);
    }
  });

  for (const sibling of Object.keys(siblingTable) as SiblingCommand[])
    test(`F18 ${sibling} in every status, public and internal`, () => {
      for (const visibility of visibilities)
        for (const status of sessionStatuses) {
          const base = logIn(status, visibility);
          for (const subject of authorizationSubjects) {
            const decision = base.judge(subjects[subject], attemptSibling(sibling, world));
            const expected = expectedIn(siblingTable[sibling], subject, status, visibility);
            expect([subject, status, visibility, decision.ok ? true : decision.reason]).toEqual([
              subject,
              status,
              visibility,
              expected,
            ]);
          }
        }
    });

  for (const directCall of [false, true])
    for (const opening of openings)
      test(`F1 F8 F14 T10 T17 ${opening} for the machine, direct calls ${directCall ? 'on' : 'off'}`, () => {
        const found = authorizationSubjects.map((subject) => {
          const log = new Log({ directCall });
          const decision = log.judge(subjects[subject], attemptOpening(opening, world));
          return [subject, decision.ok ? true : decision.reason];
        });
        expect(found).toEqual(
          authorizationSubjects.map((subject) => [subject, expectedOpening(opening, subject, directCall)]),
        );
      });
});

const sessionCommandTypes = sessionCommandBodies.options.map((option) => option.entries.type.literal);
const lineShape = /^[-+.a-z]{6}( [-+.a-z]{6}){9}$/;
