import { describe, expect, test } from 'vitest';
import { accessCodePath, makeAccessCode, normalizeAccessCode } from './access-code.ts';

test('T21 an access code has 60 random bits, in letters that cannot be taken for one another', () => {
  const zeros = makeAccessCode((length) => new Uint8Array(length));
  expect(zeros).toBe('2222-2222-2222');
  const all = makeAccessCode((length) => Uint8Array.from({ length }, (_, index) => index * 21 + 5));
  expect(all).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
  expect(normalizeAccessCode(` ${all.toLowerCase().replaceAll('-', ' ')}`)).toBe(all.replaceAll('-', ''));
  expect(accessCodePath(all)).toBe(`/c/${all}`);
});

describe('access codes', () => {
  test.each([
    ['P101-7F3K', 'P1017F3K'],
    ['  p101 7f3k ', 'P1017F3K'],
    ['p101–7f3k\n', 'P1017F3K'],
    ['P101_7F3K', 'P1017F3K'],
    ['P.1-0/1', 'P101'],
    ['', ''],
    ['---', ''],
    ['ÄÖÜ', ''],
    ['１０１', '101'],
    ['Ｐ１０１－７Ｆ３Ｋ', 'P1017F3K'],
    ['/C/P101-7F3K', 'P1017F3K'],
    ['https://support.example:8443/c/p101-7f3k?lang=de#x', 'P1017F3K'],
    ['support.example/C/P101-7F3K/', 'P1017F3K'],
  ])('T22 %j is read as %j', (typed, read) => {
    expect(normalizeAccessCode(typed)).toBe(read);
  });

  test('reading it twice changes nothing, and nothing but letters and digits is left', () => {
    for (const code of ['p101 7f3k', 'ß-ﬁ-ı', '\u0000\uffff🙂A1'.repeat(50)]) {
      const once = normalizeAccessCode(code);
      expect(once).toMatch(/^[A-Z0-9]*$/);
      expect(normalizeAccessCode(once)).toBe(once);
    }
  });
});
