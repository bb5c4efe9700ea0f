import { expect, test } from 'vitest';
import { usualReviewMs } from '#domain/organization/settings.ts';
import { durationOptions, spelledDuration } from './durations.ts';

const hour = 3_600_000;

test('lengths are told in the largest whole unit', () => {
  expect([10 * 60_000, hour, 36 * hour, 72 * hour].map(spelledDuration)).toEqual([
    '10 minutes',
    '1 hour',
    '36 hours',
    '3 days',
  ]);
});

test('a length that is set and not usual is offered too, in its place', () => {
  expect(durationOptions(usualReviewMs, 2 * hour).map((one) => one.label)).toContain('2 hours');
  expect(durationOptions(usualReviewMs, hour)).toHaveLength(usualReviewMs.length);
  expect(durationOptions(usualReviewMs, null)).toHaveLength(usualReviewMs.length);
});
