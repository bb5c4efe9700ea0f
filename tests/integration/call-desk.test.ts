import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CodedError, type ErrorCode } from '#domain/error-codes.ts';
import { CallEngine } from '../../src/lib/call/call-engine.ts';
import { FakeCallNetwork } from '../../src/lib/call/adapters/fake/fake-call-network.ts';
import { LocalMedia } from '../../src/lib/call/devices/local-media.ts';
import { FakeDevices } from '../../src/lib/call/testing/fake-devices.ts';
import { CallDesk } from '../../src/lib/state/call/CallDesk.svelte.ts';
import { tabCallMemory, type CallMemory } from '../../src/lib/state/call/call-memory.ts';
import type { CallFactoriesWithFeatures } from '../../src/lib/state/call/call-feature.ts';
import { appOn, type NodeApp } from '../faults/relay-app.ts';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { until } from '../harness/until.ts';

let relay: RelayProcess;
let dataDir: string;
const apps: NodeApp[] = [];
const desks: CallDesk[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sightline-desk-'));
  relay = await startRelay({ via: 'node', port: 8194, dataDir });
});
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.letGo();
  for (const app of apps.splice(0)) app.stop();
});
afterAll(async () => {
  await relay.dispose();
  await rm(dataDir, { recursive: true, force: true });
});

const valueOf = <T>(result: { ok: true; value: T } | { ok: false; reason: string }): T => {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
};

async function signedIn(name: 'erika' | 'ada' | 'tablet'): Promise<NodeApp> {
  const app = appOn(relay.url);
  apps.push(app);
  await app.start();
  const came =
    name === 'tablet'
      ? await app.identity.signInWithCode('PUMP-P101-DEMO', 'Otto')
      : await app.identity.signIn(`${name}@demo.example`, 'sightline-demo');
  expect(came).toMatchObject({ ok: true });
  await until(`${name} has caught up`, () => app.connection.caughtUp);
  return app;
}

