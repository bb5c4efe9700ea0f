import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallId, SessionId } from '#domain/ids.ts';
import type { SessionStatus } from '#domain/session/status.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
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

let relay: Awaited<ReturnType<typeof startRelay>>;
const clock = new ManualClock();
interface Person {
  client: Client;
  socket: SyncClient;
}
let pump: Person;
let erika: Person;
let emil: Person;
let ada: Person;

const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync() };
};

beforeAll(async () => {
  relay = await startRelay({}, { clock });
  pump = await come(Client.codeUser(relay, codes.pump, 'Paul'));
  [erika, emil, ada] = await Promise.all([
    come(Client.employee(relay, emails.erika)),
    come(Client.employee(relay, emails.emil)),
    come(Client.employee(relay, emails.ada)),
  ]);
});
afterAll(() => relay.dispose());

const status = (who: Person, id: SessionId, wanted: SessionStatus) =>
  who.socket.sees(id, (session) => session.status === wanted, wanted);

const statusNow = async (id: SessionId) => (await relay.sessions.get(id))?.status;

test('F1 a code user cannot create, only request; START waits for the confirmation', async () => {
  const { devices } = await pump.client.me();
  const create = command(newId<SessionId>(), 0, {
    type: 'session.create',
    payload: opening('now', devices[0]?.id),
  });
  expect(await pump.socket.propose(create)).toBe('forbidden');
  const id = await request(pump.socket);
  expect(await statusNow(id)).toBe('REQUESTED');
  const start = command(id, 1, { type: 'call.start', payload: { callId: newId<CallId>(), mode: 'video' } });
  expect(await pump.socket.propose(start)).toBe('illegal-transition');
});

test('F5 the request carries device, reason and linked ticket to the employee', async () => {
  const { devices, tickets } = await pump.client.me();
  const id = newId<SessionId>();
  const ticketIds = tickets.map((ticket) => ticket.id);
  expect(tickets.map((ticket) => [ticket.number, ticket.title])).toEqual([
    [1042, 'Pump P-101 loses pressure'],
  ]);
  const body = { type: 'session.request' as const, payload: { reason: ' It drips ', ticketIds } };
  expect(await pump.socket.propose(command(id, 0, body))).toBe('ok');
  const session = await erika.socket.sees(id, () => true, 'the request');
  expect(session).toMatchObject({
    reason: 'It drips',
    ticketIds,
    device: { id: devices[0]?.id, name: 'Pump P-101' },
  });
});

test('F6 F7 the responsible employee is told at once and can read without confirming; another is not', async () => {
  const id = await request(pump.socket, 'Only for Erika');
  const session = await erika.socket.sees(id, () => true, 'the request');
  expect(session.receivedBy.map((who) => who.name)).toEqual(['Erika Expert']);
  await status(ada, id, 'REQUESTED');
  expect(session.status).toBe('REQUESTED');
  // Emil's socket has been told of everything before this answer.
  const mine = await request((await come(Client.codeUser(relay, codes.compressor))).socket);
  await emil.socket.sees(mine, () => true, 'his own');
  expect(emil.socket.session(id)).toBeUndefined();
  // Whoever was offline sees it on the next opening.
  const later = await erika.client.sync();
  expect(later.session(id)?.reason).toBe('Only for Erika');
});

test('F8 a session made by an employee is CONFIRMED at once, without a request in its log', async () => {
  const { devices } = await erika.client.me();
  const id = newId<SessionId>();
  const body = { type: 'session.create' as const, payload: opening('Maintenance', devices[0]?.id) };
  expect(await erika.socket.propose(command(id, 0, body))).toBe('ok');
  const session = await status(pump, id, 'CONFIRMED');
  expect(session.assigned.map((who) => who.name)).toEqual(['Erika Expert']);
  expect(pump.socket.events.get(id)?.map((event) => event.type)).toEqual(['session.created']);
});

test('F13 a request stays open until somebody answers', async () => {
  const id = await request(pump.socket);
  clock.advance(5 * 24 * 3_600_000);
  await relay.sessions.idle();
  expect(await statusNow(id)).toBe('REQUESTED');
  await confirm(erika.socket, id);
});

test('F19 F20 F33 nobody calls in REQUESTED; confirming is one action, and the code user is told', async () => {
  const id = await request(pump.socket);
  for (const who of [pump, erika, ada]) {
    await who.socket.sees(id, () => true, 'the request');
    const start = command(id, 1, { type: 'call.start', payload: { callId: newId<CallId>(), mode: 'video' } });
    expect(['illegal-transition', 'not-assigned']).toContain(await who.socket.propose(start));
  }
  await confirm(erika.socket, id);
  const seen = await status(pump, id, 'CONFIRMED');
  expect(seen.assigned.map((who) => who.name)).toEqual(['Erika Expert']);
});

test('F21 F22 F23 F25 F61 C1 the statuses follow the call by themselves, live on both sides', async () => {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  await pump.socket.sees(id, (session) => session.status === 'CONFIRMED', 'confirmed');
  const callId = await startCall(id, pump, erika);
  await status(pump, id, 'IN_PROGRESS');
  await status(erika, id, 'IN_PROGRESS');
  expect(await pump.socket.propose(command(id, 9, { type: 'call.leave', payload: { callId } }))).toBe('ok');
  const done = await status(erika, id, 'DONE');
  await status(pump, id, 'DONE');
  expect(done.closesAtMs).toBe(clock.nowMs() + 600_000);
  clock.advance(600_000 - 1);
  await relay.sessions.idle();
  expect(await statusNow(id)).toBe('DONE');
  clock.advance(1);
  const closed = await status(pump, id, 'CLOSED');
  expect(closed.history.map((step) => [step.status, step.actor.kind])).toEqual([
    ['REQUESTED', 'codeUser'],
    ['CONFIRMED', 'employee'],
    ['IN_PROGRESS', 'codeUser'],
    ['DONE', 'codeUser'],
    ['CLOSED', 'relay'],
  ]);
});

