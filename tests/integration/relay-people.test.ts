import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId, EmployeeId, SessionId } from '#domain/ids.ts';
import { closeCodes } from '#domain/protocol/version.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  administer,
  allKinds,
  Client,
  codes,
  command,
  confirm,
  demoOrganization,
  emails,
  eventually,
  newId,
  request,
  startCall,
  startRelay,
  SyncClient,
} from '../harness/relay-harness.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
const clock = new ManualClock();
let ada: { client: Client; socket: SyncClient };

const come = async (pending: Promise<Client>) => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds) };
};
beforeAll(async () => {
  relay = await startRelay({}, { clock });
  ada = await come(Client.employee(relay, emails.ada));
});
afterAll(() => relay.dispose());

const dayMs = 24 * 3_600_000;
const password = 'a good password';
let counter = 0;
/** Invites somebody; resolves with the link's token. */
async function invite(more: object = {}) {
  const employeeId = newId<EmployeeId>();
  const email = `new-${++counter}@demo.example`;
  const payload = {
    employeeId,
    name: 'Nora New',
    email,
    role: 'employee' as const,
    responsibleFor: [],
    ...more,
  };
  expect(await administer(ada.socket, { type: 'employee.invite', payload })).toBe('ok');
  const link = await json(ada.client.post(`/api/employees/${employeeId}/invitation`, {}));
  return { employeeId, email, token: link.token as string, path: link.path as string };
}
const json = async (pending: Promise<Response>): Promise<Record<string, unknown>> =>
  (await (await pending).json()) as Record<string, unknown>;
const accept = (client: Client, token: string, chosen = password) =>
  client.post('/api/invitations/accept', { token, password: chosen });

test('P81 an invited employee sets a password by the link, once, and is in', async () => {
  const { employeeId, email, token, path } = await invite();
  expect(path).toBe(`/join#${token}`);
  const nora = new Client(relay.origin);
  expect(await json(nora.post('/api/invitations/look', { token }))).toEqual({
    organizationName: 'Demo Service GmbH',
    name: 'Nora New',
    email,
  });
  expect(await json(accept(nora, token, 'short'))).toEqual({ code: 'password-too-short' });
  const renamed = { token, password, ownName: ' Nora N. New ' };
  const answers = await Promise.all(
    [nora, new Client(relay.origin)].map((one) => one.post('/api/invitations/accept', renamed)),
  );
  expect(answers.map((one) => one.status).sort()).toEqual([200, 404]);
  expect((await accept(new Client(relay.origin), token)).status).toBe(404);
  const again = new Client(relay.origin);
  expect((await again.post('/api/sign-in', { email, password })).status).toBe(200);
  expect((await again.me()).subject).toMatchObject({
    id: employeeId,
    name: 'Nora N. New',
    role: 'employee',
    responsibleFor: [],
  });
  expect((await ada.client.me()).employees.find((one) => one.id === employeeId)?.state).toBe('active');
});

test('a link that is too old, replaced, made up or for somebody who was deactivated opens nothing', async () => {
  const one = await invite();
  const second = await json(ada.client.post(`/api/employees/${one.employeeId}/invitation`, {}));
  const client = new Client(relay.origin);
  expect(await json(accept(client, one.token))).toEqual({ code: 'link-invalid' });
  expect(await json(accept(client, 'A'.repeat(43)))).toEqual({ code: 'link-invalid' });
  expect(await json(accept(client, 'A'.repeat(20)))).toEqual({ code: 'malformed' });
  const payload = { employeeId: one.employeeId };
  expect(await administer(ada.socket, { type: 'employee.deactivate', payload })).toBe('ok');
  expect(await json(accept(client, second.token as string))).toEqual({ code: 'link-invalid' });
  const late = await invite();
  clock.advance(6 * dayMs);
  ada = await come(Client.employee(relay, emails.ada));
  clock.advance(dayMs);
  expect(await json(accept(client, late.token))).toEqual({ code: 'link-invalid' });
  ada = await come(Client.employee(relay, emails.ada));
});

