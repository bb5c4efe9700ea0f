import { describe, expect, test } from 'vitest';
import { PicturePath, type PathFrame } from './picture-path.ts';

const pose = (dx: number) => ({ epoch: 0, a: 1, b: 0, dx, dy: 0 });
const frame = (atMs: number, x: number, state: 'tracked' | 'lost' = 'tracked'): PathFrame => ({
  atMs,
  pose: pose(x),
  boxes: new Map([[3, { state, confidence: 1, box: { x, y: 0.5, width: 0.1, height: 0.1 } }]]),
});

describe('the last frames of a picture', () => {
  test('B20 a box is told for the frame that is seen, between two where there is none of its own', () => {
    const path = new PicturePath();
    for (const [atMs, x] of [
      [1000, 0.1],
      [1100, 0.3],
      [1040, 0.2],
    ] as const)
      path.add(frame(atMs, x));
    expect(path.boxAt(3, 1040)?.box.x).toBeCloseTo(0.2);
    expect(path.boxAt(3, 1070)?.box.x).toBeCloseTo(0.25);
    expect(path.boxAt(3, 5000)?.box.x).toBeCloseTo(0.3);
    expect(path.boxAt(3, 0)?.box.x).toBeCloseTo(0.1);
    expect(path.boxAt(4, 1040)).toBeUndefined();
  });

  test('F58 nothing is drawn between a frame on which it was lost and one on which it was seen', () => {
    const path = new PicturePath();
    path.add(frame(1000, 0.1, 'lost'));
    path.add(frame(1100, 0.5));
    expect(path.boxAt(3, 1090)?.state).toBe('lost');
    expect(path.boxAt(3, 1100)?.state).toBe('tracked');
  });

  test('B20 the scene of a frame is that of the nearest one, and of none that is far', () => {
    const path = new PicturePath();
    path.add(frame(1000, 0.1));
    path.add(frame(1060, 0.2));
    path.add({ ...frame(1080, 0.9), pose: undefined });
    expect(path.poseAt(1075)?.dx).toBe(0.2);
    expect(path.poseAt(1300)).toBeUndefined();
  });

  test('B20 a mark made shortly before the scene was followed rides from then on', () => {
    const path = new PicturePath();
    path.add({ ...frame(1000, 0.1), pose: undefined });
    path.add(frame(2000, 0.2));
    path.add(frame(2050, 0.3));
    expect(path.poseFrom(1000)?.dx).toBe(0.2);
    expect(path.poseFrom(2040)?.dx).toBe(0.3);
    expect(path.poseFrom(-2000)).toBeUndefined();
    expect(path.poseFrom(4000)).toBeUndefined();
  });

  test('T28 F98 it holds a few seconds at most, and begins anew where the clock jumps', () => {
    const path = new PicturePath();
    for (let ms = 0; ms < 60_000; ms += 5) path.add(frame(ms, 0.1));
    expect(path.poseAt(50_000)).toBeUndefined();
    path.add(frame(1_000_000, 0.2));
    expect(path.poseAt(59_990)).toBeUndefined();
    expect(path.newest?.atMs).toBe(1_000_000);
    path.add(frame(20, 0.3));
    expect(path.newest?.atMs).toBe(20);
  });
});
