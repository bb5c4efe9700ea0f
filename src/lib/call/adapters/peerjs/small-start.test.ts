import { expect, test } from 'vitest';
import { mayGrow } from './small-start.ts';

test('the picture grows where the link bears a large key frame, and where nobody knows', () => {
  expect(mayGrow(undefined)).toBe(true);
  expect(mayGrow(300_000)).toBe(true);
  expect(mayGrow(90_000)).toBe(false);
});
