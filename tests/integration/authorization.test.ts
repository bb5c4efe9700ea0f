import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callDocument, screenshotDocument } from '#domain/protocol/documents.ts';
import { commandTypes } from '#domain/protocol/streams.ts';
import {
  authorizationSubjects,
  authorizationTable,
  expectedIn,
  expectedOpening,
  expectedOutcome,
  siblingTable,
  visibilities,
  type AuthorizationLines,
  type AuthorizationSubject,
  type SiblingCommand,
} from '../harness/domain/authorization-table.ts';
import { attempt, attemptOpening, attemptSibling, triedAs } from '../harness/domain/authorization-trial.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { actions, openings, verdict, type Action } from '#domain/session/permissions.ts';
import { sessionStatuses, type SessionStatus } from '#domain/session/status.ts';
import type { Visibility } from '#domain/session/video-session.ts';
import { DocumentClient } from '../../signal/testing/clients.ts';
import {
  asAdministrator,
  command,
  demoOrganization,
  eventually,
  newId,
  type Client,
  type SyncClient,
} from '../harness/relay-harness.ts';
import { AuthorizationWorlds, type TrialSession, type Verdict } from './authorization-kit.ts';
import { organizationTable, ticketTable } from './authorization-routes.ts';

/** How each action that is no command is tried over the relay's protocol. */
const otherwise = {
  see: 'the events that come on the sync socket, from the start',
  readNotes: 'the same: whether the note is among them',
  seeRating: 'the same: whether the rating is among them',
  invite: 'POST and DELETE of the guest link, in authorization-http.test.ts',
  draw: "writing into the call's document",
  editScreenshot: "writing into the screenshot's document",
  point: 'ephemeral bytes on the sync socket',
  // Between participants, on the channels of their call: those who are in it judge by the same table (P121). What the
  // relay does is to let nobody into the call's sockets who has no place in it, in authorization-http.test.ts.
  freeze: 'participants',
  track: 'participants',
  // Touches nothing but the own screen.
  mirror: 'nothing',
  // No command yet: nothing is recorded.
  armRecording: 'nothing',
  consentRecording: 'nothing',
} as const satisfies Partial<Record<Action, string>>;

/** Rows beside those that all lines prove. */
const rowsOf: Partial<Record<Action | SiblingCommand, string>> = {
  assign: 'T48 ',
  rate: 'T49 ',
  linkTicket: 'T50 ',
  addNote: 'C16 ',
  setStatus: 'F26 C17 ',
  cancel: 'C18 F24 ',
  reopen: 'F64 ',
  startCall: 'F19 F20 ',
};

interface Trial {
  line: Action | SiblingCommand;
  subject: AuthorizationSubject;
  status: SessionStatus;
  visibility: Visibility;
  expected: Verdict;
  session: TrialSession;
  body: SessionCommandBody;
}

const states = visibilities.flatMap((visibility) =>
  sessionStatuses.map((status) => ({ status, visibility })),
);
const siblings = Object.keys(siblingTable) as SiblingCommand[];
let worlds: AuthorizationWorlds;
/** One of each state, for everything that changes nothing. */
const shared = new Map<string, TrialSession>();
const pictured = new Map<string, TrialSession>();
const trials: Trial[] = [];
let verdicts: Verdict[] = [];
const key = (status: SessionStatus, visibility: Visibility) => `${status} ${visibility}`;
const at = (map: Map<string, TrialSession>, status: SessionStatus, visibility: Visibility): TrialSession => {
  const found = map.get(key(status, visibility));
  if (!found) throw new Error(`no session ${key(status, visibility)}`);
  return found;
};

beforeAll(async () => {
  worlds = await AuthorizationWorlds.start();
  await Promise.all(
    states.flatMap(({ status, visibility }) => [
      worlds
        .session(status, visibility, { guest: true })
        .then((one) => shared.set(key(status, visibility), one)),
      status === 'REQUESTED'
        ? undefined
        : worlds
            .session(status, visibility, { guest: true, pictures: true })
            .then((one) => pictured.set(key(status, visibility), one)),
    ]),
  );
  const planned: Promise<Trial>[] = [];
  for (const { status, visibility } of states)
    for (const subject of authorizationSubjects)
      for (const line of [...actions, ...siblings]) {
        const expected = expectationOf(line, subject, status, visibility);
        const base = at(shared, status, visibility);
        const bodyFor = (session: TrialSession) =>
          line in siblingTable
            ? attemptSibling(line as SiblingCommand, session)
            : attempt(line as Action, status, visibility, session);
        if (!bodyFor(base)) continue;
        // What is refused changes nothing; what is done is done to a session of its own.
        const session =
          expected === true
            ? worlds.session(status, visibility, { guest: subject === 'guest' })
            : Promise.resolve(base);
        planned.push(
          session.then((own) => {
            const body = bodyFor(own);
            if (!body) throw new Error('a command for one session and none for another');
            return { line, subject, status, visibility, expected, session: own, body };
          }),
        );
      }
  trials.push(...(await Promise.all(planned)));
  await worlds.connect();
  const tried = trials.map(({ subject, session, body }) => ({
    subject,
    session,
    command: command(session.id, 999, body),
  }));
  verdicts = await worlds.tryAll(tried);
});
afterAll(() => worlds.relay.dispose());

