import type { Clock } from './ports.ts';

/** The relay's time and its timers: replaced in tests, so that nothing there waits. */
export interface RelayClock extends Clock {
  /** Calls `run` once after `delayMs`, unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void;
}

const longestDelayMs = 2 ** 31 - 1;

export const systemClock: RelayClock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    // Node runs a timer that is too long at once; waking early only leads to looking again.
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), longestDelayMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
