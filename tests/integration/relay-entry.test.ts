import { afterAll, beforeAll, expect, test } from 'vitest';
import { noAssistant, type Assistant } from '#domain/organization/assistant.ts';
import type { OrganizationCommandBody } from '#domain/organization/commands.ts';
import { defaultSettings } from '#domain/organization/settings.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { closeCodes } from '#domain/protocol/version.ts';
import {
  administer,
  allKinds,
  Client,
  codes,
  command,
  confirm,
  emails,
  eventually,
  newId,
  opening,
  request,
  startCall,
  startRelay,
  type SyncClient,
} from '../harness/relay-harness.ts';

interface Person {
  client: Client;
  socket: SyncClient;
}

let relay: Awaited<ReturnType<typeof startRelay>>;
let ada: Person;
let erika: Person;
let pump: Person;

const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds) };
};
beforeAll(async () => {
  relay = await startRelay();
  [ada, erika, pump] = await Promise.all([
    come(Client.employee(relay, emails.ada)),
    come(Client.employee(relay, emails.erika)),
    come(Client.codeUser(relay, codes.pump)),
  ]);
});
afterAll(() => relay.dispose());

const must = async (body: OrganizationCommandBody): Promise<void> =>
  expect(await administer(ada.socket, body)).toBe('ok');
const ask = (): Promise<string> =>
  pump.socket.propose(command(newId<never>(), 0, { type: 'session.request', payload: opening('It drips') }));

const configured = (assistant: Assistant): OrganizationCommandBody => ({
  type: 'assistant.configure',
  payload: { assistant },
});

test('F3 P86 the shipped assistant is at the machine; a new one is told at once; nothing dangling is taken, and from nobody but an administrator', async () => {
  const { assistant } = await pump.client.me();
  expect(assistant.enabled).toBe(true);
  expect(assistant.steps.flatMap(({ actions }) => actions.map(({ action }) => action))).toContain(
    'request-session',
  );
  const press = await Client.codeUser(relay, codes.press);
  expect((await press.me()).assistant).toEqual(noAssistant);

  const step = (next: string): Assistant => ({
    enabled: true,
    steps: [{ id: 'only', text: 'What is it?', answers: [{ label: 'This', next }], actions: [] }],
  });
  expect(await administer(ada.socket, configured(step('nowhere')))).toBe('malformed');
  expect(await administer(erika.socket, configured(step('only')))).toBe('forbidden');
  expect(await administer(pump.socket, configured(step('only')))).not.toBe('ok');
  const heard = pump.socket.messages.length;
  await must(configured(step('only')));
  await eventually(
    () => pump.socket.messages.slice(heard).some(({ t }) => t === 'directory'),
    'word of a new assistant',
  );
  expect((await pump.client.me()).assistant).toEqual(step('only'));
});

test('F2 F28 F42 C7 a forged request is refused while the module is off, by switch or for the machine; a message is taken', async () => {
  const nothing = { text: false, voice: false, video: false };
  await must({ type: 'organization.change-settings', payload: { changes: { services: nothing } } });
  expect(await ask()).toBe('service-switched-off');
  const title = { deviceId: erikaDevice(await erika.client.me()), title: 'Please call me' };
  const written = command(newId<never>(), 0, { type: 'ticket.open', payload: title });
  expect(await pump.socket.propose(written)).toBe('ok');
  const { services } = defaultSettings;
  await must({ type: 'organization.change-settings', payload: { changes: { services } } });
  const support = (enabled: boolean): OrganizationCommandBody => ({
    type: 'device.set-support',
    payload: { deviceId: title.deviceId, enabled },
  });
  await must(support(false));
  expect(await ask()).toBe('support-switched-off');
  await must(support(true));
  expect(await ask()).toBe('ok');
});

const erikaDevice = (me: Awaited<ReturnType<Client['me']>>) => {
  const [device] = me.devices;
  if (!device) throw new Error('no device');
  return device.id;
};

test('F83 T18 T19 a guest takes part in the call that runs and in nothing else, until the session is closed', async () => {
  await must({ type: 'organization.change-settings', payload: { changes: { maxParticipants: 3 } } });
  const id = await request(pump.socket, 'With a guest');
  await confirm(erika.socket, id);
  const link = async (): Promise<string> => {
    const made = await erika.client.expectOk(erika.client.post(`/api/sessions/${id}/guest-link`, {}));
    return String(((await made.json()) as Record<string, unknown>).token);
  };
  const replaced = await link();
  const token = await link();
  const enter = async (by: string): Promise<Person | number> => {
    const client = new Client(relay.origin);
    const { status } = await client.post('/api/guest', { token: by, name: 'Gus' });
    return status === 200 ? come(Promise.resolve(client)) : status;
  };
  expect(await enter(replaced)).toBe(404);
  const guest = await enter(token);
  if (typeof guest === 'number') throw new Error(`refused ${guest}`);
  const says = (body: SessionCommandBody): Promise<string> => guest.socket.propose(command(id, 999, body));

  const callId = newId<never>();
  expect(await says({ type: 'call.start', payload: { callId, mode: 'video' } })).toBe('forbidden');
  const running = await startCall(id, pump, erika);
  expect(await says({ type: 'call.answer', payload: { callId: running, mode: 'video' } })).toBe('ok');
  const { peerId } = await guest.client.ticket({ purpose: 'calls', sessionId: id, callId: running });
  expect(peerId).toBeDefined();
  for (const body of [
    { type: 'call.end-session', payload: {} },
    { type: 'session.close', payload: {} },
    { type: 'session.set-visibility', payload: { visibility: 'internal' } },
    { type: 'note.add', payload: { noteId: newId<never>(), text: 'x' } },
  ] satisfies SessionCommandBody[])
    expect(await says(body), body.type).not.toBe('ok');
  expect((await guest.client.post(`/api/sessions/${id}/guest-link`, {})).status).toBeGreaterThanOrEqual(403);

  const end = (body: SessionCommandBody): Promise<string> => erika.socket.propose(command(id, 999, body));
  expect(await end({ type: 'call.end-session', payload: {} })).toBe('ok');
  // DONE is still the live session; CLOSED is its end.
  expect((await guest.client.request('/api/me')).status).toBe(200);
  expect(await end({ type: 'session.close', payload: {} })).toBe('ok');
  expect((await guest.socket.closed).code).toBe(closeCodes.signedOut);
  expect((await guest.client.request('/api/me')).status).toBe(401);
  expect(await enter(token)).toBe(404);
  expect(await end({ type: 'session.reopen', payload: {} })).toBe('ok');
  expect(await enter(token)).toBe(404);
});
