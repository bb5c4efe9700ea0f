import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CodeUserId, EmployeeId, TicketId } from '#domain/ids.ts';
import type { OrganizationCommandType } from '#domain/organization/commands.ts';
import {
  authorizationSubjects,
  expectedIn,
  outcomeOf,
  visibilities,
  type AuthorizationLines,
  type AuthorizationSubject,
} from '../harness/domain/authorization-table.ts';
import { sessionStatuses } from '#domain/session/status.ts';
import type { TicketCommandType } from '#domain/ticket/commands.ts';
import { command, demoOrganization, newId, type Client } from '../harness/relay-harness.ts';
import { AuthorizationWorlds, picture, type TrialSession, type Verdict } from './authorization-kit.ts';
import {
  attemptOrganization,
  attemptTicket,
  openRoutes,
  organizationTable,
  otherRoutes,
  pictureRoutes,
  sessionRoutes,
  ticketTable,
  trialMessageId,
} from './authorization-routes.ts';

const states = visibilities.flatMap((visibility) =>
  sessionStatuses.map((status) => ({ status, visibility })),
);
let worlds: AuthorizationWorlds;
let base: TrialSession;

beforeAll(async () => {
  worlds = await AuthorizationWorlds.start();
  base = await worlds.session('CONFIRMED', 'public', { guest: true });
  await worlds.connect();
});
afterAll(() => worlds.relay.dispose());

const guestFirst: AuthorizationSubject[] = [
  'guest',
  ...authorizationSubjects.filter((one) => one !== 'guest'),
];
const expectedOf = (line: string, subject: AuthorizationSubject): Verdict =>
  outcomeOf(line[authorizationSubjects.indexOf(subject)], `${subject} of ${line}`);

/** Done, or the code of the refusal. Who has no sign-in any more is not found anything by nobody. */
async function outcome(pending: Promise<Response>): Promise<Verdict> {
  const response = await pending;
  if (response.ok) return true;
  const text = await response.text();
  const code = text
    ? (JSON.parse(text) as { code: string }).code
    : response.status === 404
      ? 'not-found'
      : '';
  return (code === 'not-signed-in' ? 'not-found' : code) as Verdict;
}

function upload(client: Client, sessionId: string, itemId: string): Promise<Response> {
  const { sha256, mediaType, bytes } = picture.meta;
  const metadata = { sessionId, itemId, kind: 'screenshot', sha256, mediaType };
  return client.request('/api/uploads', {
    method: 'POST',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': String(bytes),
      'upload-metadata': Object.entries(metadata)
        .map(([key, value]) => `${key} ${btoa(value)}`)
        .join(','),
    },
  });
}
const patch = (client: Client, path: string) =>
  client.request(path, {
    method: 'PATCH',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(picture.bytes),
  });

const bySession: Record<
  keyof typeof sessionRoutes | keyof typeof pictureRoutes,
  (client: Client, session: TrialSession) => Promise<Response>
> = {
  'get /api/streams/{streamId}/chain': (client, { id }) => client.request(`/api/streams/${id}/chain`),
  'post /api/socket-tickets': async (client, { id: sessionId, callId }) => {
    const answers = await Promise.all(
      ['calls', 'y-webrtc'].map((purpose) =>
        client.post('/api/socket-tickets', { purpose, sessionId, callId }),
      ),
    );
    const statuses = answers.map((one) => one.status);
    if (statuses[0] !== statuses[1]) throw new Error(`two answers: ${statuses.join()}`);
    return answers[0] ?? new Response();
  },
  'post /api/sessions/{sessionId}/guest-link': (client, { id }) =>
    client.post(`/api/sessions/${id}/guest-link`, {}),
  'delete /api/sessions/{sessionId}/guest-link': (client, { id }) =>
    client.request(`/api/sessions/${id}/guest-link`, { method: 'DELETE' }),
  'post /api/sessions/{sessionId}/call/leave': (client, { id, callId }) =>
    client.post(`/api/sessions/${id}/call/leave`, { callId: callId ?? newId(), commandId: newId() }),
  'get /api/blobs/{sessionId}/{itemId}': (client, { id, screenshotId }) =>
    client.request(`/api/blobs/${id}/${screenshotId}`),
  'post /api/uploads': (client, { id, waitingShotId }) => upload(client, id, waitingShotId ?? ''),
};

