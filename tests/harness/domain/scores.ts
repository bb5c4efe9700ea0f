import { centreDistance, overlap, type Box } from '#domain/tracking/box.ts';

/** One frame of a run; the truth is undefined where the element cannot be seen. */
export interface ScoredFrame {
  readonly truth: Box | undefined;
  readonly box: Box | undefined;
  /** Shown as tracked. */
  readonly shown: boolean;
  /** So much of it can be seen that hiding it is a mistake. */
  readonly good?: boolean;
}

export interface TrackingScores {
  /** Mean over 21 thresholds from 0 to 1 of the share of frames with overlap above it. */
  readonly auc: number;
  /** Share of frames with centres within 20 px. */
  readonly precision20: number;
  /** Share of frames with overlap above 0.5. */
  readonly overlap50: number;
  /** Share of frames shown as tracked with overlap of at least 0.5. */
  readonly shown50: number;
}

export interface LossScores {
  /** Frames from leaving until it was hidden, the longest of all leavings; null where it never was. */
  readonly hiddenAfter: number | null;
  /** Frames from the return until it was shown where it is (overlap ≥ 0.5), the longest; null for never. */
  readonly foundAfter: number | null;
  /** Share of all frames shown as tracked with overlap below 0.3, or with nothing to see. */
  readonly wrongConfident: number;
  /** The counts behind the first two, in the order in which they happened. */
  readonly leavings: readonly (number | null)[];
  readonly returns: readonly (number | null)[];
  /**
   * Share of good frames that are hidden, without those in which it has just come back and may be searched for; null
   * without good frames.
   */
  readonly goodHidden: number | null;
}

/** Frames after a return in which being hidden is counted as searching. */
const searchFrames = 8;

const thresholds = Array.from({ length: 21 }, (_, i) => i / 20);

const overlapOf = ({ truth, box }: ScoredFrame): number => (truth && box ? overlap(truth, box) : 0);

/** @throws RangeError without a frame in which the element is seen */
export function scoreTracking(frames: readonly ScoredFrame[]): TrackingScores {
  const seen = frames.filter(({ truth }) => truth !== undefined);
  if (seen.length === 0) throw new RangeError('nothing to score');
  const overlaps = seen.map(overlapOf);
  const share = (count: number): number => count / seen.length;
  const above = (threshold: number): number => share(overlaps.filter((value) => value > threshold).length);
  return {
    auc: thresholds.reduce((sum, threshold) => sum + above(threshold), 0) / thresholds.length,
    precision20: share(
      seen.filter(({ truth, box }) => truth && box && centreDistance(truth, box) <= 20).length,
    ),
    overlap50: above(0.5),
    shown50: share(seen.filter((frame, i) => frame.shown && (overlaps[i] ?? 0) >= 0.5).length),
  };
}

/** For runs in which the element leaves; the first frame has to show it. */
export function scoreLoss(frames: readonly ScoredFrame[]): LossScores {
  const leavings: (number | null)[] = [];
  const returns: (number | null)[] = [];
  frames.forEach((frame, i) => {
    const before = frames[i - 1];
    if (!before) return;
    if (before.truth && !frame.truth) leavings.push(firstAfter(frames, i, (one) => !one.truth, isHidden));
    if (!before.truth && frame.truth) {
      returns.push(firstAfter(frames, i, (one) => one.truth !== undefined, isRight));
    }
  });
  const good = frames.filter((frame, i) => frame.good && !isSearching(frames, i));
  const wrong = frames.filter((one) => one.shown && (!one.truth || overlapOf(one) < 0.3)).length;
  return {
    hiddenAfter: longest(leavings),
    foundAfter: longest(returns),
    wrongConfident: frames.length > 0 ? wrong / frames.length : 0,
    leavings,
    returns,
    goodHidden: good.length > 0 ? good.filter(isHidden).length / good.length : null,
  };
}

/** Not found again yet, and the return is not long ago. */
function isSearching(frames: readonly ScoredFrame[], at: number): boolean {
  for (let i = at; i >= 0 && at - i <= searchFrames; i -= 1) {
    const frame = frames[i];
    if (!frame || isRight(frame)) return false;
    if (!frame.truth) return true;
  }
  return false;
}

const isHidden = (frame: ScoredFrame): boolean => !frame.shown;
const isRight = (frame: ScoredFrame): boolean => frame.shown && overlapOf(frame) >= 0.5;

/** How many frames pass from `from` until one is as wanted, within the stretch that begins there. */
function firstAfter(
  frames: readonly ScoredFrame[],
  from: number,
  inStretch: (frame: ScoredFrame) => boolean,
  wanted: (frame: ScoredFrame) => boolean,
): number | null {
  for (let i = from; i < frames.length; i += 1) {
    const frame = frames[i];
    if (!frame || !inStretch(frame)) return null;
    if (wanted(frame)) return i - from;
  }
  return null;
}

const longest = (counts: readonly (number | null)[]): number | null => {
  const known = counts.filter((count) => count !== null);
  return known.length === counts.length && known.length > 0 ? Math.max(...known) : null;
};

/**
 * The count that so large a share of all stays within; null for never. Never is longer than any count.
 * @throws RangeError without counts
 */
export function quantile(counts: readonly (number | null)[], share: number): number | null {
  if (counts.length === 0) throw new RangeError('nothing to count');
  const sorted = counts.map((count) => count ?? Infinity).sort((a, b) => a - b);
  const at = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Infinity;
  return at === Infinity ? null : at;
}
