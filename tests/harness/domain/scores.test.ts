import { describe, expect, test } from 'vitest';
import { quantile, scoreLoss, scoreTracking, type ScoredFrame } from './scores.ts';

const at = (x: number) => ({ x, y: 10, width: 20, height: 20 });
const right: ScoredFrame = { truth: at(10), box: at(10), shown: true, good: true };
const hidden: ScoredFrame = { ...right, shown: false };
const wrong: ScoredFrame = { ...right, box: at(300) };
const gone: ScoredFrame = { truth: undefined, box: at(10), shown: false };
const ghost: ScoredFrame = { ...gone, shown: true };

describe('scores of a tracked run', () => {
  test('success is the mean over 21 thresholds', () => {
    expect(scoreTracking([right, right]).auc).toBeCloseTo(20 / 21);
    expect(scoreTracking([right, wrong])).toMatchObject({ overlap50: 0.5, precision20: 0.5, shown50: 0.5 });
    expect(() => scoreTracking([gone])).toThrow(RangeError);
  });

  test('F58 frames until it is hidden and until it is found again, the longest of all', () => {
    const run = [right, ghost, ghost, gone, hidden, right, ghost, gone, right];
    expect(scoreLoss(run)).toMatchObject({
      hiddenAfter: 2,
      leavings: [2, 1],
      foundAfter: 1,
      returns: [1, 0],
      wrongConfident: 3 / 9,
    });
  });

  test('F58 never hidden and never found are said as such', () => {
    expect(scoreLoss([right, ghost, ghost, wrong, hidden])).toMatchObject({
      hiddenAfter: null,
      foundAfter: null,
    });
  });

  test('F58 searching after a return is no mistake for a while; hiding what is seen is', () => {
    expect(scoreLoss([right, hidden, right, right]).goodHidden).toBe(0.25);
    expect(scoreLoss([right, gone, hidden, hidden, right]).goodHidden).toBe(0);
    const never = Array.from({ length: 20 }, () => hidden);
    expect(scoreLoss([right, gone, ...never]).goodHidden).toBeGreaterThan(0.9);
    expect(scoreLoss([gone]).goodHidden).toBeNull();
  });

  test('a share of counts, with never as the longest', () => {
    expect(quantile([3, 0, 1, null], 0.75)).toBe(3);
    expect(quantile([3, 0, 1, null], 0.9)).toBeNull();
    expect(() => quantile([], 0.9)).toThrow(RangeError);
  });
});
