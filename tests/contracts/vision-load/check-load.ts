/** What the page's thread went through in some time. */
export interface LoadWindow {
  /** Milliseconds of each task of 50 ms or more. */
  readonly longTasksMs: readonly number[];
  /** Milliseconds between two turns of the screen. */
  readonly gapsMs: readonly number[];
  /** Frames that were looked at. */
  readonly looked: number;
  readonly tracked: number;
  /** Median time of a frame where it is looked at. */
  readonly frameMs: number | null;
  readonly lastsMs: number;
}

export interface LoadLimits {
  readonly longTasks: number;
  /** 95th percentile of the gaps while elements are followed, over that while none are. */
  readonly gapRatio: number;
}

/** As `performance.md` of the design has it. */
export const strictLimits: LoadLimits = { longTasks: 0, gapRatio: 1.1 };

export function percentile95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(0.95 * sorted.length))] ?? Number.NaN;
}

export const gapRatio = (on: readonly LoadWindow[], off: readonly LoadWindow[]): number =>
  percentile95(on.flatMap(({ gapsMs }) => gapsMs)) / percentile95(off.flatMap(({ gapsMs }) => gapsMs));

/** Is the page's thread left alone while elements are followed? */
export function checkLoad(
  on: readonly LoadWindow[],
  off: readonly LoadWindow[],
  limits: LoadLimits = strictLimits,
): boolean {
  const longTasks = on.reduce((sum, { longTasksMs }) => sum + longTasksMs.length, 0);
  return longTasks <= limits.longTasks && gapRatio(on, off) <= limits.gapRatio;
}
