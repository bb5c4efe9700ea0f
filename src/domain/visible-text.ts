/** Whether a text has anything in it that can be seen: not blanks, control characters and marks without width alone. */
export function isVisible(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
}
