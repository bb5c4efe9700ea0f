import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CustomerId, DeviceId, EmployeeId, SessionId } from '#domain/ids.ts';
import type { OrganizationCommandBody } from '#domain/organization/commands.ts';
import { type defaultSettings } from '#domain/organization/settings.ts';
import { closeCodes } from '#domain/protocol/version.ts';
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
  opening,
  request,
  startRelay,
  type SyncClient,
} from '../harness/relay-harness.ts';
import { ManualClock } from '../harness/manual-clock.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
/** Stands still: what these tests see happens at once, by no timer of the relay's. */
const clock = new ManualClock();
interface Person {
  client: Client;
  socket: SyncClient;
}
let pump: Person;
let erika: Person;
let ada: Person;
let otto: Person;

const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds) };
};

beforeAll(async () => {
  relay = await startRelay({}, { clock });
});
afterAll(() => relay.dispose());
beforeEach(async () => {
  pump = await come(Client.codeUser(relay, codes.pump, 'Paul'));
  [erika, ada, otto] = await Promise.all([
    come(Client.employee(relay, emails.erika)),
    come(Client.employee(relay, emails.ada)),
    come(Client.employee(relay, emails.otto)),
  ]);
});

const change = (changes: Partial<typeof defaultSettings>) =>
  administer(ada.socket, { type: 'organization.change-settings', payload: { changes } });
const pumpDevice = async () => {
  const [device] = (await pump.client.me()).devices;
  if (!device) throw new Error('no device');
  return device;
};
/** The newest directory that this socket was told, once it fits. */
const told = (who: Person, fits: (directory: Awaited<ReturnType<Client['me']>>) => boolean) =>
  eventually(() => {
    const messages = who.socket.messages.filter((one) => one.t === 'directory');
    const last = messages.at(-1);
    return last?.t === 'directory' && fits(last.directory) ? last.directory : undefined;
  }, 'a directory');

test('F4 a settings change reaches every open socket of the organization within a second, and no other', async () => {
  const sinceMs = clock.nowMs();
  expect(await change({ allowRequests: false })).toBe('ok');
  for (const who of [pump, erika, ada])
    await told(who, ({ organization }) => !organization.settings.allowRequests);
  expect(clock.nowMs()).toBe(sinceMs);
  const refused = command(newId<SessionId>(), 0, { type: 'session.request', payload: opening('x') });
  expect(await pump.socket.propose(refused)).toBe('requests-switched-off');
  expect(await change({ allowRequests: true })).toBe('ok');
  await told(pump, ({ organization }) => organization.settings.allowRequests);
  expect(otto.socket.messages.some((one) => one.t === 'directory')).toBe(false);
});

test('what a session froze at its creation stays, what counts at once counts at once', async () => {
  const id = await request(pump.socket);
  expect(await change({ codeUserMayCancelConfirmed: false })).toBe('ok');
  await confirm(erika.socket, id);
  const cancel = { type: 'session.cancel' as const, payload: { reason: '' } };
  expect(await pump.socket.propose(command(id, 99, cancel))).toBe('ok');
  const later = await request(pump.socket);
  await confirm(erika.socket, later);
  expect(await pump.socket.propose(command(later, 99, cancel))).toBe('cancel-switched-off');
  expect(await change({ codeUserMayCancelConfirmed: true })).toBe('ok');
});

test('P80 the events of the organization go to administrators alone; others get no frame with them', async () => {
  const folded = ada.socket.organization(demoOrganization);
  expect(folded?.employees.map((who) => who.name)).toEqual(['Erika Expert', 'Emil Helfer', 'Ada Admin']);
  await change({ drawingLifetimeMs: 7000 });
  await told(pump, ({ organization }) => organization.settings.drawingLifetimeMs === 7000);
  await change({ drawingLifetimeMs: 5000 });
  for (const who of [pump, erika, otto]) {
    expect(who.socket.organization(demoOrganization)).toBeUndefined();
    const everything = [...who.client.received, ...who.socket.raw].join('\n');
    expect(everything).not.toContain('organization.settings-changed');
    expect(everything).not.toContain('ada@demo.example');
  }
  expect(pump.socket.raw.join('\n')).not.toContain('Emil Helfer');
});

