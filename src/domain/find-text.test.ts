import { expect, test } from 'vitest';
import { compareNames, hasWord, searchable, searchWords } from './find-text.ts';

const finds = (typed: string, text: string): boolean => {
  const words = searchWords(typed);
  const where = searchable([text]);
  return words.length > 0 && words.every((word) => hasWord(where, word));
};

test.each([
  ['überdruck', 'Überdruck'],
  ['uberdruck', 'Überdruck'],
  ['ueberdruck', 'Überdruck'],
  ['UEBERDRUCK', 'überdruck im Kessel'],
  ['Überdruck', 'Ueberdruck'],
  ['überdruck', 'u\u0308berdruck'],
  ['strasse', 'Straße 4'],
  ['straße', 'STRASSE 4'],
  ['pipe inlet', 'PIPE INLET'],
  ['PIPE INLET', 'pipe inlet'],
  ['istanbul', 'İstanbul'],
  ['ISIK', 'ışık'],
  ['smorrebrod', 'smørrebrød'],
  ['smoerrebroed', 'smørrebrød'],
  ['aalborg', 'Ålborg'],
  ['lodz', 'Łódź'],
  ['p101', 'Ｐ１０１'],
  ['ﬁlter', 'Filter'],
  ['двигатель', 'Двигатель'],
  ['漏れ', 'ポンプの漏れ'],
])('F74 %s finds %s', (typed, text) => {
  expect(finds(typed, text)).toBe(true);
});

test('F74 each word has to be there, in any order; nothing but blanks looks for nothing', () => {
  expect([finds('101 pump', 'Pump P-101'), finds('pump 102', 'Pump P-101')]).toEqual([true, false]);
  expect(searchWords(' \t\u3000')).toEqual([]);
  expect(finds('bruecke', 'Brucke')).toBe(false);
});

test('names stand in the same order on each device', () => {
  const words = ['Zange', 'P-10', 'Öse', 'P-9', 'Oase', 'anker', 'Äpfel'];
  expect(words.toSorted(compareNames)).toEqual(['anker', 'Äpfel', 'Oase', 'Öse', 'P-9', 'P-10', 'Zange']);
});
