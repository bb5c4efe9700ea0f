import { expect, test } from 'vitest';
import { LinkTime } from './link-time.ts';

test('B20 names of frames go on over their wrap-around, also out of order, and lead back to the name', () => {
  const time = new LinkTime();
  const start = 2 ** 32 - 9000;
  const first = time.ms(start);
  const later = time.ms((start + 18_000) % 2 ** 32);
  expect(later - first).toBeCloseTo(200, 6);
  expect(time.ms((start + 9_000) % 2 ** 32) - first).toBeCloseTo(100, 6);
  expect(LinkTime.nameOf(later)).toBe(9000);
  expect(LinkTime.nameOf(first)).toBe(start);
});
