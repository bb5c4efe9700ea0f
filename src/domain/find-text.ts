/** Letters that no decomposition of Unicode takes apart, and what stands for them on a plain keyboard. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};
const umlauts: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' };

/**
 * A text as it is compared with others: small letters without marks, the same on each device. The language of the
 * browser has no part in it: where it is Turkish, the small letter of I would be another one.
 */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/gu, '')
    .replace(/[ßæœøłđðþı]/gu, (letter) => plainLetters[letter] ?? letter);
}

/** In which words are found: folded, and once more as people write who have no umlauts. */
export function searchable(parts: readonly (string | undefined)[]): string {
  const text = parts.filter((part) => part !== undefined).join('\n');
  const written = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[äöüøå]/gu, (letter) => umlauts[letter] ?? letter);
  const plain = folded(text);
  const other = folded(written);
  return other === plain ? plain : `${plain}\n${other}`;
}

/** One word that is looked for, in the ways in which it may stand in what is searched. */
export type SearchWord = readonly string[];

/** The words of what somebody typed into a search field; none where there is nothing to look for. */
export function searchWords(typed: string): SearchWord[] {
  return typed
    .split(/\s+/u)
    .map((word) => searchable([word]).split('\n'))
    .filter(([plain]) => plain !== '');
}

/** Whether a text made by `searchable` has this word in it. */
export const hasWord = (text: string, word: SearchWord): boolean => word.some((way) => text.includes(way));

// Collators are slow to make and quick to use. The order of one language for all: what stands first does not depend on
// the device.
const names = new Intl.Collator('en', { numeric: true });

/** For sorting by name: P-9 before P-10, Ä beside A. */
export const compareNames = (a: string, b: string): number => names.compare(a, b);
