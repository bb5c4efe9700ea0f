import { describe, expect, test } from 'vitest';
import { makeRandom } from '../camera/robust-fit.ts';
import type { GrayLevel } from '../picture/picture.ts';
import { distancesBetween } from './distances.ts';
import { pickFastCorners } from './fast-corners.ts';
import { blur, resize } from './gray-levels.ts';
import { lookThrough } from './level-work.ts';
import type { SceneFeatures } from './scene-features.ts';
import { sceneVectors } from './scene-vectors.ts';

const seed = Number(process.env.SEED ?? 5);

/** Patches of one lightness each, with noise. */
function patchwork(width: number, height: number): GrayLevel {
  const random = makeRandom(seed);
  const shades = Array.from({ length: 64 }, () => random() * 230);
  const shade = (i: number): number =>
    shades[(((i % width) >> 3) % 8) | (((Math.floor(i / width) >> 3) % 8) << 3)]!;
  const data = Uint8Array.from({ length: width * height }, (_, i) => shade(i) + 25 * random());
  return { width, height, data };
}

function featuresOf(count: number, random: () => number): SceneFeatures {
  return {
    count,
    points: new Float32Array(2 * count),
    scales: new Float32Array(count),
    angles: new Float32Array(count),
    words: Uint32Array.from({ length: 8 * count }, () => random() * 2 ** 32),
  };
}

const bitsIn = (word: number): number => [...word.toString(2)].filter((bit) => bit === '1').length;

describe(`what is worked out in vectors comes to the same as in plain numbers (seed ${seed})`, () => {
  test('there are vectors here', () => {
    expect(sceneVectors()).toBeDefined();
  });

  test.each([
    [160, 120],
    [101, 83],
  ])('corners and means of a picture of %i × %i', (width, height) => {
    const level = patchwork(width, height);
    const { corners, smooth } = lookThrough(level);
    const plain = blur(level);
    for (let y = 2; y < height - 2; y += 1) {
      const inner = [y * width + 2, (y + 1) * width - 2] as const;
      expect(smooth.data.subarray(...inner)).toEqual(plain.data.subarray(...inner));
    }
    const found = pickFastCorners(level, 100, corners);
    expect(found.length).toBeGreaterThan(10);
    expect(found).toEqual(pickFastCorners(level, 100, undefined));
  });

  test('a smaller picture', () => {
    const level = patchwork(97, 64);
    const { width, height, data } = resize(level, 0.75);
    expect([width, height]).toEqual([72, 48]);
    const at = (x: number, y: number): number => level.data[y * 97 + x]!;
    // Pixel (x, y) lies at (4/3 x + 1/6, 4/3 y + 1/6): a share of 42 and of 213 of 256 in the first four.
    const share = (i: number): number => Math.floor((((4 / 3) * (i + 0.5) - 0.5) % 1) * 256);
    const line = (x: number, y: number): number => at(x, y) * (256 - share(1)) + at(x, y + 1) * share(1);
    expect(data[width]).toBe((line(0, 1) * (256 - share(0)) + line(1, 1) * share(0)) >> 16);
  });

  test('distances', () => {
    const random = makeRandom(seed);
    const from = featuresOf(7, random);
    const to = featuresOf(19, random);
    const of = distancesBetween(from, to);
    for (let i = 0; i < from.count; i += 1) {
      const expected = Array.from({ length: to.count }, (_, j) =>
        [0, 1, 2, 3, 4, 5, 6, 7].reduce(
          (sum, k) => sum + bitsIn((from.words[i * 8 + k]! ^ to.words[j * 8 + k]!) >>> 0),
          0,
        ),
      );
      expect([...of(i)]).toEqual(expected);
    }
    expect(distancesBetween(from, featuresOf(0, random))(0)).toHaveLength(0);
  });
});
