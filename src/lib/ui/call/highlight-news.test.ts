import { describe, expect, test } from 'vitest';
import { highlightNames } from './highlight-names.ts';
import { highlightNews, statesOf } from './highlight-news.ts';
import type { HighlightView } from './highlight-source.ts';

const highlight = (
  id: string,
  state: HighlightView['state'],
  label = '',
  pictureOf = 'p',
): HighlightView => ({
  id,
  state,
  label,
  pictureOf,
  by: 'e',
});

const news = (before: HighlightView[], now: HighlightView[]): ReturnType<typeof highlightNews> =>
  highlightNews(statesOf(before), statesOf(now));

describe('what is said about highlights', () => {
  test('F58 one that is found again is said to be', () => {
    expect(news([highlight('a', 'lost')], [highlight('a', 'tracked')])).toEqual([{ id: 'a', what: 'found' }]);
  });

  test('F57 one that is followed from now on and one that is removed are said', () => {
    expect(news([highlight('a', 'starting')], [highlight('a', 'tracked')])).toEqual([
      { id: 'a', what: 'followed' },
    ]);
    expect(news([], [highlight('a', 'tracked')])).toEqual([{ id: 'a', what: 'followed' }]);
    expect(news([highlight('a', 'lost')], [])).toEqual([{ id: 'a', what: 'removed' }]);
  });

  test('F57 another name, a refusal and no change at all are no news', () => {
    expect(news([highlight('a', 'tracked')], [highlight('a', 'tracked', 'Valve')])).toEqual([]);
    expect(news([highlight('a', 'starting')], [])).toEqual([]);
    expect(news([], [highlight('a', 'starting')])).toEqual([]);
  });
});

describe('names of highlights', () => {
  test('F57 one without a name is called by its place among those of its picture', () => {
    const names = highlightNames(
      [
        highlight('a', 'tracked', 'Valve'),
        highlight('x', 'tracked', '', 'other'),
        highlight('b', 'lost'),
        highlight('c', 'tracked', '  '),
      ],
      'p',
    );
    expect([...names]).toEqual([
      ['a', 'Valve'],
      ['b', 'Highlight 2'],
      ['c', 'Highlight 3'],
    ]);
  });
});
