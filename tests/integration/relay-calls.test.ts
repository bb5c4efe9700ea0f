import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId, SessionId } from '#domain/ids.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  Client,
  codes,
  command,
  confirm,
  emails,
  eventually,
  newId,
  request,
  startCall,
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

const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync() };
};

beforeAll(async () => {
  relay = await startRelay({ turn: { urls: ['turn:turn.example:3478'], secret: 'turn-secret' } }, { clock });
  pump = await come(Client.codeUser(relay, codes.pump));
  erika = await come(Client.employee(relay, emails.erika));
});
afterAll(() => relay.dispose());

async function confirmed(): Promise<SessionId> {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  return id;
}

const rosters = (socket: SyncClient, callId: CallId) =>
  socket.messages.flatMap((one) => (one.t === 'roster' && one.callId === callId ? [one.participants] : []));

const hangUp = (who: Person, id: SessionId, callId: CallId) =>
  who.socket.propose(command(id, 999, { type: 'call.leave', payload: { callId } }));

test('P41 the roster names who is present with a fresh address each; who came later calls who came earlier', async () => {
  const id = await confirmed();
  const callId = await startCall(id, pump, erika);
  const [last] = rosters(pump.socket, callId).slice(-1);
  expect(last?.map((one) => one.kind)).toEqual(['codeUser', 'employee']);
  expect(last?.[0]?.order).toBeLessThan(last?.[1]?.order ?? 0);
  const peers = last?.map((one) => one.peerId) ?? [];
  expect(new Set(peers).size).toBe(2);
  // Coming again with a new address means coming last.
  const { peerId } = await pump.client.ticket({ purpose: 'calls', sessionId: id, callId });
  pump.socket.say({ t: 'in-call', sessionId: id, callId, deviceKey: 'one', peerId: peerId ?? null });
  await eventually(() => rosters(erika.socket, callId).at(-1)?.at(-1)?.peerId === peerId, 'the new address');
  await hangUp(pump, id, callId);
  await eventually(() => relay.presence.participants(callId).length === 0, 'an empty call');
});

test('T1 P13 P40 nobody is present under an address that was minted for another', async () => {
  const id = await confirmed();
  const callId = await startCall(id, pump, erika);
  const foreign = rosters(pump.socket, callId)
    .at(-1)
    ?.find((one) => one.kind === 'employee')?.peerId;
  const before = pump.socket.messages.length;
  for (const peerId of [foreign ?? null, newId<never>()])
    pump.socket.say({ t: 'in-call', sessionId: id, callId, deviceKey: 'one', peerId });
  const refused = () =>
    pump.socket.messages.slice(before).filter((one) => one.t === 'error' && one.reason === 'ticket-invalid');
  await eventually(() => refused().length === 2, 'two refusals');
  expect(relay.presence.participants(callId).find((one) => one.kind === 'codeUser')?.peerId).not.toBe(
    foreign,
  );
  await hangUp(pump, id, callId);
});

test('F73 P42 a second device of the same person takes the call over, and the first is told', async () => {
  const id = await confirmed();
  const callId = await startCall(id, pump, erika);
  const second = await erika.client.sync();
  second.say({ t: 'in-call', sessionId: id, callId, deviceKey: 'two', peerId: null });
  await erika.socket.message((one) => one.t === 'call-elsewhere' && one.callId === callId);
  expect(
    relay.presence
      .participants(callId)
      .filter((one) => one.kind === 'employee')
      .map((one) => one.deviceKey),
  ).toEqual(['two']);
  // The first one's leaving does not take the second's place away.
  erika.socket.say({ t: 'out-of-call', callId });
  erika.socket.say({ t: 'ping', requestId: 77 });
  await erika.socket.message((one) => one.t === 'pong' && one.requestId === 77);
  expect(relay.presence.participants(callId).length).toBe(2);
  await hangUp(erika, id, callId);
});

test('P45 live bytes pass between those in the call alone', async () => {
  const id = await confirmed();
  const callId = await startCall(id, pump, erika);
  const bystander = await erika.client.sync();
  erika.socket.say({ t: 'live', callId, data: 'c3Ryb2tl' });
  const heard = await pump.socket.message((one) => one.t === 'live' && one.callId === callId);
  expect(heard).toMatchObject({ from: (await erika.client.me()).subject.id, data: 'c3Ryb2tl' });
  bystander.say({ t: 'live', callId, data: 'Zm9yZ2Vk' });
  bystander.say({ t: 'ping', requestId: 1 });
  await bystander.message((one) => one.t === 'pong');
  expect(pump.socket.messages.some((one) => one.t === 'live' && one.data === 'Zm9yZ2Vk')).toBe(false);
  expect(erika.socket.messages.some((one) => one.t === 'live' && one.callId === callId)).toBe(false);
  await hangUp(erika, id, callId);
});

