import { rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { CallId, SessionId } from '#domain/ids.ts';
import type { OrganizationSettings } from '#domain/organization/settings.ts';
import { nextDeadline } from '#domain/session/deadlines.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import {
  asAdministrator,
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
  tempDir,
  type SyncClient,
} from '../harness/relay-harness.ts';

type Running = Awaited<ReturnType<typeof startRelay>>;
interface Person {
  client: Client;
  socket: SyncClient;
}
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const yearMs = 365 * dayMs;
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const come = async (pending: Promise<Client>): Promise<Person> => {
  const client = await pending;
  return { client, socket: await client.sync() };
};

async function firstRun(clock: ManualClock) {
  const dataDir = tempDir();
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const relay = await startRelay({ dataDir }, { clock });
  const tablet = await come(Client.codeUser(relay, codes.pump));
  const office = await come(Client.employee(relay, emails.erika));
  return { dataDir, relay, tablet, office };
}

async function again(dataDir: string, clock: ManualClock): Promise<Running> {
  const relay = await startRelay({ dataDir }, { clock });
  ends.push(() => relay.stop());
  clock.advance(0);
  await relay.sessions.idle();
  return relay;
}

const set = (relay: Running, changes: Partial<OrganizationSettings>) =>
  asAdministrator(relay, demoOrganization, {
    type: 'organization.change-settings',
    payload: { changes },
  });
const say = async (who: Person, id: SessionId, body: Parameters<typeof command>[2]) =>
  expect(await who.socket.propose(command(id, 999, body)), body.type).toBe('ok');

/** What can become due, each in a session of its own, made under the settings that make it so. */
async function everythingDue({ relay, tablet, office }: Awaited<ReturnType<typeof firstRun>>) {
  const ids: Record<string, SessionId> = {};
  const confirmed = async (name: string) => {
    const id = await request(tablet.socket, name);
    ids[name] = id;
    await confirm(office.socket, id);
    return id;
  };
  const done = async (name: string, settings: Partial<OrganizationSettings>, rated = false) => {
    await set(relay, settings);
    const id = await confirmed(name);
    const callId = await startCall(id, tablet, office);
    await say(tablet, id, { type: 'call.leave', payload: { callId } });
    if (rated) await say(tablet, id, { type: 'rating.skip', payload: { callId } });
    return id;
  };
  const closed = async (name: string, settings: Partial<OrganizationSettings>) =>
    say(office, await done(name, settings), { type: 'session.close', payload: {} });

  await set(relay, { requestExpiryMs: 10 * minuteMs });
  ids.expires = await request(tablet.socket, 'expires');
  await set(relay, { requestExpiryMs: 20 * dayMs });
  ids.waits = await request(tablet.socket, 'waits');
  await set(relay, { requestExpiryMs: null });
  ids.stays = await request(tablet.socket, 'stays');
  const call = { callId: newId<CallId>(), mode: 'video' as const };
  await say(office, await confirmed('ringing'), { type: 'call.start', payload: call });
  await startCall(await confirmed('running'), tablet, office);
  await done('wrapUpCap', { reviewWindow: 'wrapUp', reviewMs: 10 * minuteMs });
  await done('wrappedUp', { reviewWindow: 'wrapUp', reviewMs: 20 * dayMs }, true);
  await done('hours', { reviewWindow: 'hours', reviewMs: 2 * hourMs });
  await done('manyHours', { reviewWindow: 'hours', reviewMs: 20 * dayMs });
  await done('manual', { reviewWindow: 'manual' });
  await closed('twoDays', { reviewWindow: 'wrapUp', retention: 'days', retentionDays: 2 });
  await closed('ninetyDays', { retention: 'days', retentionDays: 90 });
  await closed('kept', { retention: 'keep' });
  await say(office, await confirmed('cancelled'), { type: 'session.cancel', payload: { reason: 'x' } });
  await done('closesAndGoes', { reviewWindow: 'hours', reviewMs: hourMs, retention: 'none' });
  return ids;
}

/** What a session is by now, in a word. */
async function wordFor(relay: Running, id: SessionId): Promise<string> {
  const session = await relay.sessions.get(id);
  if (!session) return 'gone';
  const call = session.calls.at(-1);
  return call && session.status !== 'DONE' && session.status !== 'CLOSED'
    ? `${session.status} ${call.endReason ?? call.state}`
    : session.status;
}

/** What is done may make something else due at once: time that stands still is looked at again. */
const untilNothingIsDue = (relay: Running, ids: Record<string, SessionId>, clock: ManualClock) =>
  eventually(async () => {
    clock.advance(0);
    const sessions = await Promise.all(Object.values(ids).map((id) => relay.sessions.get(id)));
    const due = (session: VideoSession | undefined) =>
      session && (nextDeadline(session)?.atMs ?? Number.POSITIVE_INFINITY) <= clock.nowMs();
    return !sessions.some(due);
  }, 'what was due');