test('T47 nobody but an administrator changes anything of the organization, whatever the client sends', async () => {
  const { id: erikaId } = (await erika.client.me()).subject;
  const device = await pumpDevice();
  const employeeId = erikaId as EmployeeId;
  const tries: OrganizationCommandBody[] = [
    { type: 'organization.change-settings', payload: { changes: { directCall: true } } },
    { type: 'employee.set-role', payload: { employeeId, role: 'administrator' } },
    { type: 'employee.set-responsibilities', payload: { employeeId, responsibleFor: 'all' } },
    { type: 'employee.rename', payload: { employeeId, name: 'Boss' } },
    { type: 'employee.deactivate', payload: { employeeId } },
    { type: 'device.rename', payload: { deviceId: device.id, name: 'Mine', location: '' } },
    { type: 'device.revoke-code', payload: { deviceId: device.id } },
    { type: 'device.set-support', payload: { deviceId: device.id, enabled: false } },
    { type: 'assistant.configure', payload: { assistant: { enabled: false, steps: [] } } },
  ];
  const before = await relay.streams.organization(demoOrganization);
  for (const body of tries) {
    for (const who of [pump, erika]) expect(await administer(who.socket, body), body.type).toBe('forbidden');
    expect(await administer(otto.socket, body), body.type).toBe('not-found');
  }
  // Fields that are nobody's to set: as part of commands that are allowed, and of every request body.
  const extras = {
    role: 'administrator',
    responsibleFor: 'all',
    organizationId: demoOrganization,
    kind: 'employee',
  };
  const id = newId<SessionId>();
  const sneaky = command(id, 0, {
    type: 'session.request',
    payload: { ...opening('x'), ...extras } as never,
  });
  expect(await pump.socket.propose({ ...sneaky, ...extras, actor: { kind: 'relay' }, subject: extras })).toBe(
    'ok',
  );
  expect(JSON.stringify(pump.socket.events.get(id))).not.toContain('administrator');
  await erika.client.post('/api/sign-in', { email: emails.erika, password: 'sightline-demo', ...extras });
  await erika.client.post('/api/socket-tickets', { purpose: 'sync', ...extras });
  expect((await erika.client.me()).subject).toMatchObject({
    role: 'employee',
    organizationId: demoOrganization,
  });
  expect(await relay.streams.organization(demoOrganization)).toEqual(before);
});

test('T12 P17 who loses a responsibility loses its sessions within 2 s, and is told what there is now', async () => {
  const { id } = (await erika.client.me()).subject;
  const device = await pumpDevice();
  const canary = 'canary-responsibility';
  await request(pump.socket, canary);
  const employeeId = id as EmployeeId;
  const set = (responsibleFor: DeviceId[]) =>
    administer(ada.socket, {
      type: 'employee.set-responsibilities',
      payload: { employeeId, responsibleFor },
    });
  const sinceMs = clock.nowMs();
  expect(await set([])).toBe('ok');
  expect((await erika.socket.closed).code).toBe(closeCodes.restarting);
  expect(clock.nowMs()).toBe(sinceMs);
  const last = erika.socket.messages.findLast((one) => one.t === 'directory');
  expect(last?.t === 'directory' && last.directory.devices).toEqual([]);
  const { epoch, position } = erika.socket;
  const again = await erika.client.sync({ epoch, position }, allKinds);
  expect(again.messages.find((one) => one.t === 'welcome')).toMatchObject({ reset: true });
  expect(again.raw.join()).not.toContain(canary);
  // From the device's side the same, and back.
  const back = { deviceId: device.id, employeeIds: [employeeId] };
  expect(await administer(ada.socket, { type: 'device.set-responsible', payload: back })).toBe('ok');
  await eventually(async () => (await erika.client.me()).devices.length === 1, 'the device again');
});

test('T12 P27 a deactivated employee is out within 2 s: sockets, tickets, password', async () => {
  const emil = await come(Client.employee(relay, emails.emil));
  const spare = await emil.client.ticket();
  const employeeId = (await emil.client.me()).subject.id as EmployeeId;
  const sinceMs = clock.nowMs();
  expect(await administer(ada.socket, { type: 'employee.deactivate', payload: { employeeId } })).toBe('ok');
  expect((await emil.socket.closed).code).toBe(closeCodes.signedOut);
  expect(clock.nowMs()).toBe(sinceMs);
  expect((await emil.client.request('/api/me')).status).toBe(401);
  await expect(emil.client.ticket()).rejects.toThrow('401');
  const { SyncClient } = await import('../harness/relay-harness.ts');
  await expect(SyncClient.open(relay.origin, spare.ticket)).rejects.toThrow('refused 401');
  await expect(Client.employee(relay, emails.emil)).rejects.toThrow('401');
  expect((await ada.client.me()).employees.find((one) => one.id === employeeId)?.state).toBe('deactivated');
  expect((await erika.client.me()).employees.some((one) => one.id === employeeId)).toBe(false);
});

