import { expect, test } from 'vitest';
import { errorCodes } from '#domain/error-codes.ts';
import de from './messages/de.json' with { type: 'json' };
import en from './messages/en.json' with { type: 'json' };

type Messages = Record<string, unknown>;

const german: Messages = de;
const english: Messages = en;
const keys = Object.keys(english).filter((key) => key !== '$schema');

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const placeholders = (value: unknown): string[] =>
  [...new Set([...textOf(value).matchAll(/\{(\w+)\}/gu)].map((match) => match[1] ?? ''))].sort();

test('B15 both languages have the same keys', () => {
  expect(
    Object.keys(german)
      .filter((key) => key !== '$schema')
      .sort(),
  ).toEqual([...keys].sort());
});

test('B15 no message is empty', () => {
  const empty = keys.filter((key) => textOf(english[key]).trim() === '' || textOf(german[key]).trim() === '');
  expect(empty).toEqual([]);
});

test('B15 both languages fill in the same values', () => {
  const different = keys.filter(
    (key) => placeholders(english[key]).join() !== placeholders(german[key]).join(),
  );
  expect(different).toEqual([]);
});

test('B15 keys are flat: small letters, digits and underscores, with a prefix', () => {
  expect(keys.filter((key) => !/^[a-z0-9]+(_[a-z0-9]+)+$/u.test(key))).toEqual([]);
});

test('B15 no sentence shouts', () => {
  expect(keys.filter((key) => /!/u.test(textOf(english[key]) + textOf(german[key])))).toEqual([]);
});

test('every error code has a sentence and a way out', () => {
  const wanted = errorCodes.flatMap((code) => {
    const key = `error_${code.replaceAll('-', '_')}`;
    return [key, `${key}_way`];
  });
  expect(wanted.filter((key) => !(key in english))).toEqual([]);
});
