import { m } from '../messages.ts';
import type { HighlightView } from './highlight-source.ts';

/**
 * What the highlights of one picture are called on the screen, by id: their labels, and 'Highlight 2' for the second
 * one where it has none. The order is the same on all sides, so people can say the number to each other.
 */
export function highlightNames(highlights: readonly HighlightView[], pictureOf: string): Map<string, string> {
  const names = new Map<string, string>();
  let number = 0;
  for (const { id, label, pictureOf: owner } of highlights) {
    if (owner !== pictureOf) continue;
    number += 1;
    names.set(id, label.trim() || m.track_unnamed({ number }));
  }
  return names;
}
