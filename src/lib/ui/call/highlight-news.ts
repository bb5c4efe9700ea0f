import type { HighlightView } from './highlight-source.ts';

/** What is worth saying about a highlight. That one is lost is said by the plate, which stays. */
export interface HighlightNews {
  readonly id: string;
  readonly what: 'followed' | 'found' | 'removed';
}

type Known = ReadonlyMap<string, HighlightView['state']>;

export const statesOf = (highlights: readonly HighlightView[]): Known =>
  new Map(highlights.map((one) => [one.id, one.state]));

/** What has changed between two looks at the highlights of a picture. */
export function highlightNews(before: Known, now: Known): HighlightNews[] {
  const news: HighlightNews[] = [];
  for (const [id, state] of now) {
    const was = before.get(id);
    if (state !== 'tracked' || was === 'tracked') continue;
    news.push({ id, what: was === 'lost' ? 'found' : 'followed' });
  }
  for (const [id, was] of before) {
    // One that never began is refused, not removed; who asked for it is told why.
    if (!now.has(id) && was !== 'starting') news.push({ id, what: 'removed' });
  }
  return news;
}