/** A line over all states, with a session for each. The guests come first: what others do to their link ends them. */
async function tryLines(
  routes: Record<string, AuthorizationLines>,
  sessions: readonly TrialSession[],
): Promise<void> {
  for (const [route, lines] of Object.entries(routes)) {
    const found: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    await Promise.all(
      sessions.map(async (session) => {
        const { status, visibility } = session;
        const open = status !== 'CLOSED' && status !== 'CANCELLED' && visibility === 'public';
        if (open) session.guest = await worlds.guestOf(session);
        for (const subject of guestFirst) {
          const field = `${route} ${subject} ${status} ${visibility}`;
          const client = worlds.client(subject, session);
          found[field] = await outcome(bySession[route as keyof typeof bySession](client, session));
          expected[field] = expectedIn(lines, subject, status, visibility);
        }
      }),
    );
    expect(found).toEqual(expected);
  }
}

/** Well made, and by no authenticator. */
const noPasskey = {
  name: '',
  passkey: {
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    rawId: 'AAAAAAAAAAAAAAAAAAAAAA',
    type: 'public-key',
    response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' },
  },
};

describe('F18 T14 T16 T17 T19 T47 T50 the authorization table beside the sync socket', () => {
  test('every path of the API has its line', async () => {
    const document = (await (await worlds.client('codeUser').request('/api/openapi.json')).json()) as {
      paths: Record<string, object>;
    };
    const there = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const tried = [
      ...Object.keys(sessionRoutes),
      ...Object.keys(pictureRoutes),
      ...Object.keys(otherRoutes),
      ...openRoutes,
    ];
    expect(there.sort()).toEqual(tried.sort());
  });

  test('T14 T16 T17 T19 paths about a session: 10 subjects × 6 statuses × 2 visibilities', async () => {
    const sessions = await Promise.all(
      states.map(({ status, visibility }) => worlds.session(status, visibility, { guest: true })),
    );
    await tryLines(sessionRoutes, sessions);
  });

  test('T14 T16 T17 pictures: read by who sees the session, uploaded by who took them', async () => {
    const sessions = await Promise.all(
      states
        .filter(({ status }) => status !== 'REQUESTED')
        .map(({ status }) => worlds.session(status, 'public', { guest: true, pictures: true })),
    );
    const owner = worlds.client('codeUser');
    for (const session of sessions) {
      const { id, screenshotId } = session;
      const made = await owner.expectOk(upload(owner, id, screenshotId ?? ''));
      await owner.expectOk(patch(owner, made.headers.get('location') ?? ''));
    }
    const hidden = sessions.slice(sessions.length / 2);
    for (const session of hidden) {
      const payload = { visibility: 'internal' as const };
      await worlds.does(session, 'moderator', { type: 'session.set-visibility', payload });
      session.visibility = 'internal';
    }
    await tryLines(pictureRoutes, sessions);
  });

  test('T50 T16 T17 tickets: every command × 10 subjects', async () => {
    const types = Object.keys(ticketTable) as TicketCommandType[];
    const moderator = await worlds.person('moderator');
    const fields = types.flatMap((type) => authorizationSubjects.map((subject) => ({ type, subject })));
    const { deviceId } = worlds;
    const trials = await Promise.all(
      fields.map(async ({ type, subject }) => {
        const ticketId = newId<TicketId>();
        const prepare =
          type === 'ticket.open'
            ? []
            : [
                command(ticketId, 0, { type: 'ticket.open', payload: { deviceId, title: 'Trial' } }),
                command(ticketId, 0, {
                  type: 'ticket.send',
                  payload: { messageId: trialMessageId, text: 'Hello' },
                }),
                ...(type === 'ticket.reopen'
                  ? [command(ticketId, 0, { type: 'ticket.close', payload: { reason: '' } })]
                  : []),
              ];
        for (const one of await worlds.relay.streams.propose(moderator, prepare)) expect(one.ok).toBe(true);
        return { subject, session: base, command: command(ticketId, 0, attemptTicket(type, worlds)) };
      }),
    );
    const found = await worlds.tryAll(trials);
    expect(fields.map((field, at) => ({ ...field, found: found[at] }))).toEqual(
      fields.map(({ type, subject }) => ({ type, subject, found: expectedOf(ticketTable[type], subject) })),
    );
  });

  test('T47 T17 the organization: every command × 10 subjects', async () => {
    const types = Object.keys(organizationTable) as OrganizationCommandType[];
    const visitor = (await worlds.person('codeUser')).id as CodeUserId;
    const fields = types.flatMap((type) => authorizationSubjects.map((subject) => ({ type, subject })));
    const found = await worlds.tryAll(
      fields.map(({ type, subject }) => ({
        subject,
        session: base,
        command: command(demoOrganization, 0, attemptOrganization(type, worlds, visitor)),
      })),
    );
    expect(fields.map((field, at) => ({ ...field, found: found[at] }))).toEqual(
      fields.map(({ type, subject }) => ({
        type,
        subject,
        found: expectedOf(organizationTable[type], subject),
      })),
    );
  });

  test('T34 T47 T17 uploads, invitations, codes, sign-outs: who else', async () => {
    const pictured = await worlds.session('CONFIRMED', 'public', { guest: true, pictures: true });
    const owner = worlds.client('codeUser');
    const made = await owner.expectOk(upload(owner, pictured.id, pictured.waitingShotId ?? ''));
    const path = made.headers.get('location') ?? '';
    const other = await owner.expectOk(upload(owner, pictured.id, pictured.screenshotId ?? ''));
    const given = other.headers.get('location') ?? '';
    const employeeId = (await worlds.person('candidate')).id as EmployeeId;
    const tus = { 'tus-resumable': '1.0.0' };
    const routes: Record<keyof typeof otherRoutes, (client: Client) => Promise<Response>> = {
      'get /api/me': (client) => client.request('/api/me'),
      'head /api/uploads/{uploadId}': (client) => client.request(path, { method: 'HEAD', headers: tus }),
      'patch /api/uploads/{uploadId}': (client) => patch(client, path),
      'delete /api/uploads/{uploadId}': (client) => client.request(given, { method: 'DELETE', headers: tus }),
      'post /api/employees/{employeeId}/invitation': (client) =>
        client.post(`/api/employees/${employeeId}/invitation`, {}),
      'post /api/employees/{employeeId}/sign-out': (client) =>
        client.post(`/api/employees/${employeeId}/sign-out`, {}),
      'post /api/devices/{deviceId}/code': (client) =>
        client.post(`/api/devices/${worlds.spareDeviceId}/code`, {}),
      'post /api/password': (client) =>
        client.post('/api/password', { current: 'wrong', password: 'long enough to be one' }),
      'get /api/passkeys': (client) => client.request('/api/passkeys'),
      'post /api/passkeys/options': (client) => client.post('/api/passkeys/options', { password: 'wrong' }),
      'post /api/passkeys': (client) => client.post('/api/passkeys', noPasskey),
      'delete /api/passkeys/{passkeyId}': (client) =>
        client.request(`/api/passkeys/${newId()}`, { method: 'DELETE' }),
      'post /api/sign-out-everywhere': (client) => client.post('/api/sign-out-everywhere', {}),
    };
    const isSignedIn = async (subject: AuthorizationSubject) =>
      (await worlds.client(subject, pictured).request('/api/me')).status === 200;
    const signedIn = new Set<AuthorizationSubject>(authorizationSubjects);
    for (const [route, attempt] of Object.entries(routes)) {
      const line = otherRoutes[route as keyof typeof otherRoutes];
      // The owner last: what the others were refused must still be there to be done.
      const order = authorizationSubjects.filter((subject) => subject !== 'codeUser');
      for (const subject of [...order, 'codeUser' as const]) {
        const client = worlds.client(subject, pictured);
        const found = await outcome(attempt(client));
        const isTheirs = line[authorizationSubjects.indexOf(subject)] === '*';
        if (isTheirs) expect(['forbidden', 'not-found'], `${route} ${subject}`).not.toContain(found);
        else expect([route, subject, found]).toEqual([route, subject, expectedOf(line, subject)]);
        if (route !== 'post /api/sign-out-everywhere') continue;
        // It has ended one's own sign-in, and no other.
        expect((await client.request('/api/me')).status, `${route} ${subject}`).toBe(401);
        const here = await Promise.all(order.map((one) => isSignedIn(one)));
        signedIn.delete(subject);
        expect(order.filter((_one, at) => here[at]).sort()).toEqual(
          order.filter((one) => signedIn.has(one)).sort(),
        );
      }
    }
  });
});
