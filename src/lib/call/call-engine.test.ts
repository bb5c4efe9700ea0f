import { describe, expect, it, vi } from 'vitest';
import type { CallMode } from '#domain/session/events.ts';
import { CodedError } from '#domain/error-codes.ts';
import { FakeCallNetwork, type FakeCallTransport } from './adapters/fake/fake-call-network.ts';
import { CallEngine } from './call-engine.ts';
import { LocalMedia } from './devices/local-media.ts';
import type { Locks } from './hold-call-lock.ts';
import { FakeDevices, type FakeTrack } from './testing/fake-devices.ts';

const call = { sessionId: 's', callId: 'c', selfId: '' };

/** Locks of one browser, as several tabs see them. */
function browserLocks(): Locks {
  const held = new Map<string, Promise<unknown>>();
  return {
    request: async (name: string, { signal }: LockOptions, callback: LockGrantedCallback<unknown>) => {
      const aborted = new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('waited long enough', 'AbortError')));
      });
      while (held.has(name)) await Promise.race([held.get(name), aborted]);
      const done = Promise.resolve(callback({ name, mode: 'exclusive' })).then(() => void held.delete(name));
      held.set(name, done);
      return done;
    },
  } as unknown as Locks;
}

function person(
  network: FakeCallNetwork,
  participantId: string,
  kind: 'codeUser' | 'employee',
  locks: Locks = browserLocks(),
  nowMs: () => number = Date.now,
) {
  const devices = new FakeDevices();
  const released = vi.fn(async () => undefined);
  const onLinkUp = vi.fn();
  const media = new LocalMedia({
    preferredFacing: kind === 'codeUser' ? 'environment' : 'user',
    devices: devices.access,
    permission: devices.permission,
  });
  let transport: FakeCallTransport | undefined;
  const engine = new CallEngine({
    call: { ...call, selfId: participantId },
    transport: () => (transport = network.transport({ participantId, name: participantId, kind })),
    media,
    onLinkUp,
    locks,
    lockWaitMs: 5,
    nowMs,
    screen: { request: async () => ({ release: released }), onVisible: () => () => undefined },
    makeStream: (track) => ({ id: 'stream', getTracks: () => [track] }) as unknown as MediaStream,
  });
  if (!transport) throw new Error('no transport');
  return { engine, devices, media, transport, onLinkUp, released };
}

async function pair(userMode: CallMode = 'video', employeeMode: CallMode = 'voice') {
  const network = new FakeCallNetwork();
  const user = person(network, 'user', 'codeUser');
  const expert = person(network, 'expert', 'employee');
  await user.engine.join(userMode);
  await expert.engine.join(employeeMode);
  await settled();
  return { network, user, expert };
}
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));
const sources = ({ transport }: { transport: FakeCallTransport }) => [...transport.tracks.keys()].sort();