test('T48 nobody is assigned who is unknown, of elsewhere or deactivated', async () => {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  const ottoId = (await otto.client.me()).subject.id as EmployeeId;
  const gone = (await relay.streams.organization(demoOrganization))?.employees.find(
    (one) => one.state === 'deactivated',
  );
  for (const employeeId of [ottoId, newId<EmployeeId>(), ...(gone ? [gone.id] : [])])
    expect(
      await erika.socket.propose(command(id, 99, { type: 'session.assign', payload: { employeeId } })),
    ).toBe('employee-unknown');
  const self = { type: 'session.assign' as const, payload: { employeeId: ottoId } };
  expect(await otto.socket.propose(command(id, 99, self))).toBe('not-found');
});

test('F28 with support off for a device nobody calls from it, live', async () => {
  const { id: deviceId } = await pumpDevice();
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  const support = (enabled: boolean) =>
    administer(ada.socket, { type: 'device.set-support', payload: { deviceId, enabled } });
  expect(await support(false)).toBe('ok');
  await told(pump, ({ devices }) => devices[0]?.supportEnabled === false);
  const start = () => ({
    type: 'call.start' as const,
    payload: { callId: newId<never>(), mode: 'video' as const },
  });
  for (const who of [pump, erika])
    expect(await who.socket.propose(command(id, 99, start()))).toBe('support-switched-off');
  expect(await support(true)).toBe('ok');
  expect(await pump.socket.propose(command(id, 99, start()))).toBe('ok');
});

test('F17 an anonymous visitor is linked to a customer record later', async () => {
  const customerId = newId<CustomerId>();
  const codeUserId = (await pump.client.me()).subject.id as never;
  const add = { customerId, name: 'Acme Works', contact: 'acme@example.org' };
  expect(await administer(erika.socket, { type: 'customer.add', payload: add })).toBe('ok');
  expect(await administer(erika.socket, { type: 'customer.link', payload: { customerId, codeUserId } })).toBe(
    'ok',
  );
  const press = await come(Client.codeUser(relay, codes.press));
  const foreign = (await press.client.me()).subject.id as never;
  for (const who of [erika, ada])
    expect(
      await administer(who.socket, { type: 'customer.link', payload: { customerId, codeUserId: foreign } }),
    ).toBe('not-found');
  const seen = await told(erika, ({ customerLinks }) => customerLinks.length > 0);
  expect(seen).toMatchObject({
    customers: [{ id: customerId, name: add.name }],
    customerLinks: [{ codeUserId, customerId }],
  });
  expect((await pump.client.me()).customers).toEqual([]);
  expect(pump.socket.raw.join()).not.toContain('Acme');
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  const link = { type: 'session.link-customer' as const, payload: { customerId } };
  expect(await erika.socket.propose(command(id, 99, link))).toBe('ok');
  expect((await relay.sessions.get(id))?.customer).toEqual({ id: customerId, name: 'Acme Works' });
  await pump.socket.sees(id, (session) => session.seq === 3, 'the link, withheld');
  expect(pump.socket.raw.join()).not.toContain('Acme');
});

test('the same command sent a thousand times changes the organization once', async () => {
  const device = { deviceId: newId<DeviceId>(), name: 'Mill', location: '' };
  const one = command(demoOrganization, 0, { type: 'device.add', payload: device });
  const before = (await relay.streams.organization(demoOrganization))?.seq ?? 0;
  const answers = (
    await Promise.all([1, 2, 3, 4, 5].map(() => ada.socket.push(...Array<unknown>(200).fill(one))))
  ).flat();
  expect(answers.length).toBe(1000);
  expect(answers.every((answer) => answer.ok && answer.seq === before + 1)).toBe(true);
  expect((await relay.streams.organization(demoOrganization))?.seq).toBe(before + 1);
});
