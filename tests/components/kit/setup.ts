import { afterEach, beforeEach, vi } from 'vitest';
import { chooseHand } from '../../../src/lib/ui/theme.svelte.ts';
import { nowMs } from '../fixtures/world.ts';

beforeEach(() => {
  // The clock alone stands still: whatever waits goes on.
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  chooseHand('right');
  localStorage.clear();
});
