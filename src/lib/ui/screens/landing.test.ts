import { expect, test } from 'vitest';
import type { Person } from '#domain/session/subject.ts';
import { detourFor, guestTokenOf, isOpenPage, nextOf } from './landing.ts';

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
  expect(['/', '/sign-in', '/c/PUMP', '/C/PUMP', '/g'].every(isOpenPage)).toBe(true);
  expect(['/home', '/sessions', '/office/sessions', '/sessions/x/call'].some(isOpenPage)).toBe(false);
});

const person = (kind: Person['kind']): Person => ({ kind, sessionId: 'abc' }) as Person;

test('T19 a guest is on the pages of the one session and on no other', () => {
  const detour = (path: string): string | undefined => detourFor(person('guest'), path);
  expect(['/sessions/abc', '/sessions/abc/call', '/g', '/'].map(detour)).toEqual(Array(4).fill(undefined));
  for (const path of [
    '/home',
    '/sessions',
    '/sessions/abcd',
    '/sessions/request',
    '/office/sessions',
    '/messages',
  ])
    expect(detour(path), path).toBe('/sessions/abc');
});

test('pages of the machine are not the office’s, and the other way round', () => {
  expect(detourFor(person('employee'), '/home')).toBe('/office/sessions');
  expect(detourFor(person('employee'), '/assistant')).toBe('/office/sessions');
  expect(detourFor(person('employee'), '/sessions/abc')).toBeUndefined();
  expect(detourFor(person('codeUser'), '/office/assistant')).toBe('/home');
  expect(detourFor(person('codeUser'), '/assistant')).toBeUndefined();
});

test('F83 a guest’s link carries its token behind the hash, whole or not at all', () => {
  const token = 'Aa0_-'.repeat(9).slice(0, 43);
  expect(guestTokenOf(`#${token}`)).toBe(token);
  for (const wrong of ['', '#', `#${token}x`, `#${token.slice(1)}`, `#${token.slice(1)}/`, token])
    expect(guestTokenOf(wrong)).toBeUndefined();
});
