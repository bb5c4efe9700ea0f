import { describe, expect, test } from 'vitest';
import { overlap, rescaleBox, shareInside, usableBox } from './box.ts';
import { scoreLoss, scoreTracking } from '#harness/domain/scores.ts';

const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });
const picture = { width: 640, height: 480 };

describe('boxes', () => {
  test('overlap is shared over joint area', () => {
    expect(overlap(box(0, 0, 10, 10), box(0, 0, 10, 10))).toBe(1);
    expect(overlap(box(0, 0, 10, 10), box(5, 0, 10, 10))).toBeCloseTo(1 / 3);
    expect(overlap(box(0, 0, 10, 10), box(10, 0, 10, 10))).toBe(0);
    expect(overlap(box(0, 0, 0, 10), box(0, 0, 0, 10))).toBe(0);
  });

  test('share inside the picture', () => {
    expect(shareInside(box(-5, 0, 10, 10), picture)).toBe(0.5);
    expect(shareInside(box(700, 0, 10, 10), picture)).toBe(0);
  });

  test.each([
    ['of zero size', box(10, 10, 0, 0), 'box-too-small'],
    ['of negative size', box(50, 50, -20, -20), 'box-too-small'],
    ['outside of the picture', box(700, 10, 40, 40), 'box-outside'],
    ['with a sliver in the picture', box(637, 10, 40, 40), 'box-outside'],
    ['covering all of it', box(-10, -10, 700, 700), 'box-whole-picture'],
    ['of no numbers', box(Number.NaN, 0, 10, 10), 'box-malformed'],
    ['without end', box(0, 0, Number.POSITIVE_INFINITY, 10), 'box-malformed'],
  ] as const)('F57 a box %s cannot be followed, and it is said why', (_what, bad, reason) => {
    expect(usableBox(bad, picture)).toEqual({ ok: false, reason });
  });

  test('what reaches beyond the picture is cut to it', () => {
    expect(usableBox(box(-10, 20, 60, 40), picture)).toEqual({ ok: true, box: box(0, 20, 50, 40) });
  });

  test('from one size of the picture to another', () => {
    expect(rescaleBox(box(10, 20, 30, 40), picture, { width: 320, height: 240 })).toEqual(box(5, 10, 15, 20));
  });
});

describe('scores', () => {
  const truth = box(0, 0, 10, 10);

  test('a perfect run: above every threshold but the last', () => {
    const scores = scoreTracking([{ truth, box: truth, shown: true }]);
    expect(scores).toEqual({ auc: 20 / 21, precision20: 1, overlap50: 1, shown50: 1 });
  });

  test("the tracker's own box counts, shown or not", () => {
    const scores = scoreTracking([
      { truth, box: truth, shown: false },
      { truth, box: undefined, shown: false },
    ]);
    expect(scores).toMatchObject({ overlap50: 0.5, shown50: 0 });
  });

  test('F58 loss and return are counted in frames, the longest of all', () => {
    const seen = { truth, box: truth, shown: true };
    const gone = { truth: undefined, box: truth, shown: false };
    const late = { truth: undefined, box: truth, shown: true };
    const frames = [seen, late, gone, { ...seen, shown: false }, seen, late, late, gone, seen];
    expect(scoreLoss(frames)).toMatchObject({ hiddenAfter: 2, foundAfter: 1, wrongConfident: 3 / 9 });
    expect(scoreLoss([seen, late])).toMatchObject({ hiddenAfter: null, foundAfter: null });
  });
});