test('F22 P43 a lost link keeps the place for 60 s; then the leg is lost and the call ends', async () => {
  const id = await confirmed();
  const gone = await come(Client.codeUser(relay, codes.pump));
  const callId = await startCall(id, gone, erika);
  gone.socket.webSocket.terminate();
  await eventually(() => rosters(erika.socket, callId).at(-1)?.length === 1, 'the loss in the roster');
  clock.advance(59_999);
  await relay.sessions.idle();
  expect((await relay.sessions.get(id))?.status).toBe('IN_PROGRESS');
  clock.advance(1);
  const session = await erika.socket.sees(id, (one) => one.status === 'DONE', 'the end');
  expect(session.calls[0]).toMatchObject({ endReason: 'link-lost' });
  expect(session.calls[0]?.legs.map((leg) => leg.cause)).toEqual(['link-lost', undefined]);
});

test('B8 P43 whoever comes back within 60 s keeps the call', async () => {
  const id = await confirmed();
  const back = await come(Client.codeUser(relay, codes.pump));
  const callId = await startCall(id, back, erika);
  back.socket.webSocket.terminate();
  await eventually(() => relay.presence.participants(callId).length === 1, 'the loss');
  clock.advance(30_000);
  const again = await back.client.sync();
  again.say({ t: 'in-call', sessionId: id, callId, deviceKey: 'one', peerId: null });
  await again.message((one) => one.t === 'roster' && one.participants.length === 2);
  clock.advance(120_000);
  await relay.sessions.idle();
  expect((await relay.sessions.get(id))?.status).toBe('IN_PROGRESS');
  await hangUp(erika, id, callId);
});

test('P43 whoever answered and never showed up loses the place, too', async () => {
  const id = await confirmed();
  const callId = newId<CallId>();
  const payload = { callId, mode: 'voice' as const };
  await pump.socket.propose(command(id, 2, { type: 'call.start', payload }));
  await erika.socket.propose(command(id, 3, { type: 'call.answer', payload }));
  clock.advance(60_000);
  await erika.socket.sees(id, (one) => one.calls[0]?.state === 'ended', 'the end of the call');
});

test('P12 calls get TURN credentials for ten minutes when a server is configured', async () => {
  const id = await confirmed();
  const callId = await startCall(id, pump, erika);
  const { iceServers } = await pump.client.ticket({ purpose: 'calls', sessionId: id, callId });
  const [server] = iceServers ?? [];
  expect(server?.urls).toEqual(['turn:turn.example:3478']);
  expect(Number(server?.username?.split(':')[0])).toBe(Math.floor(clock.nowMs() / 1000) + 600);
  await hangUp(erika, id, callId);
});

test('P12 T9 a ticket that is asked for ahead comes with the place in the call, and to nobody without one', async () => {
  const id = await confirmed();
  const payload = { callId: newId<CallId>(), mode: 'voice' as const };
  /** Resolves when the request is at the relay and waits there. */
  const ask = async ({ client }: Person, callId: CallId) => {
    const before = clock.timers;
    const answer = client.post('/api/socket-tickets', {
      purpose: 'calls',
      sessionId: id,
      callId,
      ahead: true,
    });
    await eventually(() => clock.timers > before, 'the waiting request');
    return { answer };
  };
  const early = await ask(pump, payload.callId);
  const inVain = await ask(pump, newId());
  const timers = clock.timers;
  expect(await pump.socket.propose(command(id, 2, { type: 'call.start', payload }))).toBe('ok');
  const minted = await early.answer;
  expect(minted.status).toBe(200);
  expect(await minted.json()).toMatchObject({ peerId: expect.any(String), ticket: expect.any(String) });
  clock.advance(3_000);
  const refused = await inVain.answer;
  expect([refused.status >= 400, await refused.json()]).toEqual([true, { code: 'no-call' }]);
  expect(clock.timers).toBeLessThanOrEqual(timers);
  // Whoever may not take part at all is refused at once, ahead or not.
  const ada = await Client.employee(relay, emails.ada);
  const stranger = await ada.post('/api/socket-tickets', {
    purpose: 'calls',
    sessionId: id,
    callId: newId(),
    ahead: true,
  });
  expect(await stranger.json()).toEqual({ code: 'not-assigned' });
  await hangUp(pump, id, payload.callId);
});

