import { afterEach, beforeEach, vi } from 'vitest';
import { nowMs } from '../fixtures/world.ts';
import { clear } from './show.ts';

beforeEach(() => {
  // The clock alone stands still: whatever waits goes on.
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
});

afterEach(async () => {
  await clear();
  vi.useRealTimers();
  vi.restoreAllMocks();
  localStorage.clear();
});
