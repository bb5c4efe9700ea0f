import { expect, test } from 'vitest';
import { mayReload, noteReload } from './reload-once.ts';

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test('X1 a page that failed is loaded anew by itself once, not again and again', () => {
  const tab = memory();
  expect(mayReload(tab, '/messages', 1_000)).toBe(true);
  noteReload(tab, '/messages', 1_000);
  expect(mayReload(tab, '/messages', 11_000)).toBe(false);
  expect(mayReload(tab, '/home', 11_000)).toBe(true);
  expect(mayReload(tab, '/messages', 120_000)).toBe(true);
});

test('X1 where a tab keeps nothing the person decides', () => {
  noteReload(undefined, '/messages', 1_000);
  expect(mayReload(undefined, '/messages', 1_000)).toBe(false);
});
