import { expect, test } from 'vitest';
import { directionOf } from './text-direction.ts';

test.each([
  ['Pump leaks!', 'ltr'],
  ['המשאבה דולפת!', 'rtl'],
  ['هل المضخة تعمل؟', 'rtl'],
  // Figures and signs have no direction of their own.
  ['12 / 4: صمام', 'rtl'],
  ['(P-101) المضخة', 'ltr'],
  ['123 – 456', 'ltr'],
  ['', 'ltr'],
  ['\u200F!', 'rtl'],
  ['😀 שלום', 'rtl'],
] as const)('F52 the first strong letter gives the direction: %j is %s', (text, direction) => {
  expect(directionOf(text)).toBe(direction);
});
