import { describe, expect, test } from 'vitest';
import { overlap, type Box } from '#domain/tracking/box.ts';
import { makeRandom } from '../camera/robust-fit.ts';
import { Picture } from '../picture/picture.ts';
import { OutlineFinder } from './outline-finder.ts';

const seed = Number(process.env.SEED ?? 7);
type Colour = readonly [number, number, number];
const ground: Colour = [120, 100, 70];
const red: Colour = [200, 40, 40];

/** An ellipse that fills the box, on noisy ground. */
function pictureOf(box: Box, colour: Colour, random: () => number): Picture {
  const [width, height] = [160, 120];
  const data = new Uint8Array(width * height * 4);
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 4) {
      const u = (2 * (x + 0.5 - box.x)) / box.width - 1;
      const v = (2 * (y + 0.5 - box.y)) / box.height - 1;
      const own = u * u + v * v < 1 ? colour : ground;
      own.forEach((value, k) => (data[at + k] = value + 20 * random() - 10));
      data[at + 3] = 255;
    }
  }
  return new Picture({ width, height, data, timestampMs: 0 });
}

describe(`what an element fills, by its colours (seed ${seed})`, () => {
  test('F57 follows it to another shape, a little in each picture', () => {
    const random = makeRandom(seed);
    const first = { x: 50, y: 40, width: 50, height: 40 };
    const finder = OutlineFinder.create(pictureOf(first, red, random), first);
    const narrow = { x: 62, y: 32, width: 26, height: 56 };
    const after = pictureOf(narrow, red, random);
    let box: Box = first;
    for (let i = 0; i < 12; i += 1) {
      const found = finder?.find(after, box);
      expect(found?.contrast).toBeGreaterThan(0.4);
      box = found?.box ?? box;
      finder?.train(after, box);
    }
    expect(overlap(box, narrow)).toBeGreaterThan(0.85);
  });

  test('F57 says so when its colours are gone', () => {
    const random = makeRandom(seed);
    const box = { x: 50, y: 40, width: 50, height: 40 };
    const finder = OutlineFinder.create(pictureOf(box, red, random), box);
    expect(finder?.find(pictureOf(box, ground, random), box).contrast).toBeLessThan(0.3);
  });

  test('is not to be had of what looks like its surroundings', () => {
    const random = makeRandom(seed);
    const box = { x: 50, y: 40, width: 50, height: 40 };
    expect(OutlineFinder.create(pictureOf(box, [126, 104, 74], random), box)).toBeUndefined();
  });
});
