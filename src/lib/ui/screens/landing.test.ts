import { expect, test } from 'vitest';
import { isOpenPage, nextOf } from './landing.ts';

test('only a path of this app is followed after signing in', () => {
  const next = (value: string): string | undefined =>
    nextOf(new URL(`http://localhost/sign-in?next=${encodeURIComponent(value)}`));
  expect(next('/sessions/abc')).toBe('/sessions/abc');
  for (const foreign of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
  ]) {
    expect(next(foreign)).toBeUndefined();
  }
});

test('the choice, the sign-in and the landing of a code are open; the rest is not', () => {
  expect(['/', '/sign-in', '/c/PUMP', '/g'].every(isOpenPage)).toBe(true);
  expect(['/home', '/sessions', '/office/sessions', '/sessions/x/call'].some(isOpenPage)).toBe(false);
});