function expectationOf(
  line: Action | SiblingCommand,
  subject: AuthorizationSubject,
  status: SessionStatus,
  visibility: Visibility,
): Verdict {
  return line in siblingTable
    ? expectedIn(siblingTable[line as SiblingCommand], subject, status, visibility)
    : expectedOutcome(line as Action, subject, status, visibility);
}

/** Found and expected, field by field, so that a difference names its field. */
function compare(found: Record<string, unknown>, expected: Record<string, unknown>): void {
  expect(found).toEqual(expected);
}

describe('F18 T8 T9 T11 T14 T16 T17 T19 the authorization table against the relay', () => {
  test('every action and every command that there is has its line and its way to be tried', () => {
    expect(Object.keys(authorizationTable).sort()).toEqual([...actions].sort());
    const commands = new Set(trials.map((one) => one.line));
    const tried = [...Object.keys(otherwise), ...openings, ...commands];
    expect([...new Set(tried)].sort()).toEqual([...actions, ...openings, ...siblings].sort());
    expect(
      [...Object.keys(triedAs), ...Object.keys(ticketTable), ...Object.keys(organizationTable)].sort(),
    ).toEqual([...commandTypes].sort());
  });

  for (const line of [...actions, ...siblings].filter((one) => !(one in otherwise)))
    test(`F18 T8 ${rowsOf[line] ?? ''}${line}: 10 subjects × 6 statuses × 2 visibilities`, () => {
      const found: Record<string, unknown> = {};
      const expected: Record<string, unknown> = {};
      for (const [index, trial] of trials.entries()) {
        if (trial.line !== line) continue;
        const field = `${trial.subject} ${key(trial.status, trial.visibility)}`;
        found[field] = verdicts[index];
        expected[field] = trial.expected;
      }
      expect(Object.keys(expected)).toHaveLength(authorizationSubjects.length * states.length);
      compare(found, expected);
    });

  test('T8 what was refused has changed nothing', async () => {
    for (const { status, visibility } of states) {
      const { id } = at(shared, status, visibility);
      const session = await worlds.relay.sessions.get(id);
      expect([session?.status, session?.visibility]).toEqual([status, visibility]);
    }
  });

  for (const directCall of [false, true])
    test(`F1 F8 F14 T10 openings with direct calls ${directCall ? 'on' : 'off'}`, async () => {
      await asAdministrator(worlds.relay, demoOrganization, {
        type: 'organization.change-settings',
        payload: { changes: { directCall } },
      });
      const fields = openings.flatMap((opening) =>
        authorizationSubjects.map((subject) => ({ opening, subject })),
      );
      const found = await worlds.tryAll(
        fields.map(({ opening, subject }) => ({
          subject,
          session: at(shared, 'CONFIRMED', 'public'),
          command: command(newId<never>(), 0, attemptOpening(opening, worlds.world())),
        })),
      );
      expect(fields.map((field, index) => ({ ...field, found: found[index] }))).toEqual(
        fields.map((field) => ({
          ...field,
          found: expectedOpening(field.opening, field.subject, directCall),
        })),
      );
    });

  test('T14 T16 T19 see, readNotes, seeRating: what comes on a sync socket from the start', async () => {
    const noted = new Map<string, TrialSession>();
    for (const { status, visibility } of states) {
      const session = await worlds.session(status, visibility, { guest: true });
      noted.set(key(status, visibility), session);
      await worlds.does(session, 'moderator', {
        type: 'note.add',
        payload: { noteId: newId<never>(), text: 'Noted' },
      });
    }
    const rated = new Map<string, TrialSession>();
    for (const status of ['DONE', 'CLOSED'] as const)
      for (const visibility of visibilities) {
        const session = await worlds.session(status, 'public');
        const payload = { callId: session.callId, score: 4 as const, comment: '' };
        await worlds.does(session, 'codeUser', { type: 'rating.give', payload });
        if (visibility === 'internal')
          await worlds.does(session, 'moderator', {
            type: 'session.set-visibility',
            payload: { visibility },
          });
        rated.set(key(status, visibility), session);
      }
    const found: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const subject of authorizationSubjects) {
      const common = subject === 'guest' ? undefined : await worlds.client(subject).sync();
      for (const { status, visibility } of states) {
        const session = at(noted, status, visibility);
        const field = `${subject} ${key(status, visibility)}`;
        const may = (action: Action) => expectedOutcome(action, subject, status, visibility) === true;
        const events =
          subject === 'guest'
            ? (await eventsOfGuest(session))?.get(session.id)
            : common?.events.get(session.id);
        const types = events?.map((event) => event.type) ?? [];
        found[field] = [types.length > 0, types.includes('note.added')];
        expected[field] = [may('see'), may('readNotes')];
        const seen = rated.get(key(status, visibility));
        // What a code user has rated they know; the table is about the ratings of others.
        if (!seen || subject === 'guest' || subject === 'codeUser') continue;
        const log = common?.events.get(seen.id) ?? [];
        found[`${field} rating`] = log.some((event) => event.type === 'rating.given');
        expected[`${field} rating`] = may('seeRating');
      }
    }
    compare(found, expected);
  });

  test('F55 T31 draw and editScreenshot: who writes into the documents, who reads, who finds none', async () => {
    const found: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const { status, visibility } of states) {
      const opened: DocumentClient[] = [];
      const session = pictured.get(key(status, visibility));
      if (!session?.screenshotId) continue;
      const documents = [
        ['draw', callDocument(session.callId)],
        ['editScreenshot', screenshotDocument(session.screenshotId)],
      ] as const;
      for (const [action, name] of documents) {
        const writers: string[] = [];
        await Promise.all(
          authorizationSubjects.map(async (subject) => {
            const field = `${action} ${subject} ${key(status, visibility)}`;
            const answer = expectedOutcome(action, subject, status, visibility);
            if (answer === true) writers.push(subject);
            expected[field] = answer === true ? 'read-write' : answer === 'not-found' ? answer : 'readonly';
            const document = await openDocument(subject, session, name);
            if (document) opened.push(document);
            found[field] = document ? (document.denied ?? document.scope) : 'not-found';
            // Also whoever may not: a modified client would.
            document?.marks.set(subject, 1);
            if (document?.scope === 'read-write') await document.acknowledged();
          }),
        );
        const reader = await openDocument('administrator', session, name);
        if (!reader) throw new Error('no reader');
        opened.push(reader);
        await reader.synced();
        expect([...reader.marks.keys()].sort(), `${action} ${key(status, visibility)}`).toEqual(
          writers.sort(),
        );
      }
      for (const document of opened) document.close();
    }
    compare(found, expected);
  });

  test('T11 point: ephemeral bytes pass to those in the call from those in the call alone', async () => {
    for (const { status, visibility } of states) {
      const { id: sessionId, callId } = at(shared, status, visibility);
      const mayPoint = authorizationSubjects.filter(
        (subject) => expectedOutcome('point', subject, status, visibility) === true,
      );
      const opened: SyncClient[] = [];
      const present = async (client: Client) => {
        const socket = await client.sync(undefined, ['ticket']);
        opened.push(socket);
        socket.say({ t: 'in-call', sessionId, callId, deviceKey: 'one', peerId: null });
        return socket;
      };
      const helper = await present(worlds.client('helper'));
      for (const subject of authorizationSubjects) {
        const session = at(shared, status, visibility);
        if (subject === 'guest' && (await session.guest?.request('/api/me'))?.status !== 200) continue;
        const socket = await present(worlds.client(subject, session));
        const joined = await socket.message((one) => one.t === 'roster' || one.t === 'error');
        expect([subject, joined.t]).toEqual([subject, mayPoint.includes(subject) ? 'roster' : 'error']);
        socket.say({ t: 'live', callId, data: btoa(subject) });
      }
      await eventually(
        () => helper.messages.filter((one) => one.t === 'live').length >= mayPoint.length,
        'what was pointed at',
      );
      for (const { webSocket } of opened) webSocket.close();
      const heard = helper.messages.flatMap((one) => (one.t === 'live' ? atob(one.data) : []));
      expect(heard.sort()).toEqual([...mayPoint].sort());
    }
  });

  test('mirroring, freezing, tracking, recording are judged by the participants, by the same table', async () => {
    const lines: [Action, AuthorizationLines][] = (
      ['freeze', 'track', 'mirror', 'armRecording', 'consentRecording'] as const
    ).map((action) => [action, authorizationTable[action]]);
    for (const { status, visibility } of states) {
      const session = at(shared, status, visibility);
      const state = await worlds.relay.sessions.get(session.id);
      for (const subject of authorizationSubjects) {
        if (subject === 'guest' || !state) continue;
        const person = await worlds.person(subject);
        for (const [action, line] of lines)
          expect([action, subject, status, verdict(person, action, state)]).toEqual([
            action,
            subject,
            status,
            expectedIn(line, subject, status, visibility),
          ]);
      }
    }
  });
});

/** What the guest of a session is sent; undefined for one who has been shown out. */
async function eventsOfGuest(session: TrialSession) {
  const { guest } = session;
  if (!guest || (await guest.request('/api/me')).status === 401) return undefined;
  return (await guest.sync()).events;
}

async function openDocument(
  subject: AuthorizationSubject,
  session: TrialSession,
  name: string,
): Promise<DocumentClient | undefined> {
  const client = worlds.client(subject, session);
  const response = await client.post('/api/socket-tickets', { purpose: 'documents' });
  if (response.status === 401 && subject === 'guest') return undefined;
  const { ticket } = (await response.json()) as { ticket: string };
  const url = `${worlds.relay.origin.replace('http', 'ws')}/sockets/documents?ticket=${ticket}`;
  const document = new DocumentClient(url, name);
  await eventually(
    () => document.denied !== undefined || (document.scope !== undefined && document.provider.isSynced),
    `an answer to ${subject} about ${name}`,
  );
  return document;
}