test('T47 links and codes are made by administrators of the same organization alone', async () => {
  const { employeeId } = await invite();
  const [device] = (await ada.client.me()).devices;
  const erika = await Client.employee(relay, emails.erika);
  const otto = await Client.employee(relay, emails.otto);
  const pump = await Client.codeUser(relay, codes.pump);
  const paths = [
    `/api/employees/${employeeId}/invitation`,
    `/api/employees/${employeeId}/sign-out`,
    `/api/devices/${device?.id}/code`,
  ];
  for (const path of paths) {
    for (const client of [erika, otto, pump]) expect((await client.post(path, {})).status).toBe(403);
    expect((await new Client(relay.origin).post(path, {})).status).toBe(401);
    const elsewhere = { origin: 'https://evil.example' };
    expect((await ada.client.post(path, {}, elsewhere)).status).toBe(403);
  }
  // An administrator of another organization does not find them.
  const payload = { employeeId: (await otto.me()).subject.id as EmployeeId, role: 'administrator' as const };
  const promoted = {
    ...command('OtherServiceAG00000001' as never, 0, { type: 'employee.set-role', payload }),
  };
  await relay.streams.submit('organization', 'OtherServiceAG00000001' as never, promoted as never);
  for (const path of paths) expect((await otto.post(path, {})).status).toBe(404);
  expect((await ada.client.post('/api/employees/x/invitation', {})).status).toBe(404);
});

test('T45 signing out everywhere ends every sign-in and socket of the person, of nobody else', async () => {
  const { employeeId, email, token } = await invite();
  const first = new Client(relay.origin);
  await first.expectOk(accept(first, token));
  const second = new Client(relay.origin);
  await second.expectOk(second.post('/api/sign-in', { email, password }));
  const sockets = [await first.sync(), await second.sync()];
  const spare = await second.ticket();
  expect((await first.post('/api/sign-out-everywhere', {})).status).toBe(204);
  for (const socket of sockets) expect((await socket.closed).code).toBe(closeCodes.signedOut);
  for (const client of [first, second]) expect((await client.request('/api/me')).status).toBe(401);
  await expect(SyncClient.open(relay.origin, spare.ticket)).rejects.toThrow('401');
  expect(ada.socket.webSocket.readyState).toBe(1);
  // An administrator does it for somebody; a changed password does it for all but the own browser.
  const third = new Client(relay.origin);
  await third.expectOk(third.post('/api/sign-in', { email, password }));
  const fourth = new Client(relay.origin);
  await fourth.expectOk(fourth.post('/api/sign-in', { email, password }));
  expect(await json(third.post('/api/password', { current: 'wrong', password: 'another one' }))).toEqual({
    code: 'wrong-credentials',
  });
  expect((await third.post('/api/password', { current: password, password: 'another one' })).status).toBe(
    204,
  );
  expect((await fourth.request('/api/me')).status).toBe(401);
  expect((await third.request('/api/me')).status).toBe(200);
  expect((await ada.client.post(`/api/employees/${employeeId}/sign-out`, {})).status).toBe(204);
  expect((await third.request('/api/me')).status).toBe(401);
  // A cookie that was read off somewhere is worth nothing after it was used up by a sign-out.
  third.cookie = second.cookie;
  expect((await third.request('/api/me')).status).toBe(401);
});

