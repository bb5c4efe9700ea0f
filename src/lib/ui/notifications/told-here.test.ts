import { expect, it } from 'vitest';
import { ToldHere } from './told-here.ts';

it('F6 F102 a notice pops up once in a tab, also over a reload; the app opened anew tells it again', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const told = new ToldHere(storage);
  expect(told.first('a')).toBe(true);
  expect(told.first('a')).toBe(false);
  expect(told.first('b')).toBe(true);
  expect(new ToldHere(storage).first('a')).toBe(false);
  expect(new ToldHere(undefined).first('a')).toBe(true);
});

it('where nothing can be kept it pops up all the same', () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  };
  expect(new ToldHere(full).first('a')).toBe(true);
});
