import { describe, expect, test } from 'vitest';
import { FrameRing, type KeptFrame } from './frame-ring.ts';

const side = 100;
const kept = (timestampMs: number): KeptFrame => ({
  frame: {
    width: side,
    height: side,
    timestampMs,
    gray: new Uint8Array(side * side),
    chroma: new Uint8Array((side * side) / 2),
    fullRange: true,
  },
  name: undefined,
  pose: undefined,
});
const frameBytes = side * side * 1.5;

function fill(ring: FrameRing, from: number, to: number, gap = 33): void {
  for (let time = from; time <= to; time += gap) ring.add(kept(time));
}

const timeAt = (ring: FrameRing, timeMs: number) => ring.nearest(timeMs)?.frame.timestampMs;

describe('ring of frames', () => {
  test('B20 bounded by age: the frames of the last seconds are there, others are gone', () => {
    const ring = new FrameRing();
    fill(ring, 0, 10_000);
    const newest = ring.newest?.frame.timestampMs ?? 0;
    expect(ring.all[0]?.frame.timestampMs).toBeGreaterThanOrEqual(newest - 2200);
    expect(Math.abs((timeAt(ring, newest - 2000) ?? 0) - newest + 2000)).toBeLessThanOrEqual(17);
    expect(ring.nearest(newest - 2600)).toBeUndefined();
    expect(ring.bytes).toBe(ring.size * frameBytes);
  });

  test('B20 bounded by bytes, the newest always stays', () => {
    const ring = new FrameRing({ maxBytes: 10.5 * frameBytes });
    fill(ring, 0, 5000);
    expect(ring.size).toBe(10);
    expect(ring.bytes).toBe(10 * frameBytes);
    const tiny = new FrameRing({ maxBytes: 1 });
    fill(tiny, 0, 100);
    expect(tiny.size).toBe(1);
  });

  test('of a fast camera not every frame is kept', () => {
    const ring = new FrameRing();
    fill(ring, 0, 2000, 10);
    expect(ring.size).toBeLessThanOrEqual(84);
  });

  test('B20 frames that come unevenly are all kept', () => {
    const ring = new FrameRing();
    const gaps = [33, 38, 17, 42, 21, 33, 50, 16, 34, 45, 15, 32];
    const times = gaps.map((_gap, i) => gaps.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0));
    for (const time of times) ring.add(kept(time));
    expect(times.map((time) => timeAt(ring, time))).toEqual(times);
  });

  test('B20 a frame that was missed between others is the nearest of them, before all others it is gone', () => {
    const ring = new FrameRing();
    fill(ring, 0, 990);
    fill(ring, 1_290, 2_000);
    expect(timeAt(ring, 1_130)).toBe(990);
    expect(timeAt(ring, 1_150)).toBe(1_290);
    fill(ring, 2_033, 4_000);
    expect(ring.nearest(1_650)).toBeUndefined();
  });

  test('B20 a frame of seldom frames is found by a time between two of them; one far ahead is none', () => {
    const ring = new FrameRing();
    fill(ring, 0, 2000, 200);
    expect(timeAt(ring, 1110)).toBe(1200);
    expect(timeAt(ring, 2300)).toBe(2000);
    expect(ring.nearest(9000)).toBeUndefined();
    expect(new FrameRing().nearest(5)).toBeUndefined();
  });

  test('B20 a held frame stays while the others leave, with a thin way from it to now; released, it is gone', () => {
    const ring = new FrameRing();
    fill(ring, 0, 2000);
    expect(ring.hold(1000)).toBe(true);
    fill(ring, 2013, 9000);
    expect(timeAt(ring, 1000)).toBe(990);
    const times = ring.all.map(({ frame }) => frame.timestampMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(540);
    expect(ring.bytes).toBe(ring.all.length * frameBytes);
    ring.release();
    expect(ring.nearest(1000)).toBeUndefined();
    expect(ring.bytes).toBe(ring.size * frameBytes);
  });

  test('B20 holding ends by itself, and bytes stay bounded while it lasts', () => {
    const ring = new FrameRing({ maxBytes: 80 * frameBytes });
    fill(ring, 0, 300);
    ring.hold(0);
    for (let time = 333; time <= 15_500; time += 33) {
      ring.add(kept(time));
      expect(ring.bytes).toBeLessThanOrEqual(80 * frameBytes);
    }
    expect(ring.holds).toBe(false);
    expect(ring.nearest(0)).toBeUndefined();
  });

  test('a way between two frames goes in steps, both ways, and ends where it should', () => {
    const ring = new FrameRing();
    fill(ring, 0, 1000, 40);
    const [oldest] = ring.all;
    const { newest } = ring;
    if (!oldest || !newest) throw new Error('empty');
    for (const [from, to] of [
      [oldest, newest],
      [newest, oldest],
    ] as const) {
      const way: number[] = [];
      for (let at = from; at !== to; way.push(at.frame.timestampMs)) at = ring.step(at, to, 100);
      expect(way).toHaveLength(9);
      expect(way.at(-1)).toBe(to.frame.timestampMs);
    }
  });
});
