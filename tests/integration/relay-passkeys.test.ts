import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmployeeId } from '#domain/ids.ts';
import type { PasskeyCreation, PasskeyRequest, WaysIn } from '#domain/protocol/passkeys.ts';
import { challengeLifetimeMs } from '../../signal/people/challenges.ts';
import { maxPasskeys } from '../../signal/people/passkeys.ts';
import { freshMs } from '../../signal/people/people-service.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  administer,
  allKinds,
  Client,
  emails,
  newId,
  startRelay,
  type SyncClient,
} from '../harness/relay-harness.ts';
import { SoftAuthenticator, type Misdeeds } from '../harness/soft-authenticator.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
let ada: { client: Client; socket: SyncClient };
const clock = new ManualClock();
/** Passkeys belong to a host's name; the relay listens on an address in figures. */
let origin: string;

beforeAll(async () => {
  relay = await startRelay({ allowedOrigins: ['https://help.example.com'] }, { clock });
  origin = 'https://help.example.com';
  const client = await Client.employee(relay, emails.ada);
  ada = { client, socket: await client.sync(undefined, allKinds) };
});
afterAll(() => relay.dispose());

const password = 'sightline-demo';
const post = (client: Client, path: string, body: unknown = {}) => client.post(path, body, { origin });
const json = async <T>(pending: Promise<Response>): Promise<T> => (await (await pending).json()) as T;
const codeOf = async (pending: Promise<Response>) => {
  const response = await pending;
  return response.ok ? 'ok' : ((await response.json()) as { code: string }).code;
};
const waysIn = (client: Client) => json<WaysIn>(client.request('/api/passkeys'));

/** Adds a passkey to whoever is signed in; answers `ok` or the reason. */
async function add(
  client: Client,
  authenticator: SoftAuthenticator,
  misdeeds: Misdeeds = {},
  name = 'Laptop',
) {
  const options = await json<PasskeyCreation>(post(client, '/api/passkeys/options'));
  const passkey = authenticator.create(options, misdeeds);
  return codeOf(post(client, '/api/passkeys', { name, passkey }));
}
async function signInBy(authenticator: SoftAuthenticator, misdeeds: Misdeeds = {}) {
  const client = new Client(relay.origin);
  const options = await json<PasskeyRequest>(post(client, '/api/passkeys/sign-in-options'));
  const passkey = authenticator.get(options, misdeeds);
  return { client, passkey, answer: await codeOf(post(client, '/api/passkeys/sign-in', { passkey })) };
}

test('T45 a passkey is added beside the password, signs in, and is taken away', async () => {
  const erika = await Client.employee(relay, emails.erika);
  const authenticator = new SoftAuthenticator(origin);
  expect(await waysIn(erika)).toEqual({ hasPassword: true, passkeys: [] });
  expect(await add(erika, authenticator)).toBe('ok');
  const { client, answer } = await signInBy(authenticator);
  expect(answer).toBe('ok');
  const me = await client.me();
  expect(me.subject).toMatchObject({ name: 'Erika Expert', role: 'employee' });
  const [passkey, ...more] = (await waysIn(erika)).passkeys;
  expect(more).toEqual([]);
  expect(passkey).toMatchObject({ name: 'Laptop', lastUsedAtMs: clock.nowMs() });
  // Nobody else's to take away; taken away it ends what may have been opened by it.
  const emil = await Client.employee(relay, emails.emil);
  const take = (who: Client) => who.request(`/api/passkeys/${passkey?.id}`, { method: 'DELETE' });
  expect(await codeOf(take(emil))).toBe('not-found');
  expect((await take(erika)).status).toBe(204);
  expect((await client.request('/api/me')).status).toBe(401);
  expect((await erika.request('/api/me')).status).toBe(200);
  expect((await signInBy(authenticator)).answer).toBe('passkey-refused');
  expect((await Client.employee(relay, emails.erika)).cookie).not.toBe('');
});

