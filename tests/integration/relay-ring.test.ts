import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId, SessionId } from '#domain/ids.ts';
import { liveCall } from '#domain/session/video-session.ts';
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
  asAdministrator,
  type SyncClient,
} from '../harness/relay-harness.ts';

let relay: Awaited<ReturnType<typeof startRelay>>;
const clock = new ManualClock();
interface Person {
  client: Client;
  socket: SyncClient;
}
let tablet: Person;
let phone: Person;
let desk: Person;
let pocket: Person;
let ada: Person;
const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync(undefined, allKinds) };
};

beforeAll(async () => {
  relay = await startRelay({}, { clock });
  tablet = await come(Client.codeUser(relay, codes.pump, 'Tablet'));
  phone = await come(Client.codeUser(relay, codes.pump, 'Phone'));
  desk = await come(Client.employee(relay, emails.erika));
  pocket = await come(Client.employee(relay, emails.erika));
  ada = await come(Client.employee(relay, emails.ada));
});
afterAll(() => relay.dispose());

const say = (who: Person, id: SessionId, body: Parameters<typeof command>[2]) =>
  who.socket.propose(command(id, 999, body));
const rings = (who: Person, id: SessionId) =>
  who.socket.sees(id, (session) => liveCall(session)?.state === 'ringing', 'the ringing');
const stopped = (who: Person, id: SessionId) =>
  who.socket.sees(id, (session) => liveCall(session)?.state !== 'ringing', 'the end of the ringing');

async function confirmed(): Promise<SessionId> {
  const id = await request(tablet.socket);
  await confirm(desk.socket, id);
  return id;
}

test('X32 F35 two devices of one code ring; one answers, the other stops within a second and cannot answer any more', async () => {
  const id = await confirmed();
  const call = { callId: newId<CallId>(), mode: 'video' as const };
  expect(await say(desk, id, { type: 'call.start', payload: call })).toBe('ok');
  await Promise.all([rings(tablet, id), rings(phone, id)]);
  const sinceMs = clock.nowMs();
  expect(await say(phone, id, { type: 'call.answer', payload: call })).toBe('ok');
  await stopped(tablet, id);
  expect(clock.nowMs()).toBe(sinceMs);
  expect(await say(tablet, id, { type: 'call.answer', payload: call })).toBe('already-answered');
  expect(await say(tablet, id, { type: 'call.reject', payload: { callId: call.callId } })).toBe(
    'already-answered',
  );
  const legs = liveCall((await relay.sessions.get(id)) as never)?.legs.map((leg) => leg.name);
  expect(legs).toEqual(['Erika Expert', 'Phone']);
});

test('X32 both answer at the same moment, thirty times: one is in, the other is told', async () => {
  for (let round = 0; round < 30; round += 1) {
    const id = await confirmed();
    const call = { callId: newId<CallId>(), mode: 'voice' as const };
    await say(desk, id, { type: 'call.start', payload: call });
    const answer = { type: 'call.answer' as const, payload: call };
    const answers = await Promise.all([say(tablet, id, answer), say(phone, id, answer)]);
    expect(answers.sort()).toEqual(['already-answered', 'ok']);
  }
});

test('X32 F35 an employee with two devices: what one answers stops ringing on the other; the place is one', async () => {
  const id = await confirmed();
  const call = { callId: newId<CallId>(), mode: 'video' as const };
  expect(await say(tablet, id, { type: 'call.start', payload: call })).toBe('ok');
  await Promise.all([rings(desk, id), rings(pocket, id)]);
  const sinceMs = clock.nowMs();
  expect(await say(pocket, id, { type: 'call.answer', payload: call })).toBe('ok');
  await stopped(desk, id);
  expect(clock.nowMs()).toBe(sinceMs);
  expect(await say(desk, id, { type: 'call.answer', payload: call })).toBe('already-answered');
});

