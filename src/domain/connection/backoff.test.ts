import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs, syncBackoff } from './backoff.ts';

describe('X1 waiting between tries', () => {
  test('half of the step at least, the whole of it at most; grows by half up to the longest', () => {
    const least = [0, 1, 2, 3, 7, 8, 9].map((attempt) => backoffMs(syncBackoff, attempt, () => 0));
    const most = [0, 1, 2, 3, 7, 8, 9].map((attempt) => backoffMs(syncBackoff, attempt, () => 1));
    expect(least).toEqual([250, 375, 563, 844, 4271, 5000, 5000]);
    expect(most).toEqual([500, 750, 1125, 1688, 8543, 10_000, 10_000]);
  });

  test('X1 never over 10 s, so that a relay that is back is found within 15 s; never a busy loop', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(1_000_000), random, (attempt, chance) => {
        const wait = backoffMs(syncBackoff, attempt, () => chance);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(250);
        expect(wait).toBeLessThanOrEqual(10_000);
      }),
      { seed: 1 },
    );
  });

  test('two clients do not come at the same moment', () => {
    expect(backoffMs(syncBackoff, 5, () => 0.1)).not.toBe(backoffMs(syncBackoff, 5, () => 0.9));
  });
});
