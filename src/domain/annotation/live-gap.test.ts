import { expect, test } from 'vitest';
import { fullLiveBudget, linkGapMs, liveGapMs, spendLive } from './live-gap.ts';

test('F55 the points of a stroke go at once while little was drawn', () => {
  let budget = fullLiveBudget(0);
  for (let atMs = 0; atMs < 1000; atMs += 16) {
    expect(liveGapMs(budget, atMs)).toBe(0);
    budget = spendLive(budget, 18, atMs);
  }
});

test('the more was sent, the longer the gap, up to 120 ms; a pause pays for more', () => {
  let budget = fullLiveBudget(0);
  const gaps = Array.from({ length: 10 }, () => {
    budget = spendLive(budget, 1000, 0);
    return liveGapMs(budget, 0);
  });
  expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
  expect(gaps.at(0)).toBe(0);
  expect(gaps.at(-1)).toBe(120);
  expect(liveGapMs(budget, 8_000)).toBeLessThan(80);
  expect(liveGapMs(budget, 40_000)).toBe(0);
});

test('what is saved has a limit, and a clock that was set back earns nothing', () => {
  const budget = spendLive(fullLiveBudget(0), 8_000, 1_000_000);
  expect(budget.leftBytes).toBe(0);
  expect(spendLive(budget, 0, 0)).toEqual(budget);
});

test('the link asks for its own least gap', () => {
  expect(linkGapMs('good')).toBe(0);
  expect(linkGapMs('weak')).toBeLessThan(linkGapMs('veryWeak'));
  expect(liveGapMs(fullLiveBudget(0), 0, linkGapMs('veryWeak'))).toBe(66);
  expect(liveGapMs(spendLive(fullLiveBudget(0), 8_000, 0), 0, 66)).toBe(120);
});
