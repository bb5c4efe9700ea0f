import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId, CommandId, SessionId } from '#domain/ids.ts';
import type { OrganizationSettings } from '#domain/organization/settings.ts';
import { ManualClock } from '../harness/manual-clock.ts';
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
  request,
  startRelay,
  tempDir,
  type SyncClient,
} from '../harness/relay-harness.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
const clock = new ManualClock();
interface Person {
  client: Client;
  socket: SyncClient;
}
let pump: Person;
let erika: Person;
let ada: Person;
const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds) };
};
beforeAll(async () => {
  relay = await startRelay({}, { clock });
  pump = await come(Client.codeUser(relay, codes.pump, 'Paul'));
  erika = await come(Client.employee(relay, emails.erika));
  ada = await come(Client.employee(relay, emails.ada));
});
afterAll(() => relay.dispose());

const change = (changes: Partial<OrganizationSettings>) =>
  administer(ada.socket, { type: 'organization.change-settings', payload: { changes } });
const say = (who: Person, id: SessionId, body: Parameters<typeof command>[2]) =>
  who.socket.propose(command(id, 999, body));

/** A session with a call, chat and a linked ticket, brought to CLOSED. */
async function wholeLife(canary: string): Promise<SessionId> {
  const id = newId<SessionId>();
  const ticketIds = (await pump.client.me()).tickets.map((ticket) => ticket.id);
  expect(await say(pump, id, { type: 'session.request', payload: { reason: canary, ticketIds } })).toBe('ok');
  await confirm(erika.socket, id);
  const callId = newId<CallId>();
  for (const [who, body] of [
    [pump, { type: 'call.start', payload: { callId, mode: 'video' } }],
    [erika, { type: 'call.answer', payload: { callId, mode: 'video' } }],
    [pump, { type: 'call.link-up', payload: { callId } }],
    [erika, { type: 'chat.send', payload: { messageId: newId<never>(), text: canary } }],
    [pump, { type: 'call.leave', payload: { callId } }],
  ] as const)
    expect(await say(who, id, body), body.type).toBe('ok');
  expect(await say(erika, id, { type: 'session.close', payload: {} })).toBe('ok');
  return id;
}

/** Everything that the relay has on its disk. */
function onDisk(): string {
  const { dataDir } = relay.settings;
  return ['sightline.sqlite', 'sightline.sqlite-wal']
    .map((name) => join(dataDir, name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'latin1'))
    .join();
}

test('F100 C3 T56 P66 with retention none nothing of a session stays, anywhere, but id, times and participants', async () => {
  expect(await change({ retention: 'none' })).toBe('ok');
  const canary = 'canary-none-9931';
  const { epoch, position } = pump.socket;
  const then = { epoch, position, events: new Map(pump.socket.events) };
  const id = await wholeLife(canary);
  clock.advance(1);
  for (const who of [pump, erika, ada]) {
    await who.socket.message((one) => one.t === 'gone' && one.streamId === id);
    expect(who.socket.session(id)).toBeUndefined();
  }
  await relay.sessions.idle();
  expect(await relay.sessions.get(id)).toBeUndefined();
  expect(await relay.storage.events.read(id)).toEqual([]);
  const { default: Database } = await import('better-sqlite3');
  const file = new Database(join(relay.settings.dataDir, 'sightline.sqlite'));
  const row = file.prepare('select summary from streams where id = ?').get(id) as { summary: string };
  const remnant = JSON.parse(row.summary) as Record<string, unknown>;
  expect(Object.keys(remnant).sort()).toEqual([
    'calls',
    'createdAtMs',
    'endedAtMs',
    'id',
    'organizationId',
    'participants',
  ]);
  file.close();
  expect(onDisk().includes(canary)).toBe(false);
  // The ticket has neither its chat nor a link to it.
  const tickets = (await erika.client.me()).tickets;
  for (const ticket of tickets) {
    const stream = await relay.streams.load(ticket.id);
    expect(JSON.stringify(stream?.state)).not.toContain(canary);
    expect(JSON.stringify(stream?.state)).not.toContain('"linked":true');
  }
  // Whoever was away is told at the next contact; whoever begins anew hears nothing.
  const back = await pump.client.sync(then, allKinds);
  expect(back.messages.some((one) => one.t === 'gone' && one.streamId === id)).toBe(true);
  const fresh = await pump.client.sync(undefined, allKinds);
  expect(fresh.raw.join() + back.raw.join()).not.toContain(canary);
  expect(await change({ retention: 'keep' })).toBe('ok');
});

