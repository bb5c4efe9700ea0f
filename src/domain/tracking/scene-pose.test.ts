import fc from 'fast-check';
import { expect, test } from 'vitest';
import { motionBetween, moveBy, reverse, type ScenePose } from './scene-pose.ts';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const pose = fc.record({
  epoch: fc.constant(3),
  a: number(0.3, 2),
  b: number(-1, 1),
  dx: number(-2, 2),
  dy: number(-2, 2),
});
const point = fc.record({ x: number(0, 1), y: number(0, 1) });
const aspect = 16 / 9;

/** By the definition: from the epoch's first frame to one frame. */
const place = ({ a, b, dx, dy }: ScenePose, { x, y }: { x: number; y: number }) => ({
  x: a * x - b * (y / aspect) + dx,
  y: (b * x + a * (y / aspect) + dy) * aspect,
});

test('B20 a mark of one frame lies at the same thing in another, whatever way the camera went', () => {
  fc.assert(
    fc.property(pose, pose, point, (from, to, thing) => {
      const motion = motionBetween(from, to);
      if (!motion) throw new Error('same epoch');
      const moved = moveBy(motion, place(from, thing), aspect);
      const truth = place(to, thing);
      expect(Math.hypot(moved.x - truth.x, moved.y - truth.y)).toBeLessThan(1e-6);
      const back = reverse(motion);
      if (!back) throw new Error('can be reversed');
      const again = moveBy(back, moved, aspect);
      expect(Math.hypot(again.x - place(from, thing).x, again.y - place(from, thing).y)).toBeLessThan(1e-6);
    }),
  );
});

test('B20 scenes that were not recognised in between cannot be compared', () => {
  const here = { epoch: 1, a: 1, b: 0, dx: 0, dy: 0 };
  expect(motionBetween(here, { ...here, epoch: 2 })).toBeUndefined();
  expect(motionBetween({ ...here, a: 0 }, here)).toBeUndefined();
});