test('F63 F64 after CLOSED no START; reopened, the same session has a second call', async () => {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  await status(pump, id, 'CONFIRMED');
  const first = await startCall(id, erika, pump);
  await erika.socket.propose(command(id, 9, { type: 'call.leave', payload: { callId: first } }));
  await status(erika, id, 'DONE');
  expect(await erika.socket.propose(command(id, 99, { type: 'session.close', payload: {} }))).toBe('ok');
  const start = () =>
    pump.socket.propose(
      command(id, 99, { type: 'call.start', payload: { callId: newId<CallId>(), mode: 'video' } }),
    );
  expect(await start()).toBe('session-closed');
  expect(await pump.socket.propose(command(id, 99, { type: 'session.reopen', payload: {} }))).toBe(
    'forbidden',
  );
  expect(await erika.socket.propose(command(id, 99, { type: 'session.reopen', payload: {} }))).toBe('ok');
  await startCall(id, pump, erika);
  const session = await pump.socket.sees(id, (one) => one.calls.length === 2, 'two calls');
  expect(session.calls.map((call) => call.number)).toEqual([1, 2]);
  expect(session.reason).toBe('It drips');
});

test('F24 a cancelled session keeps reason and actor and has no START', async () => {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  const cancel = { type: 'session.cancel' as const, payload: { reason: 'No technician' } };
  expect(await erika.socket.propose(command(id, 2, cancel))).toBe('ok');
  const session = await status(pump, id, 'CANCELLED');
  expect(session.history.at(-1)).toMatchObject({ reason: 'No technician', actor: { name: 'Erika Expert' } });
  const start = { type: 'call.start' as const, payload: { callId: newId<CallId>(), mode: 'video' as const } };
  expect(await pump.socket.propose(command(id, 3, start))).toBe('session-closed');
});

test('F26 an employee moves a status by hand along legal rows only', async () => {
  const id = await request(pump.socket);
  const employee = (body: Parameters<typeof command>[2]) => erika.socket.propose(command(id, 99, body));
  await erika.socket.sees(id, () => true, 'the request');
  expect(await employee({ type: 'session.confirm', payload: {} })).toBe('ok');
  expect(await employee({ type: 'session.close', payload: {} })).toBe('illegal-transition');
  expect(await employee({ type: 'session.reopen', payload: {} })).toBe('illegal-transition');
  expect(await employee({ type: 'session.cancel', payload: { reason: '' } })).toBe('ok');
  expect(await employee({ type: 'session.cancel', payload: { reason: '' } })).toBe('illegal-transition');
  expect(await employee({ type: 'session.reopen', payload: {} })).toBe('ok');
  expect(await statusNow(id)).toBe('CONFIRMED');
});

test('F35 P44 a call that nobody answers is missed after 45 s on the relay clock', async () => {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  const callId = newId<CallId>();
  await pump.socket.propose(command(id, 2, { type: 'call.start', payload: { callId, mode: 'video' } }));
  await erika.socket.sees(id, (one) => one.calls[0]?.state === 'ringing', 'ringing');
  clock.advance(45_000);
  const session = await erika.socket.sees(id, (one) => one.calls[0]?.state === 'ended', 'missed');
  expect(session.calls[0]?.endReason).toBe('missed');
  expect(session.status).toBe('CONFIRMED');
});

test('F37 a rejected call ends for both, and the session stays', async () => {
  const id = await request(pump.socket);
  await confirm(erika.socket, id);
  const callId = newId<CallId>();
  await erika.socket.propose(command(id, 2, { type: 'call.start', payload: { callId, mode: 'video' } }));
  expect(await pump.socket.propose(command(id, 3, { type: 'call.reject', payload: { callId } }))).toBe('ok');
  const session = await erika.socket.sees(id, (one) => one.calls[0]?.state === 'ended', 'rejected');
  expect([session.status, session.calls[0]?.endReason]).toEqual(['CONFIRMED', 'rejected']);
});

test('F67 F68 T14 P24 P25 a session set to internal is gone for the code user, also after a new start, and comes back whole', async () => {
  const id = await request(pump.socket, 'canary-internal');
  await confirm(erika.socket, id);
  const set = (visibility: 'public' | 'internal') =>
    erika.socket.propose(command(id, 99, { type: 'session.set-visibility', payload: { visibility } }));
  await pump.socket.sees(id, (one) => one.visibility === 'public', 'public by default');
  const { epoch, position } = pump.socket;
  expect(await set('internal')).toBe('ok');
  await pump.socket.message((one) => one.t === 'gone' && one.streamId === id);
  const fresh = await pump.client.sync();
  expect(fresh.raw.join()).not.toContain('canary-internal');
  const back = await pump.client.sync({ epoch, position });
  expect(back.messages.some((one) => one.t === 'gone' && one.streamId === id)).toBe(true);
  expect(back.raw.join()).not.toContain('canary-internal');
  const chat = { type: 'chat.send' as const, payload: { messageId: newId<never>(), text: 'Hello?' } };
  expect(await pump.socket.propose(command(id, 3, chat))).toBe('not-found');
  const standing = { epoch, position: fresh.position };
  expect(await set('public')).toBe('ok');
  const again = await fresh.sees(id, () => true, 'public again');
  expect(again.seq).toBe(4);
  expect(await eventually(() => back.session(id)?.seq, 'the whole log')).toBe(4);
  // A replica that stood while the session was internal gets all of it, not only what came since.
  expect((await pump.client.sync(standing)).session(id)?.seq).toBe(4);
});