test('X1 X5 P13 P43 after a restart the call goes on for those who come back, and ends for those who do not', async () => {
  const dataDir = tempDir();
  const time = new ManualClock();
  const first = await startRelay({ dataDir }, { clock: time });
  const tablet = await come(Client.codeUser(first, codes.pump));
  const office = await come(Client.employee(first, emails.erika));
  const calls: { id: SessionId; callId: CallId }[] = [];
  for (let i = 0; i < 2; i += 1) {
    const id = await request(tablet.socket);
    await confirm(office.socket, id);
    calls.push({ id, callId: await startCall(id, tablet, office) });
  }
  const peerIds = first.presence.participants(calls[0]?.callId ?? newId()).map((one) => one.peerId);
  await first.stop();
  expect((await tablet.socket.closed).code).toBe(1012);
  // Ten minutes without a relay: legs count from its coming back.
  time.advance(600_000);

  const second = await startRelay({ dataDir }, { clock: time });
  const [kept, lost] = calls;
  if (!kept || !lost) throw new Error('no calls');
  const returned: SyncClient[] = [];
  for (const [index, person] of [tablet, office].entries()) {
    const client = new Client(second.origin);
    client.cookie = person.client.cookie;
    const { epoch } = person.socket;
    const socket = await client.sync(person.socket);
    expect(socket.messages.find((one) => one.t === 'welcome')).toMatchObject({ reset: false, epoch });
    // Nothing has happened meanwhile, so nothing is sent again.
    expect(socket.messages.flatMap((one) => (one.t === 'events' ? one.events : []))).toEqual([]);
    socket.say({
      t: 'in-call',
      sessionId: kept.id,
      callId: kept.callId,
      deviceKey: 'one',
      peerId: peerIds[index] ?? null,
    });
    returned.push(socket);
  }
  await returned[0]?.message((one) => one.t === 'roster' && one.participants.length === 2);
  expect(second.presence.participants(kept.callId).map((one) => one.peerId)).toEqual(peerIds);
  time.advance(60_000);
  await eventually(async () => (await second.sessions.get(lost.id))?.status === 'DONE', 'the lost call');
  expect((await second.sessions.get(kept.id))?.status).toBe('IN_PROGRESS');
  await second.stop();
});

test('C1 F61 P44 what fell due while the relay was down happens at its start', async () => {
  const dataDir = tempDir();
  const time = new ManualClock();
  const first = await startRelay({ dataDir }, { clock: time });
  const tablet = await come(Client.codeUser(first, codes.pump));
  const office = await come(Client.employee(first, emails.erika));
  const review = await request(tablet.socket);
  await confirm(office.socket, review);
  await hangUp(tablet, review, await startCall(review, tablet, office));
  const ringing = await request(tablet.socket);
  await confirm(office.socket, ringing);
  const payload = { callId: newId<CallId>(), mode: 'video' as const };
  await tablet.socket.propose(command(ringing, 9, { type: 'call.start', payload }));
  await first.stop();
  time.advance(600_000);
  const second = await startRelay({ dataDir }, { clock: time });
  time.advance(0);
  await eventually(async () => (await second.sessions.get(review))?.status === 'CLOSED', 'the closing');
  await eventually(
    async () => (await second.sessions.get(ringing))?.calls[0]?.endReason === 'missed',
    'the missed call',
  );
  await second.stop();
});

test('P131 F99 a hang-up that is told twice, by socket and by a page that goes, counts once', async () => {
  const id = await confirmed();
  const callId = await startCall(id, pump, erika);
  const said = command(id, 999, { type: 'call.leave', payload: { callId } });
  const byPage = () =>
    pump.client
      .post(`/api/sessions/${id}/call/leave`, { callId, commandId: said.id })
      .then(({ status }) => status);
  expect(await byPage()).toBe(204);
  expect(await byPage()).toBe(204);
  await pump.socket.propose(said);
  await eventually(() => relay.presence.participants(callId).length <= 1, 'the pump is out');
  const left = erika.socket.messages.flatMap((one) =>
    one.t === 'events'
      ? one.events.filter((event) => event.type === 'call.left' && event.streamId === id)
      : [],
  );
  expect(left).toHaveLength(1);
  expect(
    await erika.client.post(`/api/sessions/${id}/call/leave`, { callId: 'x', commandId: 'y' }),
  ).toMatchObject({
    status: 400,
  });
});