test('B11 C1 C3 F35 F61 F100 P44 P65 what fell due while the relay was down is done at its start, and nothing else is', async () => {
  const clock = new ManualClock();
  const first = await firstRun(clock);
  const ids = await everythingDue(first);
  await first.relay.stop();
  clock.advance(3 * dayMs);
  const relay = await again(first.dataDir, clock);
  await untilNothingIsDue(relay, ids, clock);
  const words = async () =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(ids).map(async ([name, id]) => [name, await wordFor(relay, id)] as const),
      ),
    );
  const expected = {
    expires: 'CANCELLED',
    waits: 'REQUESTED',
    stays: 'REQUESTED',
    ringing: 'CONFIRMED missed',
    // The time of grace counts from the relay's coming back: both may have been here all the time.
    running: 'IN_PROGRESS linked',
    wrapUpCap: 'CLOSED',
    wrappedUp: 'CLOSED',
    hours: 'CLOSED',
    manyHours: 'DONE',
    manual: 'DONE',
    twoDays: 'gone',
    ninetyDays: 'CLOSED',
    kept: 'CLOSED',
    cancelled: 'CANCELLED',
    closesAndGoes: 'gone',
  };
  expect(await words()).toEqual(expected);
  // Done by the relay, once.
  const hours = await relay.sessions.get(ids.hours as SessionId);
  expect(hours?.history.filter((step) => step.status === 'CLOSED').map((step) => step.actor.kind)).toEqual([
    'relay',
  ]);

  clock.advance(minuteMs);
  await eventually(async () => (await words()).running === 'DONE', 'the end of the grace');
  clock.advance(30 * dayMs);
  await untilNothingIsDue(relay, ids, clock);
  expect(await words()).toEqual({
    ...expected,
    waits: 'CANCELLED',
    running: 'CLOSED',
    manyHours: 'CLOSED',
  });
  clock.advance(90 * dayMs);
  await untilNothingIsDue(relay, ids, clock);
  expect((await words()).ninetyDays).toBe('gone');
});

test('X25 T43 the relay’s own clock jumps ten years ahead and back: order stays, nothing is done twice', async () => {
  const clock = new ManualClock();
  const first = await firstRun(clock);
  const { relay, tablet, office, dataDir } = first;
  const id = await request(tablet.socket);
  await confirm(office.socket, id);
  const callId = await startCall(id, tablet, office);
  await say(tablet, id, { type: 'call.leave', payload: { callId } });
  const waiting = await request(tablet.socket, 'waiting');
  await relay.stop();

  const future = new ManualClock(clock.nowMs() + 10 * yearMs);
  const ahead = await startRelay({ dataDir }, { clock: future });
  future.advance(0);
  await eventually(async () => (await ahead.sessions.get(id))?.status === 'CLOSED', 'the closing');
  const later = await Client.employee(ahead, emails.erika);
  const socket = await later.sync();
  await confirm(socket, waiting);
  await ahead.stop();

  const past = new ManualClock(clock.nowMs() - 10 * yearMs);
  const back = await startRelay({ dataDir }, { clock: past });
  ends.push(() => back.stop());
  past.advance(0);
  const now = await Client.employee(back, emails.erika);
  const line = await now.sync();
  expect(line.session(waiting)?.status).toBe('CONFIRMED');
  expect(await line.propose(command(id, 999, { type: 'session.reopen', payload: {} }))).toBe('ok');
  const again = { callId: newId<CallId>(), mode: 'video' as const };
  expect(await line.propose(command(id, 999, { type: 'call.start', payload: again }))).toBe('ok');
  // A ring of 45 s is one, whatever was written before it.
  past.advance(45_000);
  await eventually(
    async () => (await back.sessions.get(id))?.calls[1]?.endReason === 'missed',
    'the missed call',
  );
  const session = await back.sessions.get(id);
  expect(session?.history.map((step) => step.status)).toEqual([
    'REQUESTED',
    'CONFIRMED',
    'IN_PROGRESS',
    'DONE',
    'CLOSED',
    'CONFIRMED',
  ]);
  const seqs = (line.events.get(id) ?? []).map((event) => event.seq);
  expect(seqs).toEqual(seqs.map((_seq, at) => at + 1));
  const positions = (line.events.get(id) ?? []).map((event) => event.position);
  expect(positions).toEqual([...positions].sort((one, other) => one - other));
});

test('T18 T45 links and sign-ins that ran out while the relay was down open nothing after it', async () => {
  const clock = new ManualClock();
  const { relay, tablet, office, dataDir } = await firstRun(clock);
  const id = await request(tablet.socket);
  await confirm(office.socket, id);
  const made = await office.client.expectOk(office.client.post(`/api/sessions/${id}/guest-link`, {}));
  const { token } = (await made.json()) as { token: string };
  const guest = new Client(relay.origin);
  await guest.expectOk(guest.post('/api/guest', { token }));
  const cookies = [guest.cookie, office.client.cookie, tablet.client.cookie];
  await relay.stop();
  const statuses = async () => {
    const running = await startRelay({ dataDir }, { clock });
    const found = await Promise.all(
      cookies.map(async (cookie) => {
        const client = new Client(running.origin);
        client.cookie = cookie;
        return (await client.request('/api/me')).status;
      }),
    );
    const late = await new Client(running.origin).post('/api/guest', { token });
    await running.stop();
    return [...found, late.status];
  };
  clock.advance(hourMs);
  expect(await statuses()).toEqual([200, 200, 200, 200]);
  clock.advance(dayMs);
  expect(await statuses()).toEqual([401, 200, 200, 404]);
  clock.advance(7 * dayMs);
  expect(await statuses()).toEqual([401, 401, 200, 404]);
  clock.advance(90 * dayMs);
  expect(await statuses()).toEqual([401, 401, 401, 404]);
});
