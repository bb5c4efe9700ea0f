import { m } from '../messages.ts';

/** From so much of the limit on it is said how much is left. */
const nearShare = 0.9;

/** What is said of a text's length while it is written: nothing, how much is left, or how much is too much. */
export function limitNote(
  text: string,
  max: number | undefined,
): { over: boolean; words: string } | undefined {
  if (max === undefined || text.length < max * nearShare) return undefined;
  const left = max - text.length;
  return left < 0
    ? { over: true, words: m.text_over({ count: -left }) }
    : { over: false, words: m.text_left({ count: left }) };
}
