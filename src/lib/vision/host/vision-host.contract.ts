import { expect, test } from 'vitest';
import { maxObjects } from '../object-tracker.ts';
import type { VisionHost, WatchedFrame } from './vision-host.ts';

export interface ContractStage {
  readonly host: VisionHost;
  /** A frame of a scene that stands still comes, with this time; resolves when it was dealt with. */
  frame(timeMs: number): Promise<void>;
  /** Its worker dies. */
  die(): void;
}

const box = { x: 0.4, y: 0.4, width: 0.15, height: 0.2 };

async function run(stage: ContractStage, from: number, to: number): Promise<void> {
  for (let timeMs = from; timeMs <= to; timeMs += 40) await stage.frame(timeMs);
}

/** What every vision host promises. */
export function visionHostContract(open: () => Promise<ContractStage>): void {
  const opened = async (): Promise<ContractStage & { readonly frames: WatchedFrame[] }> => {
    const stage = await open();
    const frames: WatchedFrame[] = [];
    stage.host.onFrame((frame) => frames.push(frame));
    return { ...stage, frames };
  };

  test('nothing comes while nothing is wanted; the scene comes while it is', async () => {
    const { frames, ...stage } = await opened();
    const { host } = stage;
    await run(stage, 40, 80);
    host.want({ frames: true, motion: false });
    await run(stage, 120, 160);
    expect(frames).toEqual([]);
    host.want({ frames: true, motion: true });
    await run(stage, 200, 280);
    expect(frames.map(({ timeMs }) => timeMs)).toEqual([200, 240, 280]);
    for (const { pose, objects, aspect } of frames) {
      expect(pose?.epoch).toBe(frames[0]?.pose?.epoch);
      expect([pose?.a, pose?.b, pose?.dx, pose?.dy].map((value) => Math.round(100 * (value ?? 9)))).toEqual([
        100, 0, 0, 0,
      ]);
      expect([objects, Math.round(100 * aspect)]).toEqual([[], 133]);
    }
    host.dispose();
  });

  test('B20 read for their times alone nothing is looked at, and a mark on one of those frames finds it', async () => {
    const { frames, ...stage } = await opened();
    const { host } = stage;
    host.want({ clock: true, frames: false, motion: false });
    await run(stage, 40, 800);
    expect(frames).toEqual([]);
    const outcome = await host.follow(box, 400);
    if (!outcome.ok) throw new Error(outcome.reason);
    await run(stage, 840, 880);
    expect(frames.at(-1)?.objects.map(({ id, state }) => [id, state])).toEqual([[outcome.id, 'tracked']]);
    host.dispose();
  });

  test('F57 follows on the newest frame and on an older one, and comes to now; what is left is not told any more', async () => {
    const { frames, ...stage } = await opened();
    const { host } = stage;
    host.want({ frames: true, motion: false });
    await run(stage, 40, 800);
    const first = await host.follow(box, undefined);
    const second = await host.follow(box, 400);
    if (!first.ok || !second.ok) throw new Error('refused');
    await run(stage, 840, 880);
    const last = frames.at(-1);
    expect(last?.timeMs).toBe(880);
    expect(last?.objects.map(({ id, state }) => [id, state])).toEqual([
      [first.id, 'tracked'],
      [second.id, 'tracked'],
    ]);
    expect(last?.objects[0]?.box.x).toBeCloseTo(box.x, 1);
    host.unfollow(first.id);
    host.unfollow(999);
    await run(stage, 920, 920);
    expect(frames.at(-1)?.objects.map(({ id }) => id)).toEqual([second.id]);
    host.dispose();
  });

  test('F58 kept in mind it costs no look; seldom it is looked for once a second; then it is followed again', async () => {
    const { frames, ...stage } = await opened();
    const { host } = stage;
    host.want({ frames: true, motion: false });
    await run(stage, 40, 400);
    const followed = await host.follow(box, undefined);
    if (!followed.ok) throw new Error(followed.reason);
    await run(stage, 440, 480);
    const told = (): (readonly [number, readonly string[]])[] =>
      frames
        .splice(0)
        .map(({ timeMs, objects }) => [timeMs, objects.map(({ id, state }) => `${id} ${state}`)]);
    const tracked = [`${followed.id} tracked`];
    expect(told().at(-1)).toEqual([480, tracked]);
    host.want({ frames: false, motion: false, follow: 'never' });
    await run(stage, 520, 3000);
    expect(told()).toEqual([]);
    host.want({ frames: false, motion: false, follow: 'seldom' });
    await run(stage, 3040, 6400);
    const glimpses = told();
    expect(glimpses.map(([, objects]) => objects)).toEqual([tracked, tracked, tracked, tracked]);
    const times = glimpses.map(([timeMs]) => timeMs);
    times.slice(1).forEach((timeMs, i) => expect(timeMs - (times[i] ?? 0)).toBeGreaterThanOrEqual(1_000));
    host.want({ frames: true, motion: false });
    await run(stage, 6440, 6520);
    expect(told()).toEqual([6440, 6480, 6520].map((timeMs) => [timeMs, tracked]));
    host.dispose();
  });

  test('B20 a frame that has left is gone, unless it was held', async () => {
    const { frames: _frames, ...stage } = await opened();
    const { host } = stage;
    host.want({ frames: true, motion: false });
    await run(stage, 40, 400);
    host.hold(200);
    await run(stage, 440, 3200);
    expect(await host.follow(box, 360)).toEqual({ ok: false, reason: 'frame-gone' });
    expect(await host.poseAt(360)).toBeUndefined();
    expect(await host.follow(box, 200)).toMatchObject({ ok: true });
    host.hold(undefined);
    expect(await host.follow(box, 200)).toEqual({ ok: false, reason: 'frame-gone' });
    host.dispose();
  });

  test('B20 a pose of an older frame belongs to the epoch of now; asking follows the scene from there on', async () => {
    const { frames, ...stage } = await opened();
    const { host } = stage;
    host.want({ frames: true, motion: false });
    await run(stage, 40, 400);
    const pose = await host.poseAt(200);
    await run(stage, 440, 480);
    expect(frames.at(-1)?.timeMs).toBe(480);
    expect(pose).toBeDefined();
    expect(frames.at(-1)?.pose?.epoch).toBe(pose?.epoch);
    host.dispose();
  });

  test('T28 more objects than there may be are refused', async () => {
    const { frames: _frames, ...stage } = await opened();
    const { host } = stage;
    host.want({ frames: true, motion: false });
    await run(stage, 40, 40);
    const outcomes = await Promise.all(
      Array.from({ length: maxObjects + 1 }, () => host.follow(box, undefined)),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(maxObjects);
    expect(outcomes.at(-1)).toEqual({ ok: false, reason: 'too-many-objects' });
    host.dispose();
  });

  test('F98 on another track what is followed is lost at first, and is known by the same name later', async () => {
    const { frames, ...stage } = await opened();
    const { host } = stage;
    host.want({ frames: true, motion: false });
    await run(stage, 5000, 5040);
    const followed = await host.follow(box, undefined);
    if (!followed.ok) throw new Error(followed.reason);
    await run(stage, 5080, 5080);
    host.setTrack(null);
    expect(frames.at(-1)?.objects).toMatchObject([{ id: followed.id, state: 'lost' }]);
    expect(await host.follow(box, 5080)).toEqual({ ok: false, reason: 'frame-gone' });
    host.setTrack({} as MediaStreamTrack);
    await run(stage, 40, 40);
    expect(frames.at(-1)).toMatchObject({ timeMs: 40, objects: [{ id: followed.id }] });
    host.dispose();
  });

  test.each(['dies', 'is disposed of'])('a host that %s refuses everything', async (way) => {
    const { frames, ...stage } = await opened();
    const { host } = stage;
    let told = 0;
    host.onStopped(() => (told += 1));
    host.want({ frames: true, motion: true });
    await run(stage, 40, 80);
    if (way === 'dies') stage.die();
    else host.dispose();
    expect(told).toBe(way === 'dies' ? 1 : 0);
    await run(stage, 120, 120);
    expect(frames).toHaveLength(2);
    expect(await host.follow(box, undefined)).toEqual({ ok: false, reason: 'stopped' });
    expect(await host.poseAt(undefined)).toBeUndefined();
    host.dispose();
  });
}