/** A storage that a tab keeps over a reload. */
function tabMemory(): CallMemory {
  const kept = new Map<string, string>();
  return tabCallMemory({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage);
}

interface Seat {
  app: NodeApp;
  desk: CallDesk;
  devices: FakeDevices;
  /** Ends of media that were opened, and what became of them. */
  engines: CallEngine[];
  /** Whether the relay lets this seat into calls. */
  link: { up: boolean };
}

/** A desk on a real log, with the fake call network behind it. */
function seat(app: NodeApp, network: FakeCallNetwork, memory = tabMemory(), notFetched?: ErrorCode): Seat {
  const devices = new FakeDevices();
  const engines: CallEngine[] = [];
  const link = { up: true };
  const missing = () => Promise.reject(new Error('not in this test'));
  const factories: CallFactoriesWithFeatures = {
    warm: async () => undefined,
    features: async () => [],
    createEngine: async ({ sessionId, callId, selfId, preferredFacing, onLinkUp }) => {
      if (notFetched) throw new CodedError(notFetched);
      const { kind, name } = app.identity.subject ?? { kind: 'guest', name: '' };
      const engine = new CallEngine({
        call: { sessionId, callId, selfId },
        transport: () => {
          const transport = network.transport({ participantId: selfId, name, kind });
          if (!link.up) transport.joinFailure = new CodedError('relay-unreachable');
          return transport;
        },
        media: new LocalMedia({ preferredFacing, devices: devices.access, permission: devices.permission }),
        onLinkUp,
        makeStream: (track) => ({ id: 'stream', getTracks: () => [track] }) as unknown as MediaStream,
      });
      engines.push(engine);
      return engine;
    },
    openStrokes: () => new Promise(() => undefined),
    openVision: () => new Promise(() => undefined),
    suggest: missing,
    watchFrames: missing,
    openScreenshot: missing,
    grabFrame: missing,
    forgetScreenshot: missing,
  };
  const desk = new CallDesk({
    factories,
    session: (id) => app.session(id),
    self: () => app.identity.subject,
    memory,
  });
  desks.push(desk);
  return { app, desk, devices, engines, link };
}

/** A confirmed session that both sides have. */
async function confirmedSession(): Promise<{ id: string; tablet: NodeApp; office: NodeApp }> {
  const [tablet, office] = [await signedIn('tablet'), await signedIn('erika')];
  const device = office.identity.directory?.devices.find((one) => one.name === 'Pump P-101');
  const id = valueOf(await office.sessions.create({ deviceId: device?.id ?? '', reason: 'Check-up' }));
  await until('the tablet may start', () => tablet.session(id).offers.startCall);
  await until('the office may start', () => office.session(id).offers.startCall);
  return { id, tablet, office };
}

async function runningCall(): Promise<{ id: string; tablet: Seat; office: Seat; network: FakeCallNetwork }> {
  const { id, ...both } = await confirmedSession();
  const network = new FakeCallNetwork();
  const [tablet, office] = [seat(both.tablet, network), seat(both.office, network)];
  expect(await office.desk.start(id)).toMatchObject({ ok: true });
  await until('it rings', () => both.tablet.notifications.ringing?.sessionId === id);
  expect(await tablet.desk.answer(id)).toMatchObject({ ok: true });
  await until('it runs', () => both.office.session(id).session?.status === 'IN_PROGRESS');
  await until('the tablet knows', () => both.tablet.session(id).session?.status === 'IN_PROGRESS');
  return { id, tablet, office, network };
}

describe('the call desk', () => {
  it('F35 F25 F21 what was pressed is told at once, and the window can be shown when it is kept', async () => {
    const { id, office: app } = await confirmedSession();
    const office = seat(app, new FakeCallNetwork());
    const started = office.desk.start(id);
    expect(office.desk.doing(id)).toBe('starting');
    expect(await started).toMatchObject({ ok: true });
    expect(office.desk.doing(id)).toBeUndefined();
    expect(office.desk.current).toMatchObject({ sessionId: id });
    await until('the devices are asked for', () => office.desk.current?.snapshot.phase === 'joined');
  });

  it('F35 START pressed twice quickly is one call', async () => {
    const { id, office: app } = await confirmedSession();
    const office = seat(app, new FakeCallNetwork());
    const outcomes = await Promise.all([office.desk.start(id), office.desk.start(id)]);
    expect(outcomes).toEqual([
      { ok: true, value: undefined },
      { ok: true, value: undefined },
    ]);
    expect(await office.desk.start(id)).toMatchObject({ ok: true });
    await until('it rings', () => app.session(id).call?.state === 'ringing');
    expect(app.session(id).session?.calls).toHaveLength(1);
    expect(office.engines).toHaveLength(1);
  });

  it('F99 F25 F22 hanging up is written before anything is waited for, and ends the call for both', async () => {
    const { id, tablet, office } = await runningCall();
    // The media never ends: the log must know all the same.
    office.engines[0]!.hangUp = () => new Promise(() => undefined);
    void office.desk.hangUp();
    expect(office.desk.current).toBeUndefined();
    expect(office.desk.doing(id)).toBe('leaving');
    await until('it is over by the log', () => tablet.app.session(id).session?.status === 'DONE');
    await until('the tablet is out', () => tablet.desk.current === undefined);
  });

  it('F99 hung up while it still starts: nobody is left ringing', async () => {
    const { id, office: app } = await confirmedSession();
    const office = seat(app, new FakeCallNetwork());
    void office.desk.start(id);
    await until('it is kept', () => app.session(id).call !== undefined);
    await office.desk.hangUp();
    await until('nothing rings', () => app.session(id).session?.calls[0]?.state === 'ended');
    expect(office.desk.current).toBeUndefined();
    expect(office.desk.doing(id)).toBeUndefined();
  });

  it('F99 START and hang-up in one breath: what is kept late is taken back, and nobody is left ringing', async () => {
    const { id, office: app, tablet } = await confirmedSession();
    const office = seat(app, new FakeCallNetwork());
    const told: string[] = [];
    office.desk.onFailed((reason) => told.push(reason));
    const started = office.desk.start(id);
    const hungUp = office.desk.hangUp();
    expect(office.desk.doing(id)).toBe('leaving');
    expect(await started).toEqual({ ok: false, reason: 'call-over' });
    await hungUp;
    await until('it is over', () => tablet.session(id).session?.calls[0]?.state === 'ended');
    expect(office.desk.current).toBeUndefined();
    expect(office.desk.doing(id)).toBeUndefined();
    expect(told).toEqual([]);
    await until('no device is on', () => office.devices.running.length === 0);
  });

  it('F99 START in a second session ends what was begun in the first, whose media may take its time', async () => {
    const { id, office: app } = await confirmedSession();
    const device = app.identity.directory?.devices.find((one) => one.name === 'Pump P-101');
    const otherId = valueOf(await app.sessions.create({ deviceId: device?.id ?? '', reason: 'Another one' }));
    await until('it may start', () => app.session(otherId).offers.startCall);
    const office = seat(app, new FakeCallNetwork());
    const first = office.desk.start(id);
    expect(await office.desk.start(otherId)).toMatchObject({ ok: true });
    expect(await first).toEqual({ ok: false, reason: 'call-over' });
    expect(office.desk.current).toMatchObject({ sessionId: otherId });
    await until('nothing rings in the first', () => app.session(id).session?.calls[0]?.state === 'ended');
    await until('the other rings', () => app.session(otherId).call?.state === 'ringing');
    office.engines.at(-1)!.hangUp = () => new Promise(() => undefined);
    await until('the first may start again', () => app.session(id).offers.startCall);
    expect(await office.desk.start(id)).toMatchObject({ ok: true });
    expect(office.desk.current).toMatchObject({ sessionId: id });
    await until('nothing rings there', () => app.session(otherId).session?.calls[0]?.state === 'ended');
  });

  it('F99 hang-up twice quickly is one, and is no failure', async () => {
    const { tablet, office, id } = await runningCall();
    const told: string[] = [];
    office.desk.onFailed((reason) => told.push(reason));
    await Promise.all([office.desk.hangUp(), office.desk.hangUp()]);
    await until('it is over', () => tablet.app.session(id).session?.status === 'DONE');
    expect(told).toEqual([]);
  });

  it('F99 a call that this tab is not in is hung up by its session', async () => {
    const { id, office, tablet } = await runningCall();
    await office.desk.letGo();
    await office.desk.hangUp();
    expect(tablet.app.session(id).session?.status).toBe('IN_PROGRESS');
    await office.desk.hangUp(id);
    await until('it is over by the log', () => tablet.app.session(id).session?.status === 'DONE');
  });

  it('T12 whoever is removed by the log is out at once, on whatever page', async () => {
    const { id, office, tablet } = await runningCall();
    const ada = await signedIn('ada');
    const call = office.desk.current;
    valueOf(await ada.session(id).assignSelf());
    await until('she is assigned', () => ada.session(id).session?.assigned.length === 2);
    valueOf(await ada.session(id).unassign(office.app.identity.subject?.id ?? ''));
    await until('the desk is empty', () => office.desk.current === undefined);
    expect(call?.closed).toBe(true);
    await until('the tablet hears nobody', () => (tablet.desk.current?.sound.voices.length ?? 0) === 0);
  });

  it.each(['call-over', 'no-call'] as const)(
    'F99 F22 the call’s own socket says %s before the log does: the tab is out, and nothing has failed',
    async (reason) => {
      const { id, tablet, network } = await runningCall();
      const told: string[] = [];
      tablet.desk.onFailed((code) => told.push(code));
      network.fail(tablet.app.identity.subject?.id ?? '', reason);
      expect(tablet.desk.current).toBeUndefined();
      expect(tablet.desk.refusalOf(id)).toBeUndefined();
      expect(tablet.desk.doing(id)).toBeUndefined();
      expect(told).toEqual([]);
    },
  );

  it('F35 X1 START where a part of the app cannot be had: the link is named, and nothing rings', async () => {
    const { id, office: app } = await confirmedSession();
    const office = seat(app, new FakeCallNetwork(), tabMemory(), 'relay-unreachable');
    expect(await office.desk.start(id)).toEqual({ ok: false, reason: 'relay-unreachable' });
    expect(office.desk.refusalOf(id)).toBe('relay-unreachable');
    await until('nothing rings', () => app.session(id).session?.calls[0]?.state === 'ended');
  });

  it('F21 a start that the relay refuses is told, and leaves nothing open', async () => {
    const { id, office: app, tablet } = await confirmedSession();
    const office = seat(app, new FakeCallNetwork());
    const told: string[] = [];
    office.desk.onFailed((reason) => told.push(reason));
    valueOf(await valueOf(await tablet.session(id).cancel()).settled);
    const outcome = await office.desk.start(id);
    await until('it is refused', () => office.desk.refusalOf(id) !== undefined);
    if (outcome.ok) expect(told).toEqual([office.desk.refusalOf(id)]);
    expect(office.desk.current).toBeUndefined();
    for (const engine of office.engines) expect(engine.snapshot.phase).toBe('left');
    // They were asked for at the press already.
    await until('no device is on', () => office.devices.running.length === 0);
  });

  it('B8 a page that is loaded anew comes back into its call, muted as it was', async () => {
    const { id, tablet, office, network } = await runningCall();
    const memory = tabMemory();
    const first = seat(tablet.app, network, memory);
    await tablet.desk.letGo();
    expect(await first.desk.join(id)).toMatchObject({ ok: true });
    await until('the microphone is on', () => first.desk.current?.snapshot.own.microphone === 'on');
    first.desk.current?.toggleMicrophone();
    await until('it is muted', () => memory.read()?.microphone === false);
    first.desk.pageGone();
    await until('the office sees nobody', () => office.desk.current?.link.alone === true);

    const again = seat(tablet.app, network, memory);
    await until('it is back', () => again.desk.comeBack() && again.desk.current !== undefined);
    await until('the link stands', () => again.desk.current?.snapshot.link === 'connected');
    expect(again.desk.current?.snapshot.own.microphone).toBe('off');
    expect(tablet.app.session(id).session?.calls).toHaveLength(1);
  });

  it('B8 the window itself enters as it was, also after a second reload before the first has come through', async () => {
    const { id, tablet, office, network } = await runningCall();
    const memory = tabMemory();
    const callId = office.desk.current?.callId ?? '';
    await tablet.desk.letGo();
    memory.write({ sessionId: id, callId, microphone: true, camera: false });
    const second = seat(tablet.app, network, memory);
    expect(await second.desk.join(id)).toMatchObject({ ok: true });
    second.desk.pageGone();
    expect(memory.read()).toMatchObject({ microphone: true, camera: false });

    const third = seat(tablet.app, network, memory);
    expect(await third.desk.join(id)).toMatchObject({ ok: true });
    await until('the microphone is on', () => third.desk.current?.snapshot.own.microphone === 'on');
    expect(third.desk.current?.snapshot.own.camera).toBe('off');
    third.desk.current?.toggleMicrophone();
    await until('it is muted', () => memory.read()?.microphone === false);
    third.desk.pageGone();
    const fourth = seat(tablet.app, network, memory);
    expect(await fourth.desk.join(id)).toMatchObject({ ok: true });
    await until('it is in', () => fourth.desk.current?.snapshot.phase === 'joined');
    expect(fourth.desk.current?.snapshot.own.microphone).toBe('off');
  });

  it('B8 a page that the browser had kept is in its call again, and was never out of it meanwhile', async () => {
    const { id, tablet } = await runningCall();
    await until('it is in', () => tablet.desk.current?.snapshot.phase === 'joined');
    tablet.desk.pageGone();
    expect(tablet.desk.current).toBeUndefined();
    expect(tablet.desk.doing(id)).toBe('joining');
    expect(tablet.desk.comeBack()).toBe(true);
    await until('it is back', () => tablet.desk.current?.snapshot.link === 'connected');
    expect(tablet.desk.doing(id)).toBeUndefined();
  });

  it('X5 B8 a call that the relay does not let in again is told to have failed, and can be tried as it was', async () => {
    const { id, tablet, network } = await runningCall();
    const memory = tabMemory();
    const callId = tablet.desk.current?.callId ?? '';
    await tablet.desk.letGo();
    memory.write({ sessionId: id, callId, microphone: false, camera: true });
    const again = seat(tablet.app, network, memory);
    const told: unknown[] = [];
    again.desk.onFailed((reason, endedId) => told.push([reason, endedId]));
    again.link.up = false;
    expect(again.desk.comeBack()).toBe(true);
    await until('it is told', () => told.length > 0);
    expect(told).toEqual([['relay-unreachable', id]]);
    expect(again.desk.refusalOf(id)).toBe('relay-unreachable');
    expect(again.desk.current).toBeUndefined();
    expect(again.devices.running).toHaveLength(0);
    again.link.up = true;
    expect(await again.desk.join(id)).toMatchObject({ ok: true });
    await until('it is back', () => again.desk.current?.snapshot.own.camera === 'on');
    expect(again.desk.current?.snapshot.own.microphone).toBe('off');
    expect(again.desk.refusalOf(id)).toBeUndefined();
  });

  it('F21 what a tab remembers of a call that is over is forgotten', async () => {
    const { id, office: app } = await confirmedSession();
    const memory = tabMemory();
    memory.write({ sessionId: id, callId: 'A'.repeat(22), microphone: true, camera: true });
    const office = seat(app, new FakeCallNetwork(), memory);
    expect(office.desk.comeBack()).toBe(true);
    expect(office.desk.current).toBeUndefined();
    expect(memory.read()).toBeUndefined();
  });
});
