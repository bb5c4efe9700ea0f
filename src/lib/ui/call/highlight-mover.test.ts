import { describe, expect, test } from 'vitest';
import type { Box } from '#domain/tracking/box.ts';
import { flipBox, tagPlace } from './highlight-mover.ts';

const sight: Box = { x: 0, y: 0, width: 400, height: 300 };
const tag = { width: 100, height: 44 };
const box = (x: number, y: number, width = 60, height = 60): Box => ({ x, y, width, height });

const isInside = (place: Box): boolean =>
  place.x >= sight.x &&
  place.y >= sight.y &&
  place.x + place.width <= sight.x + sight.width &&
  place.y + place.height <= sight.y + sight.height;

describe('places of boxes', () => {
  test('F60 C20 a mirrored view has the box at the mirrored place, in the same size', () => {
    const flipped = flipBox({ x: 0.1, y: 0.2, width: 0.3, height: 0.4 }, true);
    expect(flipped.x).toBeCloseTo(0.6);
    expect(flipped.width).toBe(0.3);
  });
});

describe('places of tags', () => {
  test('F57 the tag stands under its box', () => {
    const { side, place } = tagPlace(box(50, 50), tag, sight);
    expect(side).toBe('under');
    expect([place.x, place.y]).toEqual([50, 110]);
  });

  test('F57 it stands over a box that reaches the lower edge, and in one that fills the picture', () => {
    expect(tagPlace(box(50, 230), tag, sight).place.y).toBe(186);
    const full = tagPlace(box(0, 0, 400, 300), tag, sight);
    expect(full.side).toBe('inside');
    expect(isInside(full.place)).toBe(true);
  });

  test.each([
    [-30, -30],
    [390, 290],
    [390, 10],
    [-40, 280],
    [600, 150],
    [150, 900],
    [-500, -500],
  ])('F57 F60 of a box at %i, %i it stays in the part of the picture that can be seen', (x, y) => {
    expect(isInside(tagPlace(box(x, y), tag, sight).place)).toBe(true);
  });

  test('F57 a tag wider than what can be seen begins at its left edge', () => {
    expect(tagPlace(box(300, 50), { width: 900, height: 44 }, sight).place.x).toBe(4);
  });

  test('F57 a tag does not lie on another one where there is room elsewhere', () => {
    const taken = [tagPlace(box(50, 100), tag, sight).place];
    expect(tagPlace(box(80, 100), tag, sight, taken).side).toBe('over');
  });

  test('F57 a tag stays on the side it was on as long as that will do', () => {
    expect(tagPlace(box(50, 100), tag, sight, [], 'over').side).toBe('over');
    expect(tagPlace(box(50, 10), tag, sight, [], 'over').side).toBe('under');
  });
});