test('T45 P84 a challenge is good once, for what it was made for, for a short while', async () => {
  const emil = await Client.employee(relay, emails.emil);
  const authenticator = new SoftAuthenticator(origin);
  const options = await json<PasskeyCreation>(post(emil, '/api/passkeys/options'));
  const passkey = new SoftAuthenticator(origin).create(options);
  const other = await Client.employee(relay, emails.emil);
  // Made for another sign-in, even of the same person.
  expect(await codeOf(post(other, '/api/passkeys', { passkey }))).toBe('passkey-refused');
  expect(await codeOf(post(emil, '/api/passkeys', { passkey }))).toBe('passkey-refused');
  expect(await add(emil, authenticator)).toBe('ok');

  const used = await signInBy(authenticator);
  expect(used.answer).toBe('ok');
  expect(
    await codeOf(post(new Client(relay.origin), '/api/passkeys/sign-in', { passkey: used.passkey })),
  ).toBe('passkey-refused');
  const client = new Client(relay.origin);
  const late = await json<PasskeyRequest>(post(client, '/api/passkeys/sign-in-options'));
  clock.advance(challengeLifetimeMs);
  expect(await codeOf(post(client, '/api/passkeys/sign-in', { passkey: authenticator.get(late) }))).toBe(
    'passkey-refused',
  );
  // One that was given out for adding does not sign in.
  const adding = await json<PasskeyCreation>(
    post(await Client.employee(relay, emails.emil), '/api/passkeys/options'),
  );
  const crossed = await signInBy(authenticator, { challenge: adding.challenge });
  expect(crossed.answer).toBe('passkey-refused');
});

test('T45 what another site, a copied authenticator or nobody in person has signed is refused', async () => {
  const emil = await Client.employee(relay, emails.emil);
  for (const misdeed of [
    { origin: 'https://evil.example' },
    { rpId: 'evil.example' },
    { unverified: true },
    { challenge: 'AAAA' },
    { format: 'fido-u2f' },
  ])
    expect(await add(emil, new SoftAuthenticator(origin), misdeed), JSON.stringify(misdeed)).toBe(
      'passkey-refused',
    );
  const authenticator = new SoftAuthenticator(origin);
  expect(await add(emil, authenticator)).toBe('ok');
  for (const misdeed of [
    { origin: 'https://evil.example' },
    { rpId: 'evil.example' },
    { unverified: true },
    { challenge: 'AAAA' },
    { counter: 1 },
  ])
    expect((await signInBy(authenticator, misdeed)).answer, JSON.stringify(misdeed)).toBe('passkey-refused');
  // Somebody else's key under the same name.
  const stranger = new SoftAuthenticator(origin);
  stranger.create({ rp: { id: 'help.example.com' }, user: { id: 'AA' }, challenge: 'AA' } as PasskeyCreation);
  const [mine, theirs] = [authenticator.held[0], stranger.held[0]];
  if (!mine || !theirs) throw new Error('no passkeys');
  theirs.id = mine.id;
  theirs.counter = 1000;
  expect((await signInBy(stranger)).answer).toBe('passkey-refused');
  expect((await signInBy(authenticator, { counter: 2000 })).answer).toBe('ok');
  // Where the host has no name there is nothing a passkey could belong to.
  const bare = new Client(relay.origin);
  expect(await codeOf(bare.post('/api/passkeys/sign-in-options', {}))).toBe('passkey-unavailable');
  expect(
    await codeOf(bare.post('/api/passkeys/sign-in-options', {}, { origin: 'https://evil.example' })),
  ).toBe('wrong-origin');
});

