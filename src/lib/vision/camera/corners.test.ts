import { describe, expect, test } from 'vitest';
import type { GrayLevel } from '../picture/picture.ts';
import { sharedKernels } from '../deep/kernel-memory.ts';
import { compileCorners } from './corner-kernels.ts';
import { cornerLines } from './corner-lines.ts';
import { pickCorners } from './corners.ts';
import { makeRandom } from './robust-fit.ts';

const seed = Number(process.env.SEED ?? 3);

/** A light square on dark ground. */
const square: GrayLevel = {
  width: 60,
  height: 50,
  data: Uint8Array.from({ length: 60 * 50 }, (_, i) => {
    const x = i % 60;
    const y = Math.floor(i / 60);
    return x >= 20 && x < 40 && y >= 15 && y < 35 ? 200 : 40;
  }),
};

describe(`corners (seed ${seed})`, () => {
  test('lie at the corners of a square', () => {
    const points = pickCorners(square, { x: 0, y: 0, width: 60, height: 50 }, 4);
    const corners = [
      [20, 15],
      [39, 15],
      [20, 34],
      [39, 34],
    ];
    expect(points).toHaveLength(8);
    corners.forEach(([x, y], i) => {
      expect(Math.abs(points[2 * i]! - x!)).toBeLessThanOrEqual(2);
      expect(Math.abs(points[2 * i + 1]! - y!)).toBeLessThanOrEqual(2);
    });
  });

  test('none where nothing is', () => {
    const data = new Uint8Array(60 * 50).fill(90);
    expect(pickCorners({ ...square, data }, { x: 0, y: 0, width: 60, height: 50 }, 4)).toHaveLength(0);
  });

  test.each([
    [3, 4, 5, 6],
    [3, 3, 74, 34],
    [10, 5, 41, 31],
  ])('vectors and plain numbers come to the same at %i, %i with %i × %i', (left, top, columns, rows) => {
    expect(sharedKernels(compileCorners)()).toBeDefined();
    const random = makeRandom(seed);
    const level = { width: 80, height: 40, data: Uint8Array.from({ length: 3200 }, () => random() * 256) };
    const part = { left, top, columns, rows };
    const [vectors, plain] = [true, false].map((inVectors) =>
      [...mapped(cornerLines(level, part, inVectors))].flat(),
    );
    expect(vectors).toHaveLength(columns * rows);
    vectors?.forEach((value, i) => {
      const other = plain?.[i] ?? NaN;
      expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-3 * Math.max(1, other));
    });
  });
});

/** Each line is kept before the next one takes its place. */
function* mapped(lines: Iterable<Float32Array>): Generator<number[]> {
  for (const line of lines) yield [...line];
}
