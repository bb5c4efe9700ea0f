import { expect, test } from 'vitest';
import { normalizeAccessCode } from '../protocol/http.ts';
import { accessCodePath, makeAccessCode } from './access-code.ts';

test('T21 an access code has 60 random bits, in letters that cannot be taken for one another', () => {
  const zeros = makeAccessCode((length) => new Uint8Array(length));
  expect(zeros).toBe('2222-2222-2222');
  const all = makeAccessCode((length) => Uint8Array.from({ length }, (_, index) => index * 21 + 5));
  expect(all).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
  expect(normalizeAccessCode(` ${all.toLowerCase().replaceAll('-', ' ')}`)).toBe(all.replaceAll('-', ''));
  expect(accessCodePath(all)).toBe(`/c/${all}`);
});