test('T45 a tab that was left open makes nobody a way in: an older sign-in needs the password', async () => {
  const emil = await Client.employee(relay, emails.emil);
  clock.advance(freshMs);
  expect(await codeOf(post(emil, '/api/passkeys/options'))).toBe('confirm-identity');
  expect(await codeOf(post(emil, '/api/passkeys/options', { password: 'wrong' }))).toBe('confirm-identity');
  expect(await codeOf(post(emil, '/api/passkeys/options', { password }))).toBe('ok');
  for (let i = 0; i < 12; i += 1) await post(emil, '/api/passkeys/options', { password: 'wrong' });
  expect(await codeOf(post(emil, '/api/passkeys/options', { password }))).toBe('too-many-requests');
  clock.advance(15 * 60_000);
  const again = await Client.employee(relay, emails.emil);
  while ((await waysIn(again)).passkeys.length < maxPasskeys)
    expect(await add(again, new SoftAuthenticator(origin))).toBe('ok');
  expect(await add(again, new SoftAuthenticator(origin))).toBe('limit-reached');
});

test('T47 an invitation is accepted by a passkey, without any password, and the last way in stays', async () => {
  const employeeId = newId<EmployeeId>();
  const email = 'paula@demo.example';
  const payload = { employeeId, name: 'Paula Passkey', email, role: 'employee' as const, responsibleFor: [] };
  expect(await administer(ada.socket, { type: 'employee.invite', payload })).toBe('ok');
  const invite = async () =>
    (await json<{ token: string }>(post(ada.client, `/api/employees/${employeeId}/invitation`))).token;
  const token = await invite();
  const authenticator = new SoftAuthenticator(origin);
  const client = new Client(relay.origin);
  const options = await json<PasskeyCreation>(post(client, '/api/invitations/passkey-options', { token }));
  expect(options.user).toMatchObject({ name: email, displayName: 'Paula Passkey' });
  const passkey = authenticator.create(options);
  const other = await invite();
  // The link was replaced meanwhile: what was made for it is worth nothing, with the new one neither.
  for (const used of [token, other])
    expect(await codeOf(post(client, '/api/invitations/accept-passkey', { token: used, passkey }))).not.toBe(
      'ok',
    );
  const fresh = await json<PasskeyCreation>(
    post(client, '/api/invitations/passkey-options', { token: other }),
  );
  const body = { token: other, name: 'Phone', passkey: authenticator.create(fresh) };
  authenticator.held.shift();
  const role = { ...body, role: 'administrator', employeeId: newId(), organizationId: newId() };
  expect(await codeOf(post(client, '/api/invitations/accept-passkey', role))).toBe('ok');
  expect((await client.me()).subject).toMatchObject({ id: employeeId, role: 'employee' });
  expect(await codeOf(post(client, '/api/invitations/accept-passkey', body))).toBe('link-invalid');
  for (const guess of ['', 'scrypt$$', password])
    expect(await codeOf(post(new Client(relay.origin), '/api/sign-in', { email, password: guess }))).toBe(
      'wrong-credentials',
    );
  const paula = (await signInBy(authenticator)).client;
  const [own] = (await waysIn(paula)).passkeys;
  expect(own?.name).toBe('Phone');
  const take = () => paula.request(`/api/passkeys/${own?.id}`, { method: 'DELETE' });
  expect(await codeOf(take())).toBe('last-way-in');
  expect(await codeOf(post(paula, '/api/password', { current: '', password: 'a good password' }))).toBe('ok');
  expect((await take()).status).toBe(204);
  // Followed again, a link ends what opened the account before; deactivated, nothing opens it.
  expect(await add(paula, authenticator)).toBe('ok');
  const third = { token: await invite(), password: 'another password' };
  expect(await codeOf(post(new Client(relay.origin), '/api/invitations/accept', third))).toBe('ok');
  authenticator.held.shift();
  expect((await signInBy(authenticator)).answer).toBe('passkey-refused');
  const back = new Client(relay.origin);
  await back.expectOk(post(back, '/api/sign-in', { email, password: 'another password' }));
  const last = new SoftAuthenticator(origin);
  expect(await add(back, last)).toBe('ok');
  expect(await administer(ada.socket, { type: 'employee.deactivate', payload: { employeeId } })).toBe('ok');
  expect((await signInBy(last)).answer).toBe('passkey-refused');
  expect(await administer(ada.socket, { type: 'employee.reactivate', payload: { employeeId } })).toBe('ok');
  expect((await signInBy(last)).answer).toBe('passkey-refused');
});
