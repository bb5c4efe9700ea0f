import { describe, expect, test, vi } from 'vitest';
import { overlap, rescaleBox, type Box } from '#domain/tracking/box.ts';
import { motionBetween, moveBy } from '#domain/tracking/scene-pose.ts';
import { SyntheticScene, type SyntheticShot } from '../testing/synthetic-scene.ts';
import { openEngine } from '../tracker-registry.ts';
import { FakeEngine } from '../trackers/fake-engine.ts';
import { openInProcess, type InProcessOptions, type InProcessWorker } from './testing/in-process-host.ts';
import type { VisionHost, WatchedFrame } from './vision-host.ts';

vi.setConfig({ testTimeout: 60_000 });
const seed = Number(process.env.SEED ?? 915);
const centre = { x: 550, y: 395 };
const unit = { width: 1, height: 1 };

interface Stage {
  readonly host: VisionHost;
  readonly worker: InProcessWorker;
  readonly scene: SyntheticScene;
  readonly shots: SyntheticShot[];
  readonly frames: WatchedFrame[];
  /** Films, and waits until each frame was dealt with. */
  film(count: number, pose: (i: number) => { x: number; y?: number }, dark?: boolean): Promise<void>;
}

/** Painting a wall takes its time: one of each size for all. */
const walls = new Map<number, SyntheticScene>();
function wall(width: number, height: number): SyntheticScene {
  const found = walls.get(width) ?? new SyntheticScene(seed, width, height);
  walls.set(width, found);
  return found;
}

async function stage(
  options: InProcessOptions = {},
  size: readonly [number, number] = [320, 240],
): Promise<Stage> {
  const { host, worker } = await openInProcess(options);
  const scene = wall(...size);
  const shots: SyntheticShot[] = [];
  const frames: WatchedFrame[] = [];
  host.onFrame((frame) => frames.push(frame));
  const film: Stage['film'] = async (count, pose, dark = false) => {
    for (let i = 0; i < count; i += 1) {
      const shot = scene.shoot({ y: centre.y, ...pose(shots.length) }, { dark });
      shots.push(shot);
      worker.give(shot.frame);
      await worker.settled();
    }
  };
  return { host, worker, scene, shots, frames, film };
}

const pan = (i: number) => ({ x: centre.x - 70 + 5 * i });
const fake = async () => ({ engine: new FakeEngine(), model: undefined });
const timeOf = (shot: SyntheticShot | undefined): number => shot?.frame.timestampMs ?? Number.NaN;
const shareBox = ({ truth, frame }: SyntheticShot): Box => {
  if (!truth) throw new Error('not in the picture');
  return rescaleBox(truth, frame, unit);
};

