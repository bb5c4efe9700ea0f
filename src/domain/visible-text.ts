/**
 * Whether a text has anything in it that can be read: not blanks, control characters, marks without width and letters
 * without a shape alone (the fillers of Hangul, the blank of Braille). What this device's Unicode does not know yet
 * may well be read elsewhere.
 */
export function isVisible(text: string): boolean {
  return /[^\p{Z}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

/** A text as it is kept: without blanks around it, and empty where there is nothing to read. */
export function written(text: string): string {
  return isVisible(text) ? text.trim() : '';
}