describe('joining', () => {
  it.each([
    ['video', ['camera', 'microphone']],
    ['voice', ['microphone']],
    ['text', []],
  ] as const)('F37 F39 %s sends exactly %j', async (mode, expected) => {
    const { user } = await pair(mode);
    expect(sources(user)).toEqual([...expected]);
    expect(user.engine.snapshot).toMatchObject({ phase: 'joined', link: 'connected', mode });
  });

  it('F36 an employee who joins by voice is not asked for the camera until it is switched on', async () => {
    const { user, expert } = await pair('video', 'voice');
    expect(expert.devices.requests.some((request) => request.video)).toBe(false);
    expect(user.engine.snapshot.participants[0]).toMatchObject({
      cameraStream: null,
      media: { camera: 'off' },
    });
    expect(await expert.engine.startCamera()).toEqual({ ok: true });
    await settled();
    expect(sources(expert)).toEqual(['camera', 'microphone']);
    expect(user.engine.snapshot.participants[0]?.cameraStream).not.toBeNull();
    expect(user.engine.snapshot.participants[0]?.media.camera).toBe('on');
  });

  it('F35 the first link is told once, whoever joined first', async () => {
    const { network, user, expert } = await pair();
    network.setLink('user', 'expert', 'reconnecting');
    network.setLink('user', 'expert', 'connected');
    expect(user.onLinkUp).toHaveBeenCalledTimes(1);
    expect(expert.onLinkUp).toHaveBeenCalledTimes(1);
    expect(user.engine.snapshot.linkedAtMs).toBeTypeOf('number');
  });

  it('X43 the call is joined without a camera that is refused, and says why there is none', async () => {
    const network = new FakeCallNetwork();
    const user = person(network, 'user', 'codeUser');
    user.devices.videoError = 'NotAllowedError';
    user.devices.permissions = { camera: 'denied', microphone: 'granted' };
    expect(await user.engine.join('video')).toEqual({ ok: true });
    await settled();
    expect(user.engine.snapshot.own.microphone).toBe('on');
    expect(user.engine.snapshot.deviceNotices).toMatchObject([{ whose: 'own', failure: 'camera-denied' }]);
    expect(sources(user)).toEqual(['microphone']);
  });

  it('F25 what was asked for before the relay has judged is what the call is joined with', async () => {
    const network = new FakeCallNetwork();
    const user = person(network, 'user', 'codeUser');
    user.engine.prepare('video');
    expect(user.transport.prepared).toBe(true);
    await settled();
    expect(user.devices.running).toHaveLength(2);
    expect(sources(user)).toEqual([]);
    expect(user.engine.snapshot.phase).toBe('idle');
    await user.engine.join('video');
    await settled();
    expect(sources(user)).toEqual(['camera', 'microphone']);
    expect(user.devices.requests).toHaveLength(1);
  });

  it('F96 while the relay judges, the devices are seen as they are, and a press does what the button says', async () => {
    const network = new FakeCallNetwork();
    const user = person(network, 'user', 'codeUser');
    const publish = vi.spyOn(user.transport, 'publish');
    const announce = vi.spyOn(user.transport, 'announceMedia');
    const own = () => [user.engine.snapshot.own.microphone, user.engine.snapshot.own.camera];
    const shown: string[] = [];
    const stop = user.engine.subscribe((snapshot) => shown.push(snapshot.own.microphone));
    const answer = user.devices.hold();
    user.engine.prepare('video');
    expect(own()).toEqual(['starting', 'starting']);
    await settled();
    expect([user.devices.requests.length, ...own()]).toEqual([1, 'starting', 'starting']);
    answer();
    await settled();
    expect([user.engine.snapshot.phase, ...own()]).toEqual(['idle', 'on', 'on']);
    await user.engine.toggleMicrophone();
    await user.engine.stopCamera();
    expect(own()).toEqual(['muted', 'off']);
    expect(shown.filter((state, at) => state !== shown[at - 1])).toEqual(['starting', 'on', 'muted']);
    stop();
    expect([publish, announce].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    // What was muted and stopped before the relay's word stays so.
    await user.engine.join('video');
    await settled();
    expect(own()).toEqual(['muted', 'off']);
    expect(sources(user)).toEqual(['microphone']);
    expect(user.transport.media).toMatchObject({ microphone: 'muted', camera: 'off' });
    expect(user.devices.running.map((track) => track.kind)).toEqual(['audio']);
  });

  it('X31 a device that waits for the place is starting; without the place it is off again', async () => {
    const network = new FakeCallNetwork();
    const locks = browserLocks();
    const first = person(network, 'user', 'codeUser', locks);
    const second = person(network, 'user', 'codeUser', locks);
    await first.engine.join('video');
    second.engine.prepare('voice');
    const pressed = second.engine.startCamera();
    const own = () => [second.engine.snapshot.own.microphone, second.engine.snapshot.own.camera];
    expect(own()).toEqual(['starting', 'starting']);
    expect(await pressed).toEqual({ ok: false, reason: 'open-elsewhere' });
    expect(own()).toEqual(['off', 'off']);
    expect(second.devices.requests).toHaveLength(0);
  });

  it.each(['hung up', 'refused', 'taken over'])(
    'F99 own devices are not followed any more when the call is %s',
    async (how) => {
      const network = new FakeCallNetwork();
      const user = person(network, 'user', 'codeUser');
      const stopped = vi.fn();
      const { subscribe } = user.media;
      user.media.subscribe = (listener) => {
        const stop = subscribe.call(user.media, listener);
        return () => (stopped(), stop());
      };
      user.engine.prepare('video');
      await settled();
      if (how === 'refused') user.transport.joinFailure = new CodedError('relay-unreachable');
      if (how !== 'hung up') await user.engine.join('video');
      if (how === 'hung up') await user.engine.hangUp();
      if (how === 'taken over') network.takeOver('user');
      await settled();
      expect(stopped).toHaveBeenCalledOnce();
      expect(user.devices.running).toHaveLength(0);
    },
  );

  it('F36 getting ready by voice asks for no camera; a call that is refused leaves nothing on', async () => {
    const network = new FakeCallNetwork();
    const expert = person(network, 'expert', 'employee');
    expert.engine.prepare('voice');
    await settled();
    expect(expert.devices.requests.some((request) => request.video)).toBe(false);
    expect(expert.devices.running).toHaveLength(1);
    await expert.engine.hangUp();
    expect(expert.devices.running).toHaveLength(0);
  });

  it('X31 a second tab that got ready before it was told so captures nothing', async () => {
    const network = new FakeCallNetwork();
    const locks = browserLocks();
    const first = person(network, 'user', 'codeUser', locks);
    const second = person(network, 'user', 'codeUser', locks);
    await first.engine.join('video');
    second.engine.prepare('video');
    await settled();
    expect(second.devices.requests).toHaveLength(0);
    expect(await second.engine.join('video')).toEqual({ ok: false, reason: 'open-elsewhere' });
    await settled();
    expect(second.devices.requests).toHaveLength(0);
    expect(first.devices.running).toHaveLength(2);
    // What got ready and was hung up before it joined keeps the place from nobody.
    const third = person(network, 'user', 'codeUser', locks);
    await first.engine.hangUp();
    third.engine.prepare('video');
    await third.engine.hangUp();
    const fourth = person(network, 'user', 'codeUser', locks);
    expect(await fourth.engine.join('text')).toEqual({ ok: true });
    expect(third.devices.running).toHaveLength(0);
  });

  it('X43 camera and microphone refused: both are named, to both sides', async () => {
    const network = new FakeCallNetwork();
    const user = person(network, 'user', 'codeUser');
    const expert = person(network, 'expert', 'employee');
    user.devices.videoError = user.devices.audioError = 'NotAllowedError';
    await user.engine.join('video');
    await expert.engine.join('voice');
    await settled();
    const said = ({ engine }: typeof user) =>
      engine.snapshot.deviceNotices.map(({ whose, device, reason }) => `${whose} ${device} ${reason}`);
    expect(said(user)).toEqual(['own microphone denied', 'own camera denied']);
    expect(said(expert)).toEqual(['other microphone denied', 'other camera denied']);
  });

  it('X43 a microphone that is pulled out in the call is said on both sides until it is had again', async () => {
    const { user, expert } = await pair();
    const { microphones } = user.devices;
    user.devices.microphones = [];
    (user.engine.snapshot.own.microphoneTrack as unknown as FakeTrack).unplug();
    await vi.waitFor(() =>
      expect(expert.engine.snapshot.deviceNotices).toEqual([
        { whose: 'other', participantId: 'user', name: 'user', device: 'microphone', reason: 'unplugged' },
      ]),
    );
    expect(user.engine.snapshot.deviceNotices).toMatchObject([
      { whose: 'own', failure: 'microphone-unplugged', back: false },
    ]);
    expect(sources(user)).toEqual(['camera']);
    user.devices.microphones = microphones;
    user.devices.changed();
    expect(await user.engine.retryDevice('microphone')).toEqual({ ok: true });
    await settled();
    expect([user.engine.snapshot.deviceNotices, expert.engine.snapshot.deviceNotices]).toEqual([[], []]);
    expect(sources(user)).toEqual(['camera', 'microphone']);
  });

  it('X31 a second tab of the same browser gets open-elsewhere, and captures nothing', async () => {
    const network = new FakeCallNetwork();
    const locks = browserLocks();
    const first = person(network, 'user', 'codeUser', locks);
    const second = person(network, 'user', 'codeUser', locks);
    await first.engine.join('video');
    expect(await second.engine.join('video')).toEqual({ ok: false, reason: 'open-elsewhere' });
    await settled();
    expect(second.devices.requests).toHaveLength(0);
    expect(second.engine.snapshot).toMatchObject({ phase: 'failed', failure: 'open-elsewhere' });
    expect(second.devices.running).toHaveLength(0);
    expect(first.devices.running).toHaveLength(2);
    const third = person(network, 'user', 'codeUser', locks);
    const joining = third.engine.join('text');
    await first.engine.hangUp();
    expect(await joining).toEqual({ ok: true });
  });

  it('X31 taken over by another device: ends here, and says so', async () => {
    const { network, user } = await pair();
    network.takeOver('user');
    await settled();
    expect(user.engine.snapshot).toMatchObject({ phase: 'failed', failure: 'open-elsewhere' });
    expect(user.devices.running).toHaveLength(0);
  });

  it('when the relay cannot be reached, it fails with that and nothing runs on', async () => {
    const network = new FakeCallNetwork();
    const user = person(network, 'user', 'codeUser');
    user.transport.joinFailure = new CodedError('relay-unreachable');
    expect(await user.engine.join('video')).toEqual({ ok: false, reason: 'relay-unreachable' });
    await settled();
    expect(user.engine.snapshot).toMatchObject({ phase: 'failed', failure: 'relay-unreachable' });
    expect(user.devices.running).toHaveLength(0);
  });

  const brokenLocks = {
    request: () => Promise.reject(new DOMException('no locks here', 'SecurityError')),
  } as unknown as Locks;
  const otherTab = {
    request: (_name: string, { signal }: LockOptions) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('waited', 'AbortError')));
      }),
  } as unknown as Locks;
  it.each([
    ['another tab has the place', 'open-elsewhere', otherTab, undefined],
    ['the place cannot be asked for', 'internal', brokenLocks, undefined],
    ['the relay refuses', 'too-many-requests', browserLocks(), new CodedError('too-many-requests')],
  ] as const)(
    'X31 joining that fails ends what getting ready has opened: %s',
    async (_how, reason, locks, no) => {
      const network = new FakeCallNetwork();
      const user = person(network, 'user', 'codeUser', locks);
      const leave = vi.spyOn(user.transport, 'leave');
      user.transport.joinFailure = no;
      user.engine.prepare('video');
      expect(user.transport.prepared).toBe(true);
      expect(await user.engine.join('video')).toEqual({ ok: false, reason });
      expect(leave).toHaveBeenCalledOnce();
      expect(user.engine.snapshot).toMatchObject({
        phase: 'failed',
        failure: reason,
        own: { microphone: 'off', camera: 'off', cameraTrack: null },
      });
      await settled();
      expect(user.devices.running).toHaveLength(0);
    },
  );

  it('hung up while the person was still being asked: the devices do not run on', async () => {
    const network = new FakeCallNetwork();
    const user = person(network, 'user', 'codeUser');
    const answer = user.devices.hold();
    await user.engine.join('video');
    await user.engine.hangUp();
    answer();
    await settled();
    expect(user.devices.tracks.length).toBeGreaterThan(0);
    expect(user.devices.running).toHaveLength(0);
  });
});

