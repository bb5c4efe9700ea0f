import { expect, test } from 'vitest';
import { Allowance } from './allowance.ts';

test('T28 a flood is cut to the rate, each participant for itself, whatever the clock does', () => {
  const allowance = new Allowance({ perSecond: 10, burst: 20 });
  let taken = 0;
  for (let ms = 0; ms < 1000; ms += 1) if (allowance.take('flooder', ms)) taken += 1;
  expect(taken).toBeGreaterThanOrEqual(29);
  expect(taken).toBeLessThanOrEqual(30);
  expect(allowance.take('other', 1000)).toBe(true);
  expect(allowance.take('flooder', 0)).toBe(false);
  expect(allowance.take('flooder', 5000)).toBe(true);
});
