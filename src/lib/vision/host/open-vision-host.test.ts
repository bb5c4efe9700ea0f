import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SyntheticScene } from '../testing/synthetic-scene.ts';
import { FakeEngine } from '../trackers/fake-engine.ts';
import { visionHosts } from './open-vision-host.ts';
import { inProcess, openInProcess, someTrack } from './testing/in-process-host.ts';

const openEngine = async () => ({
  engine: new FakeEngine(),
  model: { ok: false, reason: 'missing' } as const,
});
const scene = new SyntheticScene(1, 64, 48);
const shoot = () => scene.shoot({ x: 550, y: 395 }).frame;
const box = { x: 0.3, y: 0.3, width: 0.3, height: 0.3 };
const unavailable = { ok: false, reason: 'vision-unavailable' };

describe('opening a vision host', () => {
  test('one core: it belongs to the call', async () => {
    const { worker, options } = inProcess();
    expect(await visionHosts({ ...options, cores: () => 1 })({ track: someTrack })).toEqual(unavailable);
    expect(worker.posted).toEqual([]);
  });

  test.each([
    ['there are no workers', () => undefined],
    [
      'a worker is forbidden',
      () => {
        throw new DOMException('not allowed', 'SecurityError');
      },
    ],
  ])('%s: unavailable', async (_why, createWorker) => {
    const { options } = inProcess();
    expect(await visionHosts({ ...options, createWorker })({ track: someTrack })).toEqual(unavailable);
  });

  test('no way to the frames: unavailable, and the worker ends', async () => {
    const { worker, options } = inProcess();
    const opened = await visionHosts({ ...options, openSource: () => undefined })({ track: someTrack });
    expect(opened).toEqual(unavailable);
    expect(worker.terminated).toBe(true);
  });

  test('a worker that does not open in time, or dies while it opens: unavailable, and it ends', async () => {
    for (const dies of [false, true]) {
      const { worker, options } = inProcess();
      worker.postMessage = () => undefined;
      const opening = visionHosts({ ...options, openWithinMs: dies ? 60_000 : 5 })({ track: someTrack });
      if (dies) worker.die();
      expect(await opening).toEqual(unavailable);
      expect([worker.terminated, worker.disposedSources]).toEqual([true, 1]);
    }
  });
});

describe('vision host', () => {
  test('a worker that dies: said once, everything that waits and comes later is refused, nothing throws', async () => {
    const { host, worker } = await openInProcess({ openEngine });
    const stopped = vi.fn();
    host.onStopped(stopped);
    const waiting = [host.follow(box, undefined), host.poseAt(undefined)];
    worker.die();
    worker.die();
    expect(await Promise.all(waiting)).toEqual([{ ok: false, reason: 'stopped' }, undefined]);
    expect(stopped).toHaveBeenCalledOnce();
    expect([worker.terminated, worker.disposedSources]).toEqual([true, 1]);
    host.want({ frames: true, motion: true });
    host.hold(3);
    host.unfollow(1);
    host.setTrack(someTrack);
    expect(await host.follow(box, undefined)).toEqual({ ok: false, reason: 'stopped' });
    expect(await host.poseAt(5)).toBeUndefined();
    host.dispose();
    expect(stopped).toHaveBeenCalledOnce();
  });

  test('T51 a tracker that breaks ends the host, not the page', async () => {
    const { host, worker } = await openInProcess({
      openEngine: async () => {
        throw new RangeError('no memory');
      },
    });
    const stopped = vi.fn();
    host.onStopped(stopped);
    host.want({ frames: true, motion: false });
    worker.give(shoot());
    expect(await host.follow(box, undefined)).toEqual({ ok: false, reason: 'stopped' });
    expect(stopped).toHaveBeenCalledOnce();
  });

  test('F98 a track that ended may be followed by another; if none comes, the host has nothing to do', async () => {
    const { host, worker } = await openInProcess({ openEngine, host: { trackGoneMs: 20 } });
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const stopped = vi.fn();
    host.onStopped(stopped);
    host.want({ frames: true, motion: true });
    worker.ended?.();
    host.setTrack(someTrack);
    await vi.advanceTimersByTimeAsync(40);
    expect(stopped).not.toHaveBeenCalled();
    expect(worker.give(shoot())).toBe(true);
    worker.ended?.();
    await vi.advanceTimersByTimeAsync(40);
    expect(stopped).toHaveBeenCalledOnce();
  });

  test('disposed of: the worker ends, the source is left, and nobody is told', async () => {
    const { host, worker } = await openInProcess({ openEngine });
    const stopped = vi.fn();
    host.onStopped(stopped);
    const waiting = host.poseAt(undefined);
    host.dispose();
    host.dispose();
    expect(await waiting).toBeUndefined();
    expect(stopped).not.toHaveBeenCalled();
    expect([worker.terminated, worker.disposedSources]).toEqual([true, 1]);
  });

  test('B20 every frame that was read is told, in order, with its name; no more wait than may', async () => {
    const read: [number, number | undefined][] = [];
    const onRead = (timeMs: number, readAtMs: number, name?: number) => {
      expect(Math.abs(readAtMs - Date.now())).toBeLessThan(10_000);
      read.push([timeMs, name]);
    };
    const { host, worker } = await openInProcess({ openEngine, onRead });
    host.want({ frames: true, motion: false });
    const shots = Array.from({ length: 5 }, shoot);
    expect(shots.map((frame, i) => worker.give(frame, 90 * i))).toEqual([true, true, true, false, false]);
    await worker.settled();
    expect(read).toEqual(shots.slice(0, 3).map(({ timestampMs }, i) => [timestampMs, 90 * i]));
    expect(worker.give(shoot())).toBe(true);
  });

  test('T28 a flood of marks: all are answered, most of them refused, and frames are looked at afterwards', async () => {
    const { host, worker } = await openInProcess({ openEngine });
    const looked = vi.fn();
    host.onFrame(looked);
    host.want({ frames: true, motion: true });
    const shot = shoot();
    worker.give(shot);
    const { timestampMs } = shot;
    const poses = Array.from({ length: 500 }, () => host.poseAt(timestampMs));
    const boxes = Array.from({ length: 500 }, () => host.follow(box, timestampMs));
    expect((await Promise.all(poses)).filter((pose) => pose).length).toBeLessThanOrEqual(64);
    expect((await Promise.all(boxes)).filter(({ ok }) => ok).length).toBeLessThanOrEqual(8);
    await worker.settled();
    looked.mockClear();
    worker.give(shoot());
    await worker.settled();
    expect(looked).toHaveBeenCalledOnce();
  });

  test('T51 the model, the load and the name of a frame are told', async () => {
    const { host, worker } = await openInProcess({ openEngine });
    const names: (number | undefined)[] = [];
    const off = host.onFrame(({ name }) => names.push(name));
    expect([host.model, host.load]).toEqual([undefined, { frameMs: undefined, framesPerSecond: 0 }]);
    host.want({ frames: false, motion: true });
    for (let i = 0; i < 6; i += 1) {
      worker.give(shoot(), i);
      await worker.settled();
    }
    expect(host.model).toEqual({ ok: false, reason: 'missing' });
    expect(host.load.frameMs).toBeGreaterThan(0);
    expect(host.load.framesPerSecond).toBe(6);
    expect(names).toEqual([0, 1, 2, 3, 4, 5]);
    off();
    worker.give(shoot());
    await worker.settled();
    expect(names).toHaveLength(6);
  });
});
