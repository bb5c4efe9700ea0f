import { expect, test } from 'vitest';
import { toElement } from './to-element.ts';

const size = { width: 300, height: 300 };
const found = (bbox: number[]) => toElement({ bbox, class: 'dog', score: 0.9 }, size);

test('F57 pixels become shares of the picture, what reaches beyond is cut off', () => {
  expect(found([30, 60, 150, 90])).toEqual({
    box: { x: 0.1, y: 0.2, width: 0.5, height: 0.3 },
    name: 'dog',
    score: 0.9,
  });
  const { box } = found([-30, 240, 120, 120]) ?? {};
  expect(box?.x).toBe(0);
  expect(box?.width).toBeCloseTo(0.3);
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeCloseTo(1);
});

test.each([
  ['outside', [400, 0, 20, 20]],
  ['of no size', [30, 30, 0, 20]],
  ['no numbers', [Number.NaN, 0, 20, 20]],
  ['too few numbers', [1, 2]],
])('T5 %s: nothing', (_what, bbox) => expect(found(bbox)).toBeUndefined());
