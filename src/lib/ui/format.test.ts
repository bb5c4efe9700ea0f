import { expect, test } from 'vitest';
import { duration, firstLine, initials, size } from './format.ts';

test('durations are minutes and seconds, from an hour on with hours, never below zero', () => {
  expect([252_000, 0, -5, 3_852_000].map(duration)).toEqual(['04:12', '00:00', '00:00', '1:04:12']);
});

test('sizes are short', () => {
  expect([92_300, 1_840_000, 48_000_000, 12].map(size)).toEqual(['92 KB', '1.8 MB', '48 MB', '1 KB']);
});

test('initials of first and last name', () => {
  expect([
    initials('Erika Expert'),
    initials('erika'),
    initials(' Anna Maria von Ey '),
    initials(''),
    initials('👩‍🔧 Service'),
    initials('🇩🇪'),
    initials('e\u0301mile Zöe'),
    initials('ĳsbrand'),
  ]).toEqual(['EE', 'E', 'AE', '', '👩‍🔧S', '🇩🇪', 'E\u0301Z', 'Ĳ']);
});

test('a text of several lines is about its first', () => {
  expect(['It leaks\nSince when? — Today', '\n\n It leaks \nx', 'It leaks', ''].map(firstLine)).toEqual([
    'It leaks',
    'It leaks',
    'It leaks',
    '',
  ]);
});