test('T56 X47 a device that comes back with changes for an erased session does not bring it to life', async () => {
  expect(await change({ retention: 'none' })).toBe('ok');
  const id = await wholeLife('canary-back-2210');
  clock.advance(1);
  await erika.socket.message((one) => one.t === 'gone' && one.streamId === id);
  const late = [
    { type: 'session.request' as const, payload: { reason: 'again', ticketIds: [] } },
    { type: 'chat.send' as const, payload: { messageId: newId<never>(), text: 'late' } },
    { type: 'session.reopen' as const, payload: {} },
    { type: 'ticket.open' as const, payload: { title: 'late' } },
  ];
  for (const who of [pump, erika, ada])
    for (const body of late)
      for (const baseSeq of [0, 3, 999]) {
        const answer = await who.socket.propose({ ...command(id, baseSeq, body), id: newId<CommandId>() });
        expect(answer, body.type).toBe('not-found');
      }
  expect(await relay.storage.events.read(id)).toEqual([]);
  expect(await change({ retention: 'keep' })).toBe('ok');
});

test('T14 T15 T56 an internal session that is erased is gone for who had it, and was never there for who had not', async () => {
  expect(await change({ retention: 'none' })).toBe('ok');
  const id = newId<SessionId>();
  const [device] = (await erika.client.me()).devices;
  const standing = () => ({
    epoch: pump.socket.epoch,
    position: pump.socket.position,
    events: new Map(pump.socket.events),
  });
  const before = standing();
  const create = { reason: 'canary-erased-7712', ticketIds: [], deviceId: device?.id };
  expect(await say(erika, id, { type: 'session.create', payload: create })).toBe('ok');
  await pump.socket.sees(id, () => true, 'the session');
  const between = standing();
  expect(await say(erika, id, { type: 'session.set-visibility', payload: { visibility: 'internal' } })).toBe(
    'ok',
  );
  await pump.socket.message((one) => one.t === 'gone' && one.streamId === id);
  const after = standing();
  expect(await say(erika, id, { type: 'session.cancel', payload: { reason: 'x' } })).toBe('ok');
  clock.advance(600_000);
  await erika.socket.message((one) => one.t === 'gone' && one.streamId === id);
  expect(await relay.streams.isErased(id)).toBe(true);
  const told = await pump.client.sync(between, allKinds);
  expect(told.messages.filter((one) => one.t === 'gone' && one.streamId === id)).toHaveLength(1);
  for (const from of [undefined, before, after]) {
    const socket = await pump.client.sync(from, allKinds);
    expect(socket.raw.join()).not.toContain(id);
  }
  expect(pump.socket.messages.filter((one) => one.t === 'gone' && one.streamId === id)).toHaveLength(1);
  expect(await change({ retention: 'keep' })).toBe('ok');
});

test('T56 a file of an erased session that a crash left behind goes at the next start', async () => {
  const dataDir = tempDir();
  const first = await startRelay({ dataDir });
  const client = await Client.codeUser(first, codes.pump);
  const id = await request(await client.sync());
  await first.streams.erase(id, null);
  client.close();
  await first.stop();
  const [orphan, other] = [`${id}.${newId()}`, `${newId()}.${newId()}`].map((name) =>
    join(dataDir, 'blobs', name),
  );
  for (const path of [orphan, other]) writeFileSync(path ?? '', 'canary');
  const second = await startRelay({ dataDir });
  expect([existsSync(orphan ?? ''), existsSync(other ?? '')]).toEqual([false, true]);
  await second.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('C3 with retention of days a session goes when they are over, also right after the relay was down', async () => {
  expect(await change({ retention: 'days', retentionDays: 2 })).toBe('ok');
  const id = await wholeLife('canary-days-5511');
  expect(await change({ retention: 'keep' })).toBe('ok');
  const dayMs = 24 * 3_600_000;
  clock.advance(2 * dayMs - 1);
  await relay.sessions.idle();
  expect((await relay.sessions.get(id))?.status).toBe('CLOSED');
  clock.advance(1);
  await eventually(async () => (await relay.sessions.get(id)) === undefined, 'the end of the session');
  await erika.socket.message((one) => one.t === 'gone' && one.streamId === id);
});

test('B11 a request that nobody answers expires where that is set, and the settings of then count', async () => {
  expect(await change({ requestExpiryMs: 60_000 })).toBe('ok');
  const id = newId<SessionId>();
  const ask = { type: 'session.request' as const, payload: { reason: 'x', ticketIds: [] } };
  expect(await say(pump, id, ask)).toBe('ok');
  expect(await change({ requestExpiryMs: null })).toBe('ok');
  const other = newId<SessionId>();
  expect(await say(pump, other, ask)).toBe('ok');
  clock.advance(60_000);
  await pump.socket.sees(id, (session) => session.status === 'CANCELLED', 'the expiry');
  expect((await relay.sessions.get(other))?.status).toBe('REQUESTED');
});
