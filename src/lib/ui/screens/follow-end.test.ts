import { expect, test } from 'vitest';
import { FollowEnd } from './follow-end.svelte.ts';

const at = (scrollTop: number, scrollHeight = 2_000) => ({ scrollTop, scrollHeight, clientHeight: 500 });

test('F94 who is at the end stays there; growing content lets nobody go', () => {
  const follow = new FollowEnd();
  follow.scrolled(at(1_500));
  follow.scrolled(at(1_500, 2_600));
  expect([follow.came(1, false), follow.news]).toEqual([true, 0]);
});

test('F94 who reads further up is left there, and told what has come below', () => {
  const follow = new FollowEnd();
  follow.scrolled(at(1_500));
  follow.scrolled(at(700));
  expect([follow.came(1, false), follow.came(2, false), follow.news]).toEqual([false, false, 3]);
  follow.scrolled(at(900));
  expect(follow.news).toBe(3);
  follow.scrolled(at(1_450));
  expect([follow.news, follow.came(1, false)]).toEqual([0, true]);
});

test('F94 what one writes oneself is gone to', () => {
  const follow = new FollowEnd();
  follow.scrolled(at(1_500));
  follow.scrolled(at(700));
  follow.came(1, false);
  expect([follow.came(1, true), follow.news]).toEqual([true, 0]);
});