describe('in the call', () => {
  it('F96 muting disables the real track, and the other side sees the mark', async () => {
    const { user, expert } = await pair();
    await user.engine.toggleMicrophone();
    await settled();
    expect(user.engine.snapshot.own.microphone).toBe('muted');
    expect(user.engine.snapshot.own.microphoneTrack?.enabled).toBe(false);
    expect(expert.engine.snapshot.participants[0]?.media.microphone).toBe('muted');
    await user.engine.toggleMicrophone();
    await settled();
    expect(user.engine.snapshot.own.microphoneTrack?.enabled).toBe(true);
    expect(expert.engine.snapshot.participants[0]?.media.microphone).toBe('on');
  });

  it('F97 stopping the camera turns it off and sends nothing; starting it sends again', async () => {
    const { user, expert } = await pair();
    await user.engine.stopCamera();
    await settled();
    expect(user.devices.running.map((track) => track.kind)).toEqual(['audio']);
    expect(sources(user)).toEqual(['microphone']);
    expect(expert.engine.snapshot.participants[0]).toMatchObject({
      cameraStream: null,
      media: { camera: 'off' },
    });
    await user.engine.startCamera();
    await settled();
    expect(expert.engine.snapshot.participants[0]?.cameraStream).not.toBeNull();
  });

  it('a paused camera delivers black, and the other side reads paused', async () => {
    const { user, expert } = await pair();
    user.engine.pauseCamera();
    await settled();
    expect(user.engine.snapshot.own.cameraTrack?.enabled).toBe(false);
    expect(expert.engine.snapshot.participants[0]?.media.camera).toBe('paused');
    user.engine.resumeCamera();
    await settled();
    expect(expert.engine.snapshot.participants[0]?.media.camera).toBe('on');
  });

  it('F98 switching the camera keeps the link and sends the other one', async () => {
    const { user, expert } = await pair();
    const before = user.transport.tracks.get('camera');
    const links: string[] = [];
    expert.engine.subscribe((snapshot) => links.push(snapshot.link));
    expect(await user.engine.switchCamera()).toEqual({ ok: true });
    await settled();
    expect(user.transport.tracks.get('camera')).not.toBe(before);
    expect(user.engine.snapshot.own).toMatchObject({ facing: 'user', mirrored: true });
    expect(new Set(links)).toEqual(new Set(['connected']));
  });

  it('F98 a camera that cannot be had does not end the call', async () => {
    const { user } = await pair();
    user.devices.videoError = 'NotReadableError';
    expect(await user.engine.switchCamera()).toEqual({ ok: false, reason: 'camera-busy' });
    await settled();
    expect(user.engine.snapshot).toMatchObject({ phase: 'joined', link: 'connected' });
    expect(sources(user)).toEqual(['microphone']);
  });

  it('F99 hanging up ends everything that runs, and the other side sees it', async () => {
    const { user, expert } = await pair('video', 'video');
    await user.engine.hangUp();
    await settled();
    expect(user.devices.running).toHaveLength(0);
    expect(user.released).toHaveBeenCalledTimes(1);
    expect(user.engine.snapshot).toMatchObject({ phase: 'left', participants: [] });
    expect(expert.engine.snapshot.participants).toHaveLength(0);
  });

  it('X5 a link that is lost for a while shows since when, and the media are not touched', async () => {
    const { network, user } = await pair();
    network.setLink('user', 'expert', 'reconnecting');
    expect(user.engine.snapshot).toMatchObject({ link: 'reconnecting', phase: 'joined' });
    expect(user.engine.snapshot.reconnectingSinceMs).toBeTypeOf('number');
    expect(user.devices.running).toHaveLength(2);
    user.engine.retry();
    expect(user.transport.retries).toBe(1);
    network.setLink('user', 'expert', 'connected');
    expect(user.engine.snapshot.reconnectingSinceMs).toBeNull();
  });

  it('somebody whom the log says to have left is dropped, whatever their device does', async () => {
    const { user, expert } = await pair();
    user.engine.dropParticipant('expert');
    await settled();
    expect(user.engine.snapshot.participants).toHaveLength(0);
    expect(expert.transport.tracks.size).toBeGreaterThan(0);
  });

  it('F101 an interrupted camera is withdrawn and comes back on a tap', async () => {
    const { user, expert } = await pair();
    (user.engine.snapshot.own.cameraTrack as unknown as FakeTrack).unplug();
    await settled();
    expect(user.engine.snapshot.own.camera).toBe('interrupted');
    expect(expert.engine.snapshot.participants[0]?.media.camera).toBe('paused');
    user.engine.retry();
    await settled();
    expect(user.engine.snapshot.own.camera).toBe('on');
    expect(sources(user)).toEqual(['camera', 'microphone']);
  });

  it('datagrams and control messages reach those who asked for their kind', async () => {
    const { user, expert } = await pair('text', 'text');
    const strokes: number[][] = [];
    const freezes: unknown[] = [];
    expert.engine.onLive(2, (from, bytes) => strokes.push([from.length, ...bytes]));
    const stop = expert.engine.onControl('freeze', (_from, data) => freezes.push(data));
    user.engine.sendLive(2, new Uint8Array([7, 8]));
    user.engine.sendLive(1, new Uint8Array([9]));
    user.engine.sendLive(2, new Uint8Array(1200));
    user.engine.sendControl('freeze', { on: true });
    await settled();
    stop();
    user.engine.sendControl('freeze', { on: false });
    await settled();
    expect(strokes).toEqual([[4, 7, 8]]);
    expect(freezes).toEqual([{ on: true }]);
  });

  it('T28 of a flood of datagrams a bounded part is taken, and from everybody else all', async () => {
    const network = new FakeCallNetwork();
    let atMs = 0;
    const user = person(network, 'user', 'codeUser', browserLocks(), () => atMs);
    const [flooding, honest] = [person(network, 'expert', 'employee'), person(network, 'guest', 'employee')];
    for (const { engine } of [user, flooding, honest]) await engine.join('text');
    await settled();
    const heard: string[] = [];
    user.engine.onLive(2, (from) => heard.push(from));
    for (let sent = 0; sent < 10_000; sent += 1) flooding.engine.sendLive(2, new Uint8Array([1]));
    for (let sent = 0; sent < 100; sent += 1) honest.engine.sendLive(2, new Uint8Array([1]));
    await settled();
    const heardOf = (name: string) => heard.filter((from) => from === name).length;
    expect([heardOf('expert'), heardOf('guest')]).toEqual([480, 100]);
    atMs += 1_000;
    for (let sent = 0; sent < 10_000; sent += 1) flooding.engine.sendLive(2, new Uint8Array([1]));
    await settled();
    expect(heardOf('expert')).toBe(480 + 240);
  });

  it('what is for one of three reaches only that one', async () => {
    const { network, user, expert } = await pair('text', 'text');
    const guest = person(network, 'guest', 'employee');
    await guest.engine.join('text');
    await settled();
    const heard: unknown[] = [];
    for (const [name, { engine }] of Object.entries({ expert, guest })) {
      engine.onLive(3, (_from, bytes) => heard.push([name, ...bytes]));
      engine.onControl('track', (_from, data) => heard.push([name, data]));
    }
    user.engine.sendLive(3, new Uint8Array([1]), 'guest');
    user.engine.sendControl('track', 'mine', 'expert');
    user.engine.sendControl('track', 'nobody’s', 'stranger');
    await settled();
    expect(heard).toEqual([
      ['guest', 1],
      ['expert', 'mine'],
    ]);
  });

  it('B20 F98 frames that left are known by their names until the camera is switched or the other has left', async () => {
    const { network, user, expert } = await pair();
    const wallMs = 1_800_000_000_000;
    const film = (fromMs: number) => {
      const times = Array.from({ length: 24 }, (_, n) => fromMs + n * 33 + (n % 2) * 3);
      for (const timeMs of times) user.engine.frameNames.noteOwnFrame(timeMs, wallMs + timeMs);
      const sent = times.map((timeMs) => ({ name: timeMs * 90, atMs: wallMs + timeMs + 5 }));
      network.sendFrames('user', 'expert', sent);
      return times;
    };
    const [first = 0] = film(1_000);
    expect(user.engine.frameNames.timeOf('expert', first * 90)).toBe(first);
    expect(user.engine.frameNames.nameOf('expert', first)).toBe(first * 90);
    user.engine.pauseCamera();
    user.engine.resumeCamera();
    expect(user.engine.frameNames.knows('expert')).toBe(true);
    await user.engine.switchCamera();
    expect(user.engine.frameNames.timeOf('expert', first * 90)).toBeUndefined();
    const [later = 0] = film(4_000);
    expect(user.engine.frameNames.timeOf('expert', later * 90)).toBe(later);
    await expert.engine.hangUp();
    expect(user.engine.frameNames.timeOf('expert', later * 90)).toBeUndefined();
  });

  it('keeps a stream the same object while its track is the same', async () => {
    const { user, expert } = await pair();
    const before = expert.engine.snapshot.participants[0]?.cameraStream;
    const own = user.engine.snapshot.own.cameraStream;
    await user.engine.toggleMicrophone();
    await settled();
    expect(expert.engine.snapshot.participants[0]?.cameraStream).toBe(before);
    expect(user.engine.snapshot.own.cameraStream).toBe(own);
  });
});
