/** A frame of the own camera: its time on the camera's clock, and when it was read, on the wall clock. */
export interface RawFrame {
  readonly timeMs: number;
  readonly readAtMs: number;
}

/** A frame that left the encoder: its name as milliseconds without wrap-around, and when it left. */
export interface SentFrame {
  readonly nameMs: number;
  readonly sentAtMs: number;
}

export interface OffsetInput {
  /** Both in the order of their times. */
  readonly raws: readonly RawFrame[];
  readonly sent: readonly SentFrame[];
  /** Wall clock minus the camera's clock for a frame that is read at once. */
  readonly readDelayMs: number;
  /** What is held to be right so far; given up only for a reason. */
  readonly current: number | undefined;
}

const fewestFrames = 5;
/** What is looked at, of the newest: more would only cost time. */
const mostFrames = 128;
/** No frame stays longer in an encoder than this. */
const longestLagMs = 500;
/** Clocks of two workers, and frames that one of them gets a little earlier. */
const lagToleranceMs = 6;
const sameOffsetMs = 4;

interface Candidate {
  readonly offset: number;
  /** How much name and time move against each other from frame to frame, on average, in milliseconds. */
  readonly spread: number;
  /** How many frames that says, and how many of those sent had none near them. */
  readonly count: number;
  readonly misses: number;
  /** The shortest stay in the encoder. */
  readonly lagMs: number;
}

/**
 * What is to be taken from a frame's name to have its time on the camera's clock; undefined while there is too little
 * to tell. Name and time run alike, so every offset by whole frames fits a camera that ticks evenly: the right one is
 * that at which also the unevenness fits. Where several fit as well, no frame leaves the encoder before it was taken,
 * and the shortest stay is the likeliest.
 */
export function findOffset(given: OffsetInput): number | undefined {
  const { raws, current } = given;
  const sent = given.sent.slice(-mostFrames);
  const input = { ...given, sent };
  if (raws.length < fewestFrames || sent.length < fewestFrames) return undefined;
  const intervalMs = Math.min(
    medianGap(raws.map((one) => one.timeMs)),
    medianGap(sent.map((one) => one.nameMs)),
  );
  if (!(intervalMs > 0)) return undefined;
  const found: Candidate[] = [];
  const consider = (offset: number) => {
    if (found.some((one) => Math.abs(one.offset - offset) < sameOffsetMs / 2)) return;
    const candidate = judge(input, offset, intervalMs);
    if (candidate && !found.some((one) => Math.abs(one.offset - candidate.offset) < 1)) found.push(candidate);
  };
  if (current !== undefined) consider(current);
  for (const share of [0.85, 0.6, 0.35]) {
    const one = sent[Math.floor((sent.length - 1) * share)];
    if (!one) continue;
    for (const { timeMs } of raws) {
      const lagMs = one.sentAtMs - timeMs - input.readDelayMs;
      if (lagMs >= -lagToleranceMs && lagMs <= longestLagMs) consider(one.nameMs - timeMs);
    }
  }
  return choose(found, current);
}

function choose(found: readonly Candidate[], current: number | undefined): number | undefined {
  const possible = found.filter((one) => one.lagMs >= -lagToleranceMs);
  const usable = possible.length > 0 ? possible : found;
  // Frames that were not read are missed at every offset, and the fewer frames, the more may be chance.
  const fewest = Math.min(...usable.map((one) => one.misses));
  const fitting = usable.filter((one) => one.misses <= fewest + 3 * Math.sqrt(fewest + 1) + 3);
  const least = Math.min(...fitting.map((one) => one.spread));
  const fits = fitting.filter((one) => one.spread <= least * (1 + 2 / Math.sqrt(one.count)) + 0.02);
  const held = fits.find((one) => current !== undefined && Math.abs(one.offset - current) < sameOffsetMs);
  if (held) return held.offset;
  return fits.reduce<Candidate | undefined>(
    (best, one) => (best && best.lagMs <= one.lagMs ? best : one),
    undefined,
  )?.offset;
}

function judge(input: OffsetInput, about: number, intervalMs: number): Candidate | undefined {
  const { raws, sent } = input;
  const first = (raws[0]?.timeMs ?? 0) - intervalMs / 2;
  const last = (raws.at(-1)?.timeMs ?? 0) + intervalMs / 2;
  const missMs = intervalMs * 0.3;
  // What was taken before the first frame read, or is not read yet, says nothing.
  const within = sent.filter(({ nameMs }) => nameMs - about >= first && nameMs - about <= last);
  if (within.length < Math.max(fewestFrames, sent.length * 0.4)) return undefined;
  let at = 0;
  const apart = within.map(({ nameMs }) => {
    const timeMs = nameMs - about;
    const away = (index: number) => Math.abs(timeMs - (raws[index]?.timeMs ?? Number.POSITIVE_INFINITY));
    while (away(at + 1) < away(at)) at += 1;
    return timeMs - (raws[at]?.timeMs ?? Number.NaN);
  });
  const shift = medianOf(apart.filter((ms) => Math.abs(ms) < intervalMs / 2));
  // The two shortest stays: one may be a slip of the clocks.
  let shortest = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  let hits = 0;
  let sum = 0;
  let steps = 0;
  let before: number | undefined;
  for (const [i, one] of within.entries()) {
    const ms = apart[i] ?? 0;
    if (Math.abs(ms - shift) > missMs) continue;
    if (before !== undefined) {
      sum += Math.abs(ms - before);
      steps += 1;
    }
    before = ms;
    hits += 1;
    const lagMs = one.sentAtMs - (one.nameMs - about - ms) - input.readDelayMs;
    second = Math.min(second, Math.max(shortest, lagMs));
    shortest = Math.min(shortest, lagMs);
  }
  if (hits < fewestFrames) return undefined;
  return {
    offset: about + shift,
    spread: sum / steps,
    count: steps,
    misses: within.length - hits,
    lagMs: hits >= 20 ? second : shortest,
  };
}

/** Where in the list, ordered by time, the frame of the nearest time stands; −1 in an empty list. */
export function nearestAt(raws: readonly Pick<RawFrame, 'timeMs'>[], timeMs: number): number {
  let low = 0;
  let high = raws.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((raws[middle]?.timeMs ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  const after = raws[low];
  const before = raws[low - 1];
  if (!after) return -1;
  return before && timeMs - before.timeMs <= after.timeMs - timeMs ? low - 1 : low;
}

/** Median of the gaps between neighbours; NaN without any. */
export function medianGap(times: readonly number[]): number {
  return medianOf(times.slice(1).map((time, i) => time - (times[i] ?? 0)));
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return (upper + lower) / 2;
}
