/**
 * How densely a stroke is told while it is drawn. Somebody who points at something now and then is followed point by
 * point; who draws for long is told of in larger steps, so that an hour of drawing by two people stays within 1.45 MB.
 * What was not used is there for the next strokes.
 */
export interface LiveBudget {
  /** What may be sent without a pause, in bytes. */
  readonly leftBytes: number;
  readonly atMs: number;
}

/** Two people draw: 2 × 190 bytes a second are 1.37 MB an hour. */
const earnedBytesPerSecond = 190;
/** Ten long strokes, or forty seconds of saving. */
const savedBytes = 8_000;
/** Below this share of what can be saved the steps grow. */
const easyShare = 0.4;
/** The longest gap, with nothing left, in milliseconds: eight steps a second still look like drawing. */
const longestGapMs = 120;

export function fullLiveBudget(nowMs: number): LiveBudget {
  return { leftBytes: savedBytes, atMs: nowMs };
}

function earned({ leftBytes, atMs }: LiveBudget, nowMs: number): LiveBudget {
  const added = (Math.max(0, nowMs - atMs) * earnedBytesPerSecond) / 1000;
  return { leftBytes: Math.min(savedBytes, leftBytes + added), atMs: Math.max(atMs, nowMs) };
}

/** What is left after these bytes; never less than nothing. */
export function spendLive(budget: LiveBudget, bytes: number, nowMs: number): LiveBudget {
  const now = earned(budget, nowMs);
  return { ...now, leftBytes: Math.max(0, now.leftBytes - bytes) };
}

/**
 * Least time between two datagrams of a stroke, in milliseconds; 0: every point at once.
 * @param leastMs what the link asks for
 */
export function liveGapMs(budget: LiveBudget, nowMs: number, leastMs = 0): number {
  const share = earned(budget, nowMs).leftBytes / savedBytes;
  const gapMs = share >= easyShare ? 0 : longestGapMs * (1 - share / easyShare);
  return Math.max(leastMs, gapMs);
}

/**
 * What a link asks for as the least gap, in milliseconds. Below 50 kbit/s the packets' heads weigh more than the points:
 * fifteen of them a second are enough. The same while there is no direct path, and the relay carries all.
 */
export function linkGapMs(level: 'good' | 'fair' | 'weak' | 'veryWeak' | 'none'): number {
  return { good: 0, fair: 0, weak: 40, veryWeak: 66, none: 66 }[level];
}
