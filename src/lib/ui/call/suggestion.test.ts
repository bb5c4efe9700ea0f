import { expect, test } from 'vitest';
import { suggestionFailures, suggestionLabel, suggestionSentences } from './suggestion.ts';

test('F57 a suggestion has a word of the screen, its own label first, and the recogniser’s word where none is known', () => {
  expect(suggestionLabel({ name: 'tv' })).toBe('Screen');
  expect(suggestionLabel({ name: 'tv', label: 'Control panel' })).toBe('Control panel');
  expect(suggestionLabel({ name: 'giraffe' })).toBe('giraffe');
  expect(suggestionLabel({ name: 'constructor' })).toBe('constructor');
});

test('F57 every reason to suggest nothing is said in a sentence of its own', () => {
  const sentences = suggestionFailures.map((failure) => suggestionSentences[failure]());
  expect(new Set(sentences).size).toBe(suggestionFailures.length);
});
