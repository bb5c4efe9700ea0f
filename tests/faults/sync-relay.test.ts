import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { until } from '../harness/until.ts';
import { appOn, type NodeApp } from './relay-app.ts';

/** The smallest PNG there is: one pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let relay: RelayProcess;
let dataDir: string;
const apps: NodeApp[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sightline-sync-'));
  relay = await startRelay({ via: 'node', port: 8190, dataDir });
});
afterEach(() => {
  for (const app of apps.splice(0)) app.stop();
});
afterAll(async () => {
  await relay.dispose();
  await rm(dataDir, { recursive: true, force: true });
});

async function employee(name = 'erika'): Promise<NodeApp> {
  const app = appOn(relay.url);
  apps.push(app);
  await app.start();
  expect(await app.identity.signIn(`${name}@demo.example`, 'sightline-demo')).toMatchObject({ ok: true });
  await until(`${name} has caught up`, () => app.connection.caughtUp);
  return app;
}

async function codeUser(): Promise<NodeApp> {
  const app = appOn(relay.url);
  apps.push(app);
  await app.start();
  expect(await app.identity.signInWithCode('pump p101 demo', 'Otto')).toMatchObject({ ok: true });
  await until('the code user has caught up', () => app.connection.caughtUp);
  return app;
}

function valueOf<T>(result: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

describe('the app against a relay', () => {
  it('F5 F6 F33 a request reaches the responsible employee, its confirmation the code user', async () => {
    const [tablet, office, other] = [await codeUser(), await employee(), await employee('emil')];
    const arrived: string[] = [];
    office.notifications.onArrived((notice) => arrived.push(notice.kind));
    const id = valueOf(await tablet.sessions.request({ reason: 'It leaks' }));
    expect(tablet.session(id).session?.status ?? 'REQUESTED').toBe('REQUESTED');
    await until('the office is told', () => arrived.includes('request'));
    expect(office.notifications.items[0]).toMatchObject({ kind: 'request', text: 'It leaks', read: false });
    expect(other.notifications.items).toEqual([]);
    expect(other.session(id).state).toBe('missing');

    const session = office.session(id);
    expect(session.offers).toMatchObject({ confirm: true, startCall: false, close: false });
    expect(await valueOf(await session.confirm()).settled).toMatchObject({ ok: true });
    await until('the tablet is told', () => tablet.session(id).session?.status === 'CONFIRMED');
    expect(tablet.notifications.items[0]).toMatchObject({ kind: 'confirmed', read: false });
    expect(tablet.session(id).offers).toMatchObject({ startCall: true, confirm: false, chat: true });
    await tablet.notifications.markAllRead();
    await until('it is read', () => tablet.notifications.unread === 0);
    await until('nothing is left to send', () => tablet.outbox.count === 0);
  });

  it('F35 F37 F50 B22 a call rings and is answered; a picture is kept, sent and verified', async () => {
    const [tablet, office] = [await codeUser(), await employee()];
    const device = office.identity.directory?.devices.find((one) => one.name === 'Pump P-101');
    const id = valueOf(await office.sessions.create({ deviceId: device?.id ?? '', reason: 'Check-up' }));
    await until('the tablet has it', () => tablet.session(id).session !== undefined);
    const callId = valueOf(await office.session(id).startCall('video'));
    await until('it rings', () => tablet.notifications.ringing?.callId === callId);
    expect(office.notifications.ringing).toBeUndefined();
    expect(valueOf(await tablet.session(id).answer('voice'))).toBe(callId);
    await until('both see it answered', () => office.session(id).call?.state === 'answered');
    expect(tablet.notifications.ringing).toBeUndefined();

    const [here, there] = [tablet, office].map((app) => app.createCallSignalling({ sessionId: id, callId }));
    const rosters: string[][] = [];
    here?.onRoster((roster) => rosters.push(roster.map((one) => one.kind)));
    const { peerId } = (await here?.credentials()) ?? { peerId: '' };
    here?.announce(peerId);
    there?.announce(null);
    await until('both are on the roster', () => rosters.at(-1)?.length === 2);
    const heard: number[][] = [];
    there?.onLive((_from, bytes) => heard.push([...bytes]));
    here?.sendLive(new Uint8Array([1, 2, 250]));
    await until('the datagram is there', () => heard.length === 1);
    expect(heard[0]).toEqual([1, 2, 250]);

    await tablet.session(id).linkUp();
    await until('in progress', () => office.session(id).session?.status === 'IN_PROGRESS');
    const shot = valueOf(
      await tablet.session(id).takeScreenshot({
        bytes: pixel.buffer.slice(pixel.byteOffset, pixel.byteOffset + pixel.length) as ArrayBuffer,
        mediaType: 'image/png',
        width: 1,
        height: 1,
      }),
    );
    await until('verified', () => tablet.session(id).blob(shot)?.state === 'verified');
    await until('the office knows', () => office.session(id).session?.screenshots[0]?.stored === true);
    const picture = valueOf(await office.session(id).picture(shot));
    expect(Buffer.from(await picture.arrayBuffer()).equals(pixel)).toBe(true);
    expect(office.session(id).blob(shot)?.state).toBe('verified');
    here?.close();
    there?.close();
    await office.session(id).leave();
    await until('done', () => tablet.session(id).session?.status === 'DONE');
  });

  it('X1 X2 X16 a relay killed and started again: said so, and what was done meanwhile arrives once', async () => {
    const [tablet, office] = [await codeUser(), await employee()];
    await relay.kill9();
    await until('the tablet says so', () => tablet.connection.state === 'offline');
    const reason = `kept while away ${Math.random()}`;
    const id = valueOf(await tablet.sessions.request({ reason }));
    expect(tablet.outbox.count).toBe(1);
    expect(await office.session(id).startCall('video')).toMatchObject({ ok: false });
    await relay.restart();
    await until('the tablet is back', () => tablet.connection.caughtUp);
    await until('the office has it', () => office.sessions.get(id) !== undefined);
    await until('nothing is left to send', () => tablet.outbox.count === 0);
    expect(office.sessions.list.filter(({ session }) => session.reason === reason)).toHaveLength(1);
  });

  it('F68 T15 an internal session leaves the code user’s app, and comes back when public', async () => {
    const [tablet, office] = [await codeUser(), await employee()];
    const id = valueOf(await tablet.sessions.request({ reason: 'Secret' }));
    await until('the office has it', () => office.sessions.get(id) !== undefined);
    await office.session(id).confirm();
    await until('confirmed', () => office.sessions.get(id)?.confirmed?.status === 'CONFIRMED');
    await office.session(id).setVisibility('internal');
    await until('gone', () => tablet.session(id).state === 'missing');
    await office.session(id).setVisibility('public');
    await until('back', () => tablet.session(id).session?.status === 'CONFIRMED');
  });

  it('T45 signing out ends the sockets; a wrong password says so; nothing is left', async () => {
    const office = await employee();
    expect(await office.identity.signOut()).toEqual({ ok: true, value: { keptUnsent: 0 } });
    const { status, left, expired } = office.identity;
    expect([status, left, expired]).toEqual(['signed-out', true, false]);
    expect(office.sessions.list).toEqual([]);
    const wrong = await office.identity.signIn('erika@demo.example', 'wrong');
    expect(wrong).toEqual({ ok: false, reason: 'wrong-credentials' });
    expect(await office.identity.signInWithCode('NO-SUCH-CODE')).toEqual({
      ok: false,
      reason: 'unknown-code',
    });
    expect(await office.identity.signIn('erika@demo.example', 'sightline-demo')).toMatchObject({ ok: true });
    expect(office.identity.left).toBe(false);
  });

  it('T45 signing out by oneself is no expiry, although the relay may end everything before it answers', async () => {
    const office = await employee();
    const outcome = await office.identity.signOut(async () => {
      const answer = await office.people.do((calls) => calls.signOutEverywhere());
      expect(await office.identity.refresh()).toEqual({ ok: false, reason: 'not-signed-in' });
      expect([office.identity.status, office.identity.expired]).toEqual(['signed-in', false]);
      return answer;
    });
    expect(outcome).toEqual({ ok: true, value: { keptUnsent: 0 } });
    const { status, left, expired } = office.identity;
    expect([status, left, expired]).toEqual(['signed-out', true, false]);
    // What the relay refuses leaves the person signed in.
    expect(await office.identity.signIn('erika@demo.example', 'sightline-demo')).toMatchObject({ ok: true });
    const refused = { ok: false, reason: 'relay-unreachable' } as const;
    expect(await office.identity.signOut(async () => refused)).toEqual(refused);
    expect(office.identity.status).toBe('signed-in');
  });
});
