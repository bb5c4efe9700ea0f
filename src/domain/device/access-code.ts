import type { RandomBytes } from '../ids.ts';

/** Letters and digits that cannot be taken for one another: read from a sticker, spoken over the phone. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const groups = 3;
const groupLength = 4;

/** A fresh access code like `7KQM-2XWD-P9RT`: 60 random bits. */
export function makeAccessCode(randomBytes: RandomBytes): string {
  const letters = [...randomBytes(groups * groupLength)].map((byte) => alphabet.charAt(byte & 31));
  return Array.from({ length: groups }, (_, group) =>
    letters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-');
}

/** The path that a QR code points at. */
export function accessCodePath(code: string): string {
  return `/c/${encodeURIComponent(code)}`;
}

/** Spelling of an access code does not matter: case, blanks and dashes, and whether the whole address was pasted. */
export function normalizeAccessCode(code: string): string {
  return accessCodeIn(code)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');
}

/** The code in what somebody typed or pasted: as it stands on the machine, or an address that ends with it (`/c/…`). */
export function accessCodeIn(text: string): string {
  // Letters of full width, as some keyboards write them.
  const plain = text.normalize('NFKC').trim();
  return /\/c\/([^/?#\s]+)/iu.exec(plain)?.[1] ?? plain;
}