test('T23 a new code replaces the old one, ends what it opened, and its first use is told', async () => {
  const press = await come(Client.codeUser(relay, codes.compressor, 'Old tablet'));
  const [device] = (await press.client.me()).devices;
  const spare = await press.client.ticket();
  const sinceMs = clock.nowMs();
  const made = await json(ada.client.post(`/api/devices/${device?.id}/code`, {}));
  expect((await press.socket.closed).code).toBe(closeCodes.signedOut);
  expect(clock.nowMs()).toBe(sinceMs);
  expect(made.path).toBe(`/c/${String(made.code)}`);
  expect((await press.client.request('/api/me')).status).toBe(401);
  await expect(SyncClient.open(relay.origin, spare.ticket)).rejects.toThrow('401');
  await expect(Client.codeUser(relay, codes.compressor)).rejects.toThrow('unknown-code');
  await Client.codeUser(relay, String(made.code).toLowerCase().replaceAll('-', ' '), 'New tablet');
  const told = await eventually(
    () =>
      ada.socket.organization(demoOrganization)?.devices.find((one) => one.id === device?.id)?.code
        ?.firstUsedBy,
    'the first use',
  );
  expect(told).toBe('New tablet');
  await Client.codeUser(relay, String(made.code), 'Third tablet');
  const emil = await Client.employee(relay, emails.emil);
  expect((await emil.me()).devices[0]?.code).toMatchObject({ state: 'active', firstUsedBy: 'New tablet' });
  // The code itself is in no answer but the one, and in no event.
  const stream = JSON.stringify((await relay.streams.load(demoOrganization))?.events);
  const elsewhere = [stream, ...emil.received, ...ada.socket.raw].join();
  expect(elsewhere).not.toContain(String(made.code));
  expect(ada.client.received.filter((body) => body.includes(String(made.code))).length).toBe(1);
});

test('T23 a revoked code ends an open app, and opens nothing', async () => {
  const made = await json(ada.client.post(`/api/devices/${(await ada.client.me()).devices[0]?.id}/code`, {}));
  const tablet = await come(Client.codeUser(relay, String(made.code)));
  const [device] = (await tablet.client.me()).devices;
  if (!device) throw new Error('no device');
  const payload = { deviceId: device.id };
  expect(await administer(ada.socket, { type: 'device.revoke-code', payload })).toBe('ok');
  expect((await tablet.socket.closed).code).toBe(closeCodes.signedOut);
  await expect(Client.codeUser(relay, String(made.code))).rejects.toThrow('unknown-code');
  // With the device's next code the tablet is the same person again: what it has not sent is still theirs to send.
  const before = (
    tablet.client.received.map((body) => JSON.parse(body || '{}')) as { subject?: { id: string } }[]
  )
    .map((body) => body.subject?.id)
    .find(Boolean);
  const next = await json(ada.client.post(`/api/devices/${device.id}/code`, {}));
  const stolen = tablet.client.cookie;
  await tablet.client.expectOk(tablet.client.post('/api/code', { code: next.code }));
  expect((await tablet.client.me()).subject.id).toBe(before);
  tablet.client.cookie = stolen;
  expect((await tablet.client.request('/api/me')).status).toBe(401);
  await tablet.client.expectOk(tablet.client.post('/api/code', { code: next.code }));
  expect((await tablet.client.me()).subject.id).not.toBe(before);
});

