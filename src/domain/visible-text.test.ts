import { expect, test } from 'vitest';
import { isVisible, written } from './visible-text.ts';

test.each([
  ['blanks', ' \t\n\u00a0\u3000'],
  ['a space without width', '\u200b'],
  ['joiners and direction marks', '\u200d\u200e\u202e\u2066'],
  ['soft hyphens', '\u00ad\u00ad'],
  ['fillers of Hangul', '\u3164\u115f\u1160\uffa0'],
  ['the blank of Braille', '\u2800'],
  ['selectors and tags', '\ufe0f\u{e0041}'],
  ['a mark on nothing', '\u0301'],
  ['nothing', ''],
])('F5 %s: nothing to read', (_, text) => {
  expect([isVisible(text), written(text)]).toEqual([false, '']);
});

test.each([
  'a',
  '7',
  '…',
  '€',
  '漢',
  'ㅎ',
  '⠁',
  '❤\ufe0f',
  '👩\u200d🔧',
  '\u200bא',
  'a\u0301',
  '\u{10ffff}',
  '\ue000',
])('F5 %s can be read', (text) => {
  expect(written(`  ${text}\n`)).toBe(text);
});
