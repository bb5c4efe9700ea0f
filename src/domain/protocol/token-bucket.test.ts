import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('T7 a burst passes, then only the steady rate', () => {
  const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, true, false]);
  expect(bucket.take(400)).toBe(false);
  expect(bucket.take(1000)).toBe(true);
});

test('T7 a clock that jumps back gives nothing', () => {
  const bucket = new TokenBucket({ perSecond: 1000, burst: 1 }, 10_000);
  expect(bucket.take(10_000)).toBe(true);
  expect(bucket.take(0)).toBe(false);
});