test('T18 T19 P83 a guest joins by a link, sees that one session, and the link dies with it', async () => {
  const pump = await come(freshPump());
  const erika = await come(Client.employee(relay, emails.erika));
  const id = await request(pump.socket, 'canary-other-session');
  const shared = await request(pump.socket, 'Shared with a guest');
  await confirm(erika.socket, shared);
  const link = async (of: SessionId) => json(erika.client.post(`/api/sessions/${of}/guest-link`, {}));
  for (const client of [pump.client, await Client.employee(relay, emails.emil)])
    expect((await client.post(`/api/sessions/${shared}/guest-link`, {})).status).toBeGreaterThanOrEqual(403);
  const { token, path } = await link(shared);
  expect(path).toBe(`/g#${String(token)}`);
  const enter = async () => {
    const client = new Client(relay.origin);
    const response = await client.post('/api/guest', { token, name: 'Gus' });
    return { client, status: response.status };
  };
  const { client: guest } = await enter();
  const socket = await guest.sync(undefined, allKinds);
  expect([...socket.events.keys()]).toEqual([shared]);
  expect(await guest.me()).toMatchObject({
    subject: { kind: 'guest', name: 'Gus' },
    devices: [],
    tickets: [],
  });
  const everything = [...guest.received, ...socket.raw].join();
  for (const secret of ['canary-other-session', 'loses pressure', id, 'Emil Helfer'])
    expect(everything).not.toContain(secret);
  const chat = { type: 'chat.send' as const, payload: { messageId: newId<never>(), text: 'Hello' } };
  expect(await socket.propose(command(shared, 9, chat))).toBe('ok');
  expect(await socket.propose(command(id, 9, chat))).toBe('not-found');
  expect(
    await socket.propose(command(newId<never>(), 0, { type: 'ticket.open', payload: { title: 'x' } })),
  ).toBe('forbidden');
  // Withdrawn, replaced, closed, cancelled, reopened, too old: each ends it.
  expect(
    (await erika.client.request(`/api/sessions/${shared}/guest-link`, { method: 'DELETE' })).status,
  ).toBe(204);
  expect((await socket.closed).code).toBe(closeCodes.signedOut);
  expect((await enter()).status).toBe(404);
  const ends: [string, () => Promise<unknown>][] = [
    [
      'cancelled',
      () => erika.socket.propose(command(shared, 999, { type: 'session.cancel', payload: { reason: '' } })),
    ],
    [
      'internal',
      () =>
        erika.socket.propose(
          command(shared, 999, { type: 'session.set-visibility', payload: { visibility: 'internal' } }),
        ),
    ],
    ['too old', async () => clock.advance(dayMs)],
  ];
  for (const [name, end] of ends) {
    const made = await link(shared);
    const late = new Client(relay.origin);
    await late.expectOk(late.post('/api/guest', { token: made.token }));
    await end();
    await eventually(async () => (await late.request('/api/me')).status === 401, name);
    for (const body of [
      { type: 'session.reopen' as const, payload: {} },
      { type: 'session.set-visibility' as const, payload: { visibility: 'public' as const } },
    ])
      await erika.socket.propose(command(shared, 999, body));
    expect((await late.request('/api/me')).status, name).toBe(401);
    expect((await late.post('/api/guest', { token: made.token })).status, name).toBe(404);
  }
});

/** The pump's code was replaced above. */
async function freshPump(): Promise<Client> {
  const device = (await ada.client.me()).devices.find((one) => one.name === 'Pump P-101');
  const made = await json(ada.client.post(`/api/devices/${device?.id}/code`, {}));
  return Client.codeUser(relay, String(made.code), 'Paul');
}

test('T43 a client’s clock decides nothing, ten years off or more', async () => {
  const pump = await come(freshPump());
  const erika = await come(Client.employee(relay, emails.erika));
  const id = newId<SessionId>();
  const tenYearsMs = 10 * 365 * dayMs;
  const ask = { type: 'session.request' as const, payload: { reason: 'x', ticketIds: [] } };
  const at = (clientAtMs: number, body: Parameters<typeof command>[2]) => ({
    ...command(id, 999, body),
    clientAtMs,
  });
  expect(await pump.socket.propose(at(clock.nowMs() + tenYearsMs, ask))).toBe('ok');
  expect(
    await erika.socket.propose(at(clock.nowMs() - tenYearsMs, { type: 'session.confirm', payload: {} })),
  ).toBe('ok');
  const callId = await startCall(id, pump, erika);
  const leave = { type: 'call.leave' as const, payload: { callId: callId satisfies CallId } };
  expect(await pump.socket.propose(at(-8.64e15, leave))).toBe('ok');
  const session = await erika.socket.sees(id, (one) => one.status === 'DONE', 'done');
  expect(session.history.map((step) => step.atMs)).toEqual(session.history.map(() => clock.nowMs()));
  expect(session.closesAtMs).toBe(clock.nowMs() + 600_000);
});
