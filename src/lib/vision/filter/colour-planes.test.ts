import { describe, expect, test } from 'vitest';
import { makeRandom } from '../camera/robust-fit.ts';
import { colourChannels, computeColourPlanes } from './colour-planes.ts';

const seed = Number(process.env.SEED ?? 4);

describe(`shares of colours (seed ${seed})`, () => {
  test('each cell has the mean of its pixels', () => {
    const random = makeRandom(seed);
    const [columns, rows, cell] = [3, 2, 4];
    const rgb = Uint8Array.from({ length: columns * rows * cell * cell * 3 }, () => random() * 256);
    const planes = new Float32Array(columns * rows * colourChannels);
    computeColourPlanes(rgb, columns, rows, cell, planes, 0);
    for (let i = 0; i < columns * rows; i += 1) {
      const expected = new Float32Array(colourChannels);
      for (let pixel = 0; pixel < cell * cell; pixel += 1) {
        const x = (i % columns) * cell + (pixel % cell);
        const y = Math.floor(i / columns) * cell + Math.floor(pixel / cell);
        const at = (y * columns * cell + x) * 3;
        // One colour alone, all over a cell.
        const alone = Uint8Array.from({ length: cell * cell * 3 }, (_, k) => rgb[at + (k % 3)]!);
        const shares = new Float32Array(colourChannels);
        computeColourPlanes(alone, 1, 1, cell, shares, 0);
        shares.forEach((share, k) => (expected[k]! += share / (cell * cell)));
      }
      expected.forEach((share, k) => expect(planes[k * columns * rows + i]).toBeCloseTo(share, 5));
      expect(expected.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
  });
});
