import { expect, test } from 'vitest';
import { takeReload } from './reload-once.ts';

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test('X1 a page that failed is loaded anew by itself once, not again and again', () => {
  const tab = memory();
  expect(takeReload(tab, '/messages', 1_000)).toBe(true);
  expect(takeReload(tab, '/messages', 11_000)).toBe(false);
  expect(takeReload(tab, '/home', 11_000)).toBe(true);
  expect(takeReload(tab, '/messages', 120_000)).toBe(true);
});

test('X1 where a tab keeps nothing, or has no room, the person decides', () => {
  const full = {
    ...memory(),
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  };
  expect(takeReload(undefined, '/messages', 1_000)).toBe(false);
  expect(takeReload(full, '/messages', 1_000)).toBe(false);
});
