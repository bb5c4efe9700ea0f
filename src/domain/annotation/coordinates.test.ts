import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clampToPicture, pictureRect, toPicture, toPlace, type PictureBox } from './coordinates.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const size = fc.integer({ min: 40, max: 4000 });
const boxes: fc.Arbitrary<PictureBox> = fc.record({
  boxWidth: size,
  boxHeight: size,
  pictureWidth: size,
  pictureHeight: size,
  fit: fc.constantFrom('contain', 'cover'),
  mirrored: fc.boolean(),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });
const points = fc.record({ x: share, y: share });

describe('coordinates of marks', () => {
  test(`C20 a place goes to the picture and back, whatever size, fit and mirroring (seed ${seed})`, () => {
    fc.assert(
      fc.property(boxes, points, (box, point) => {
        const back = toPicture(box, toPlace(box, point));
        expect(back.x).toBeCloseTo(point.x, 9);
        expect(back.y).toBeCloseTo(point.y, 9);
      }),
      { seed },
    );
  });

  test(`F55 the same point of the picture on two different screens shows the same part of it (seed ${seed})`, () => {
    fc.assert(
      fc.property(boxes, boxes, points, (mine, theirs, point) => {
        const drawn = toPicture(mine, toPlace(mine, point));
        const seen = toPicture(theirs, toPlace(theirs, drawn));
        expect(Math.abs(seen.x - point.x) + Math.abs(seen.y - point.y)).toBeLessThan(1e-6);
      }),
      { seed },
    );
  });

  test(`C20 mirroring is the viewer's own: the place is reflected, the stored point is not (seed ${seed})`, () => {
    fc.assert(
      fc.property(boxes, points, (box, point) => {
        const plain = toPlace({ ...box, mirrored: false }, point);
        const mirrored = toPlace({ ...box, mirrored: true }, point);
        expect(plain.x + mirrored.x).toBeCloseTo(box.boxWidth, 4);
        expect(plain.y).toBeCloseTo(mirrored.y, 6);
      }),
      { seed },
    );
  });

  test('contain leaves bars, cover cuts off', () => {
    const box = { boxWidth: 400, boxHeight: 400, pictureWidth: 1600, pictureHeight: 900, mirrored: false };
    expect(pictureRect({ ...box, fit: 'contain' })).toEqual({ left: 0, top: 87.5, width: 400, height: 225 });
    const cover = pictureRect({ ...box, fit: 'cover' });
    expect(cover.height).toBe(400);
    expect(cover.left).toBeCloseTo(-155.56, 1);
    expect(toPicture({ ...box, fit: 'contain' }, { x: 200, y: 0 }).y).toBeLessThan(0);
    expect(clampToPicture({ x: -2, y: 7 })).toEqual({ x: 0, y: 1 });
  });
});
