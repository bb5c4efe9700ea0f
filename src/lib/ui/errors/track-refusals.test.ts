import { expect, test } from 'vitest';
import { maxHighlights, trackRefusals } from '#domain/tracking/tracking-messages.ts';
import { trackRefusalText } from './track-refusals.ts';

test('F57 every refusal of a highlight has sentences, each its own', () => {
  const texts = trackRefusals.map(trackRefusalText);
  expect(new Set(texts).size).toBe(trackRefusals.length);
  expect(texts.every((text) => /^[\p{Lu}\d].*\.$/u.test(text))).toBe(true);
});

test('F57 too many highlights: how many there may be is said', () => {
  expect(trackRefusalText('too-many-objects')).toContain(String(maxHighlights));
});
