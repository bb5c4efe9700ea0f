import { describe, expect, test, vi } from 'vitest';
import { motionBetween, moveBy, type ScenePose } from '#domain/tracking/scene-pose.ts';
import { SyntheticScene, type CameraPose } from '../testing/synthetic-scene.ts';
import { packFrame } from './packed-frame.ts';
import { SceneChain } from './scene-chain.ts';

vi.setConfig({ testTimeout: 60_000 });
const seed = Number(process.env.SEED ?? 4711);
const centre = { x: 550, y: 395 };

/** Where a place of the scene is in the picture, in shares of it. */
function placeIn(scene: SyntheticScene, { x, y, zoom = 1, angle = 0 }: CameraPose, wx: number, wy: number) {
  const dx = (wx - x) / zoom;
  const dy = (wy - y) / zoom;
  const px = Math.cos(angle) * dx + Math.sin(angle) * dy + scene.width / 2;
  const py = -Math.sin(angle) * dx + Math.cos(angle) * dy + scene.height / 2;
  return { x: px / scene.width, y: py / scene.height };
}

/** Pixels between where a place is carried and where it is. */
function miss(scene: SyntheticScene, from: CameraPose, to: CameraPose, a: ScenePose, b: ScenePose): number {
  const motion = motionBetween(a, b);
  if (!motion) return Number.POSITIVE_INFINITY;
  const aspect = scene.width / scene.height;
  const distances = [
    [-60, -40],
    [50, 30],
  ].map(([dx, dy]) => {
    const start = placeIn(scene, from, from.x + dx!, from.y + dy!);
    const truth = placeIn(scene, to, from.x + dx!, from.y + dy!);
    const moved = moveBy(motion, start, aspect);
    return Math.hypot((moved.x - truth.x) * scene.width, (moved.y - truth.y) * scene.height);
  });
  return Math.max(...distances);
}

describe(`chain of scenes (seed ${seed})`, () => {
  test('B20 a hundred frames with pan, turn and zoom: within three pixels all the way', () => {
    const scene = new SyntheticScene(seed);
    const chain = new SceneChain();
    const path: CameraPose[] = Array.from({ length: 100 }, (_, i) => ({
      x: centre.x + 150 * Math.sin(i / 16),
      y: centre.y + 40 * Math.sin(i / 9),
      zoom: 1 - 0.25 * Math.sin(i / 20),
      angle: 0.35 * Math.sin(i / 13),
    }));
    const poses = path.map((pose) => chain.look(packFrame(scene.shoot(pose).frame)));
    const misses = poses.map((pose, i) =>
      pose && poses[0] ? miss(scene, path[0]!, path[i]!, poses[0], pose) : Number.POSITIVE_INFINITY,
    );
    expect(Math.max(...misses)).toBeLessThan(3);
    expect(poses.every((pose) => pose?.epoch === poses[0]?.epoch)).toBe(true);
  });

  test('B20 nearly a picture away and back, twice: nothing has added up', () => {
    const scene = new SyntheticScene(seed + 5);
    const chain = new SceneChain();
    const path: CameraPose[] = Array.from({ length: 121 }, (_, i) => {
      const turn = (i / 60) * 2 * Math.PI;
      return { x: centre.x + 250 * Math.sin(turn), y: centre.y, zoom: 1 - 0.2 * Math.sin(turn) };
    });
    const poses = path.map((pose) => chain.look(packFrame(scene.shoot(pose).frame)));
    const [first, last] = [poses[0], poses.at(-1)];
    if (!first || !last) throw new Error('not recognised');
    expect(miss(scene, path[0]!, path.at(-1)!, first, last)).toBeLessThan(1);
  });

  test('F58 a frame that is not recognised is passed over; a scene that is gone begins a new epoch', () => {
    const scene = new SyntheticScene(seed + 1);
    const chain = new SceneChain();
    const look = (x: number, dark = false) =>
      chain.look(packFrame(scene.shoot({ ...centre, x: centre.x + x }, { dark }).frame));
    const first = look(0);
    expect(look(4, true)).toBeUndefined();
    expect(look(8)?.epoch).toBe(first?.epoch);
    for (let i = 0; i < 6; i += 1) expect(look(8, true)).toBeUndefined();
    const after = look(12);
    expect(after).toMatchObject({ a: 1, b: 0, dx: 0, dy: 0 });
    expect(after?.epoch).not.toBe(first?.epoch);
    expect(look(16)?.epoch).toBe(after?.epoch);
  });

  test('F98 another size, a long gap and another scene are other epochs', () => {
    const chain = new SceneChain();
    const wide = new SyntheticScene(seed + 2);
    const narrow = new SyntheticScene(seed + 2, 240, 180);
    const epochs = [
      chain.look(packFrame(wide.shoot(centre).frame)),
      chain.look(packFrame(narrow.shoot(centre).frame)),
      chain.look({ ...packFrame(narrow.shoot(centre).frame), timestampMs: 5000 }),
    ].map((pose) => pose?.epoch);
    expect(epochs).toEqual([0, 1, 2]);
    chain.reset();
    expect(chain.look(packFrame(narrow.shoot(centre).frame))?.epoch).toBe(3);
    const other = new SyntheticScene(seed + 99, 240, 180);
    const poses = Array.from({ length: 5 }, () =>
      chain.look({ ...packFrame(other.shoot(centre).frame), timestampMs: 160 }),
    );
    expect(poses.at(-1)?.epoch).toBe(4);
  });

  test('epochs go around after 255', () => {
    const scene = new SyntheticScene(seed);
    const chain = SceneChain.from(packFrame(scene.shoot(centre).frame), {
      epoch: 255,
      a: 1,
      b: 0,
      dx: 0,
      dy: 0,
    });
    chain.reset();
    expect(chain.look(packFrame(scene.shoot(centre).frame))?.epoch).toBe(0);
  });
});
