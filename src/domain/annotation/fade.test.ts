import { describe, expect, test } from 'vitest';
import { fadeMs, isGone, nextChangeInMs, opacityAt } from './fade.ts';

describe('F56 drawings are temporary', () => {
  test('F56 a mark is whole until its last 600 ms, fades then, and is gone after its lifetime', () => {
    expect(opacityAt(-1, 5000)).toBe(1);
    expect(opacityAt(0, 5000)).toBe(1);
    expect(opacityAt(5000 - fadeMs, 5000)).toBe(1);
    expect(opacityAt(5000 - fadeMs / 2, 5000)).toBeCloseTo(0.5);
    expect(opacityAt(5000, 5000)).toBe(0);
    expect(isGone(4999, 5000)).toBe(false);
    expect(isGone(5000, 5000)).toBe(true);
  });

  test('F56 with reduced motion it is whole to its end', () => {
    expect(opacityAt(4999, 5000, true)).toBe(1);
    expect(opacityAt(5000, 5000, true)).toBe(0);
  });

  test('a kept mark stays', () => {
    expect(opacityAt(1e12, null)).toBe(1);
    expect(isGone(1e12, null)).toBe(false);
    expect(nextChangeInMs(1e12, null)).toBeNull();
  });

  test('it says when it will look different next', () => {
    expect(nextChangeInMs(0, 5000)).toBe(4400);
    expect(nextChangeInMs(0, 5000, true)).toBe(5000);
    expect(nextChangeInMs(4500, 5000)).toBe(0);
    expect(nextChangeInMs(9000, 5000)).toBe(0);
  });

  test('a lifetime shorter than the fade fades all the time', () => {
    expect(opacityAt(250, 500)).toBeCloseTo(0.5);
  });
});
