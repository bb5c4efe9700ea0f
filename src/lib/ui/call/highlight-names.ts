import { m } from '../messages.ts';
import type { HighlightView } from './highlight-source.ts';

/**
 * What the highlights of one picture are called on the screen, by id: their labels, and 'Highlight 2' for the second
 * one that was made where it has none. Numbers are the same on all sides, so people can say them to each other.
 */
export function highlightNames(highlights: readonly HighlightView[], pictureOf: string): Map<string, string> {
  const names = new Map<string, string>();
  let last = 0;
  for (const { id, label, number = last + 1, pictureOf: owner } of highlights) {
    if (owner !== pictureOf) continue;
    last = number;
    names.set(id, label.trim() || m.track_unnamed({ number }));
  }
  return names;
}