test('X32 C14 one device declines: no device of that side rings any more, and the caller is told', async () => {
  const id = await confirmed();
  const { callId } = { callId: newId<CallId>() };
  await say(desk, id, { type: 'call.start', payload: { callId, mode: 'video' } });
  await Promise.all([rings(tablet, id), rings(phone, id)]);
  expect(await say(tablet, id, { type: 'call.reject', payload: { callId } })).toBe('ok');
  await Promise.all([stopped(phone, id), stopped(desk, id)]);
  expect(await say(phone, id, { type: 'call.answer', payload: { callId, mode: 'video' } })).toBe('call-over');
});

test('T12 F18 whoever is unassigned in the middle of the call is out of it within two seconds: place, sockets, tickets', async () => {
  const id = await confirmed();
  const callId = await startCall(id, tablet, desk);
  const adaId = (await ada.client.me()).subject.id as never;
  const erikaId = (await desk.client.me()).subject.id as never;
  expect(await say(ada, id, { type: 'session.assign', payload: { employeeId: adaId } })).toBe('ok');
  const sinceMs = clock.nowMs();
  expect(await say(ada, id, { type: 'session.unassign', payload: { employeeId: erikaId } })).toBe('ok');
  await tablet.socket.sees(id, (session) => session.status === 'DONE', 'the end of the call');
  await eventually(() => relay.presence.participants(callId).length === 0, 'the empty place');
  const again = await desk.client.post('/api/socket-tickets', { purpose: 'calls', sessionId: id, callId });
  expect([403, 404, 409]).toContain(again.status);
  desk.socket.say({ t: 'in-call', sessionId: id, callId, deviceKey: 'one', peerId: null });
  await desk.socket.message((one) => one.t === 'error');
  expect(await say(desk, id, { type: 'call.answer', payload: { callId, mode: 'video' } })).not.toBe('ok');
  expect(clock.nowMs()).toBe(sinceMs);
});

test('F42 C2 C15 settings that change in the middle of a call let it go on; the session keeps what it froze', async () => {
  const id = await confirmed();
  const callId = await startCall(id, desk, tablet);
  const changed = await administer(ada.socket, {
    type: 'organization.change-settings',
    payload: {
      changes: {
        whoMayStart: 'employeeOnly',
        keepOpenUntilClosed: true,
        retention: 'none',
        codeUserMayCancelConfirmed: false,
        services: { text: true, voice: true, video: false },
      },
    },
  });
  expect(changed).toBe('ok');
  const running = await relay.sessions.get(id);
  expect([running?.status, liveCall(running as never)?.state]).toEqual(['IN_PROGRESS', 'linked']);
  expect(relay.presence.participants(callId)).toHaveLength(2);
  const words = { type: 'chat.send' as const, payload: { messageId: newId<never>(), text: 'Still here' } };
  expect(await say(tablet, id, words)).toBe('ok');
  expect(await say(tablet, id, { type: 'call.leave', payload: { callId } })).toBe('ok');
  const done = await relay.sessions.get(id);
  expect([done?.status, done?.settings.retention, done?.settings.whoMayStart]).toEqual([
    'DONE',
    'keep',
    'both',
  ]);
  expect(await say(desk, id, { type: 'session.reopen', payload: {} })).toBe('ok');
  const start = (mode: 'video' | 'voice') =>
    say(tablet, id, { type: 'call.start', payload: { callId: newId<CallId>(), mode } });
  // What is offered at all counts as it stands now.
  expect(await start('video')).toBe('service-switched-off');
  expect(await start('voice')).toBe('ok');
  await asAdministrator(relay, demoOrganization, {
    type: 'organization.change-settings',
    payload: {
      changes: {
        whoMayStart: 'both',
        keepOpenUntilClosed: false,
        retention: 'keep',
        codeUserMayCancelConfirmed: true,
        services: { text: true, voice: true, video: true },
      },
    },
  });
});