describe(`vision worker (seed ${seed})`, () => {
  test('B20 F57 a box on a frame half a second old: the mark sits on the element now, although all has moved', async () => {
    const { host, worker, shots, frames, film } = await stage();
    host.want({ frames: true, motion: false });
    await film(26, pan);
    expect(frames).toEqual([]);
    const seen = shots[13]!;
    const outcome = await host.follow(shareBox(seen), timeOf(seen));
    expect(outcome).toEqual({ ok: true, id: 1 });
    await worker.settled();
    const last = frames.at(-1);
    const truth = shareBox(shots.at(-1)!);
    expect(last?.timeMs).toBe(timeOf(shots.at(-1)));
    expect(last?.objects[0]).toMatchObject({ id: 1, state: 'tracked' });
    expect(overlap(last?.objects[0]?.box ?? truth, truth)).toBeGreaterThan(0.6);
    expect(overlap(shareBox(seen), truth)).toBeLessThan(0.1);
    expect(frames.map(({ timeMs }) => timeMs)).toEqual(
      frames.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b),
    );
  });

  test('F57 several objects, the later ones on older frames: each is on its element', async () => {
    const { host, worker, shots, frames, film } = await stage();
    host.want({ frames: true, motion: false });
    await film(4, pan);
    expect(await host.follow(shareBox(shots[3]!), undefined)).toMatchObject({ ok: true });
    await film(9, pan);
    const old = shots[6]!;
    const element = shareBox(old);
    const beside = { ...element, x: element.x - 0.2, y: element.y - 0.1 };
    expect(await host.follow(beside, timeOf(old))).toMatchObject({ ok: true, id: 2 });
    await film(3, pan);
    await worker.settled();
    const last = frames.at(-1);
    const truth = shareBox(shots.at(-1)!);
    const truths = [truth, { ...truth, x: truth.x - 0.2, y: truth.y - 0.1 }];
    expect(last?.objects.map(({ id, state }) => [id, state])).toEqual([
      [1, 'tracked'],
      [2, 'tracked'],
    ]);
    for (const [i, object] of (last?.objects ?? []).entries()) {
      expect(overlap(object.box, truths[i]!)).toBeGreaterThan(0.6);
    }
    host.unfollow(1);
    await film(1, pan);
    expect(frames.at(-1)?.objects.map(({ id }) => id)).toEqual([2]);
  });

  test('F57 a device that needs three frames of time for one catches up with now all the same', async () => {
    let nowMs = 0;
    const engine = new FakeEngine();
    const { host, worker, shots, scene, frames } = await stage({
      nowMs: () => nowMs,
      openEngine: async () => ({ engine, model: undefined }),
    });
    const come = (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        const shot = scene.shoot(centre);
        shots.push(shot);
        worker.give(shot.frame);
      }
    };
    host.want({ frames: true, motion: false });
    for (let i = 0; i < 50; i += 1) {
      come(1);
      await worker.settled();
    }
    const gapMs = timeOf(shots[1]) - timeOf(shots[0]);
    const update = engine.update.bind(engine);
    vi.spyOn(engine, 'update').mockImplementation((frame) => {
      nowMs += 3 * gapMs;
      if (shots.length < 400) come(3);
      return update(frame);
    });
    const lags: number[] = [];
    host.onFrame(({ timeMs }) => lags.push(timeOf(shots.at(-1)) - timeMs));
    expect(await host.follow(shareBox(shots[5]!), timeOf(shots[5]))).toMatchObject({ ok: true });
    await worker.settled();
    expect(lags[0]).toBeGreaterThan(40 * gapMs);
    // From then on each frame that is looked at is the newest one.
    const caughtUp = lags.findIndex((lag) => lag <= 4 * gapMs);
    expect(caughtUp).toBeGreaterThan(0);
    expect(caughtUp).toBeLessThan(30);
    expect(Math.max(...lags.slice(caughtUp))).toBeLessThanOrEqual(6 * gapMs);
    expect(frames.length).toBeGreaterThan(60);
  });

  test('B20 a mark on a frame that is not read yet, since the worker was busy, waits for it', async () => {
    const { host, worker, scene, shots, frames, film } = await stage({ openEngine: fake });
    host.want({ frames: true, motion: false });
    await film(6, pan);
    const next = scene.shoot({ y: centre.y, ...pan(6) });
    const followed = host.follow(shareBox(shots[5]!), timeOf(next));
    worker.give(next.frame);
    expect(await followed).toMatchObject({ ok: true });
    await worker.settled();
    expect(frames[0]?.timeMs).toBe(timeOf(next));
  });

  test('B20 a mark on a frame of a time when the scene was followed before: its pose can be compared with now', async () => {
    const { host, worker, shots, frames, film } = await stage();
    host.want({ frames: true, motion: true });
    await film(8, pan);
    host.want({ frames: true, motion: false });
    await film(6, pan);
    const pose = await host.poseAt(timeOf(shots[6]));
    await worker.settled();
    const last = frames.at(-1);
    expect(last?.timeMs).toBe(timeOf(shots.at(-1)));
    expect(pose && last?.pose && motionBetween(pose, last.pose)).toBeDefined();
  });

  test.each([false, true])(
    'B20 a place on an older frame is carried to now within two pixels (scene followed before: %s)',
    async (motion) => {
      const { host, worker, scene, shots, frames, film } = await stage();
      host.want({ frames: true, motion: false });
      await film(12, pan);
      host.want({ frames: true, motion });
      await film(12, pan);
      const seen = shots[6]!;
      const pose = await host.poseAt(timeOf(seen));
      await worker.settled();
      const last = frames.at(-1);
      expect(last?.timeMs).toBe(timeOf(shots.at(-1)));
      const move = pose && last?.pose && motionBetween(pose, last.pose);
      if (!move) throw new Error('not recognised');
      const at = (shot: SyntheticShot) => {
        const { x, y } = shareBox(shot);
        return { x, y };
      };
      const carried = moveBy(move, at(seen), scene.width / scene.height);
      const truth = at(shots.at(-1)!);
      expect(
        Math.hypot((carried.x - truth.x) * scene.width, (carried.y - truth.y) * scene.height),
      ).toBeLessThan(2);
    },
  );

  test('F58 a camera that is covered begins a new epoch; the element is lost, and found again', async () => {
    const { host, shots, frames, film } = await stage();
    host.want({ frames: true, motion: true });
    const still = () => centre;
    await film(6, still);
    await host.follow(shareBox(shots[5]!), undefined);
    await film(6, still);
    const epoch = frames.at(-1)?.pose?.epoch;
    expect(epoch).toBe(frames[0]?.pose?.epoch);
    await film(8, still, true);
    expect(frames.at(-1)).toMatchObject({ pose: undefined, objects: [{ state: 'lost' }] });
    await film(10, still);
    expect(frames.at(-1)?.pose?.epoch).not.toBe(epoch);
    expect(frames.at(-1)?.pose).toBeDefined();
    expect(frames.at(-1)?.objects).toMatchObject([{ state: 'tracked' }]);
  });

  test('B20 a frame that has left, or never was, is gone; so is one of a picture that nobody kept', async () => {
    const { host, shots, film } = await stage({ openEngine: fake }, [64, 48]);
    const box = { x: 0.3, y: 0.3, width: 0.3, height: 0.3 };
    expect(await host.follow(box, 40)).toEqual({ ok: false, reason: 'frame-gone' });
    host.want({ frames: true, motion: false });
    await film(70, pan);
    expect(await host.follow(box, timeOf(shots[3]))).toEqual({ ok: false, reason: 'frame-gone' });
    expect(await host.poseAt(timeOf(shots[3]))).toBeUndefined();
    expect(await host.follow(box, timeOf(shots[30]))).toMatchObject({ ok: true });
  });

  test('B20 a held frame can be marked long after the others have left; released, it is gone', async () => {
    const { host, worker, shots, frames, film } = await stage();
    host.want({ frames: true, motion: false });
    const slow = (i: number) => ({ x: centre.x - 40 + 0.8 * i });
    await film(4, slow);
    const seen = shots[2]!;
    host.hold(timeOf(seen));
    await film(80, slow);
    expect(await host.follow(shareBox(seen), timeOf(seen))).toMatchObject({ ok: true });
    await worker.settled();
    const truth = shareBox(shots.at(-1)!);
    expect(frames.at(-1)?.objects).toMatchObject([{ state: 'tracked' }]);
    expect(overlap(frames.at(-1)?.objects[0]?.box ?? truth, truth)).toBeGreaterThan(0.6);
    host.hold(undefined);
    expect(await host.follow(shareBox(seen), timeOf(seen))).toEqual({ ok: false, reason: 'frame-gone' });
  });

  test('F98 another resolution is another epoch, and following goes on', async () => {
    const { host, worker, shots, frames, film } = await stage();
    host.want({ frames: true, motion: true });
    await film(4, () => centre);
    await host.follow(shareBox(shots[3]!), undefined);
    await film(2, () => centre);
    const before = frames.at(-1)?.pose?.epoch;
    const narrow = wall(240, 180);
    for (let i = 0; i < 8; i += 1) {
      const { frame } = narrow.shoot({ ...centre, zoom: 320 / 240 });
      worker.give({ ...frame, timestampMs: timeOf(shots.at(-1)) + 40 * (i + 1) });
      await worker.settled();
    }
    expect(frames.at(-1)?.pose?.epoch).not.toBe(before);
    expect(frames.at(-1)?.objects).toMatchObject([{ state: 'tracked' }]);
  });

  test('F98 another camera: what is followed is lost at once, kept frames are gone, and its own clock counts', async () => {
    const { host, worker, shots, frames, film } = await stage({ openEngine: fake }, [64, 48]);
    host.want({ frames: true, motion: true });
    await film(10, pan);
    const box = { x: 0.3, y: 0.3, width: 0.3, height: 0.3 };
    await host.follow(box, undefined);
    await film(2, pan);
    host.setTrack(null);
    await worker.settled();
    expect(frames.at(-1)).toMatchObject({ pose: undefined, objects: [{ id: 1, state: 'lost' }] });
    expect(await host.follow(box, timeOf(shots.at(-1)))).toEqual({ ok: false, reason: 'frame-gone' });
    host.setTrack({} as MediaStreamTrack);
    const { frame } = wall(64, 48).shoot(centre);
    expect(worker.give({ ...frame, timestampMs: 5 })).toBe(true);
    await worker.settled();
    expect(frames.at(-1)).toMatchObject({ timeMs: 5, objects: [{ id: 1, state: 'tracked' }] });
  });

  test('a pause: nothing is read while nothing is wanted, and afterwards all begins anew', async () => {
    const { host, worker, shots, frames, film } = await stage({ openEngine: fake });
    await film(2, pan);
    expect([worker.running, worker.posted.map(({ kind }) => kind)]).toEqual([false, ['opened']]);
    host.want({ frames: true, motion: true });
    await film(3, pan);
    const before = frames.at(-1)?.pose;
    host.want({ frames: false, motion: false });
    expect(worker.running).toBe(false);
    await film(2, pan);
    expect(frames).toHaveLength(3);
    host.want({ frames: true, motion: true });
    expect(await host.poseAt(timeOf(shots[2]))).toBeUndefined();
    await film(1, pan);
    expect(frames.at(-1)?.pose?.epoch).not.toBe(before?.epoch);
  });

  test('while one frame is worked on the others are kept, and only the newest is looked at next', async () => {
    let release = (): void => undefined;
    const engine = {
      start: () => ({ ok: true, id: 1 }) as const,
      update: () => new Promise<[]>((resolve) => (release = () => resolve([]))),
      stop: () => undefined,
      lose: () => undefined,
    };
    const openEngine = async () => ({ engine, model: undefined });
    const { host, worker, shots, frames, film } = await stage({ openEngine }, [64, 48]);
    const goOn = (): Promise<void> => {
      release();
      return worker.settled();
    };
    host.want({ frames: true, motion: false });
    await film(1, pan);
    await host.follow({ x: 0.4, y: 0.4, width: 0.2, height: 0.2 }, undefined);
    await worker.settled();
    await goOn();
    await film(5, pan);
    await goOn();
    await goOn();
    const looked = frames.map(({ timeMs }) => timeMs);
    expect(looked).toEqual([0, 1, 5].map((i) => timeOf(shots[i])));
    expect(await host.follow({ x: 0, y: 0, width: 0.2, height: 0.2 }, timeOf(shots[3]))).toMatchObject({
      ok: true,
    });
  });

  test('C20 the whole of a share box is a pixel box of the frame: T5 boxes are refused as the tracker refuses them', async () => {
    const { host, film } = await stage({
      openEngine: () => openEngine('scene-without-model', undefined),
    });
    host.want({ frames: true, motion: false });
    await film(1, pan);
    const refused = async (x: number, y: number, width: number, height: number) => {
      const outcome = await host.follow({ x, y, width, height }, undefined);
      return outcome.ok ? undefined : outcome.reason;
    };
    expect(await refused(0.2, 0.2, 0, 0)).toBe('box-too-small');
    expect(await refused(3, 0.2, 0.1, 0.1)).toBe('box-outside');
    expect(await refused(0, 0, 1, 1)).toBe('box-whole-picture');
    expect(await refused(Number.NaN, 0, 1, 1)).toBe('box-malformed');
  });

  test('B20 a mark that has to wait for its turn is placed on its frame, though that has left meanwhile', async () => {
    let opened = (): void => undefined;
    const opening = new Promise<void>((resolve) => (opened = resolve));
    const { host, worker, shots, film } = await stage({ openEngine: () => opening.then(fake) }, [64, 48]);
    const box = { x: 0.3, y: 0.3, width: 0.3, height: 0.3 };
    host.want({ frames: true, motion: false });
    await film(4, pan);
    const marks = [2, 3].map((i) => host.follow(box, timeOf(shots[i])));
    await film(70, pan);
    opened();
    expect(await Promise.all(marks)).toMatchObject([{ ok: true }, { ok: true }]);
    await worker.settled();
  });

  test('F98 B20 a mark that waits while the camera is switched is gone with its frame', async () => {
    let opened = (): void => undefined;
    const opening = new Promise<void>((resolve) => (opened = resolve));
    const { host, worker, shots, frames, film } = await stage(
      { openEngine: () => opening.then(fake) },
      [64, 48],
    );
    const box = { x: 0.3, y: 0.3, width: 0.3, height: 0.3 };
    host.want({ frames: true, motion: false });
    await film(4, pan);
    const marks = [2, 3].map((i) => host.follow(box, timeOf(shots[i])));
    await worker.settled();
    host.setTrack({} as MediaStreamTrack);
    opened();
    expect((await Promise.all(marks))[1]).toEqual({ ok: false, reason: 'frame-gone' });
    await worker.settled();
    expect(frames).toEqual([]);
  });

  test('no frame comes: what is asked for on the newest one is unavailable after a while', async () => {
    const { host } = await stage({ openEngine: fake, firstFrameMs: 5 });
    const box = { x: 0.3, y: 0.3, width: 0.3, height: 0.3 };
    expect(await host.follow(box, undefined)).toEqual({ ok: false, reason: 'vision-unavailable' });
    expect(await host.poseAt(undefined)).toBeUndefined();
  });
});
