import type { GrayLevel } from '../picture/picture.ts';
import { circle } from './fast-circle.ts';

/** Pixels at the edges of a picture in which no corner is looked for: what is around it must lie in the picture. */
export const cornerMargin = 17;
export const cornerThreshold = 10;
const cell = 14;

/** For each pixel of a level, the edges apart. */
export interface CornerMap {
  /** Bytes that are not 0 where there is a corner, four together. */
  readonly flags: Uint32Array;
  /** Of each corner; anything elsewhere. */
  readonly scores: Uint16Array;
}

/** The best corners (FAST), at most two in each cell; positions in the level's data. */
export function pickFastCorners(level: GrayLevel, wanted: number, map: CornerMap | undefined): number[] {
  const best = new BestCorners(level.width, level.height);
  if (map) addMapped(best, level, map);
  else addFound(best, level);
  return best.pick(wanted);
}

function addMapped(best: BestCorners, { width, height }: GrayLevel, { flags, scores }: CornerMap): void {
  const end = ((height - cornerMargin) * width) >> 2;
  for (let four = (cornerMargin * width) >> 2; four <= end; four += 1) {
    const some = flags[four]!;
    if (some === 0) continue;
    for (let i = 0; i < 4; i += 1) {
      if (((some >>> (8 * i)) & 1) === 0) continue;
      const at = four * 4 + i;
      const y = Math.floor(at / width);
      const x = at - y * width;
      if (isInside(x, width) && isInside(y, height)) best.add(x, y, scores[at]!);
    }
  }
}

const isInside = (at: number, size: number): boolean => at >= cornerMargin && at < size - cornerMargin;

function addFound(best: BestCorners, { width, height, data }: GrayLevel): void {
  const offsets = Int32Array.from(circle, ([x, y]) => y * width + x);
  for (let y = cornerMargin; y < height - cornerMargin; y += 1) {
    for (let x = cornerMargin; x < width - cornerMargin; x += 1) {
      const at = y * width + x;
      if (isNone(data, at, offsets)) continue;
      const score = cornerScore(data, at, offsets);
      if (score > 0) best.add(x, y, score);
    }
  }
}

/** The two best in each cell that are not the same corner. */
class BestCorners {
  readonly #width: number;
  readonly #columns: number;
  readonly #best: Int32Array;
  readonly #score: Int32Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#columns = Math.ceil(width / cell);
    this.#best = new Int32Array(this.#columns * Math.ceil(height / cell) * 2).fill(-1);
    this.#score = new Int32Array(this.#best.length);
  }

  add(x: number, y: number, score: number): void {
    const best = this.#best;
    const scores = this.#score;
    const at = y * this.#width + x;
    const slot = (Math.floor(y / cell) * this.#columns + Math.floor(x / cell)) * 2;
    if (score > scores[slot]!) {
      if (this.#isFar(at, best[slot]!)) {
        best[slot + 1] = best[slot]!;
        scores[slot + 1] = scores[slot]!;
      }
      best[slot] = at;
      scores[slot] = score;
    } else if (score > scores[slot + 1]! && this.#isFar(at, best[slot]!)) {
      best[slot + 1] = at;
      scores[slot + 1] = score;
    }
  }

  pick(wanted: number): number[] {
    const found: number[] = [];
    for (let i = 0; i < this.#best.length; i += 1) if (this.#best[i]! >= 0) found.push(i);
    found.sort((a, b) => this.#score[b]! - this.#score[a]!);
    return found.slice(0, wanted).map((i) => this.#best[i]!);
  }

  #isFar(a: number, b: number): boolean {
    const width = this.#width;
    return (
      b >= 0 &&
      (Math.abs((a % width) - (b % width)) > 3 || Math.abs(Math.floor(a / width) - Math.floor(b / width)) > 3)
    );
  }
}

/** Nine in a row on the circle cover at least two neighbouring ones of the four ends. */
function isNone(data: Uint8Array, at: number, offsets: Int32Array): boolean {
  const high = data[at]! + cornerThreshold;
  const low = high - 2 * cornerThreshold;
  const north = offsets[0]!;
  const east = offsets[4]!;
  const n = data[at + north]!;
  const s = data[at - north]!;
  if (n <= high && n >= low && s <= high && s >= low) return true;
  const e = data[at + east]!;
  const w = data[at - east]!;
  return e <= high && e >= low && w <= high && w >= low;
}

/** 0 where fewer than nine neighbours on the circle are all lighter or all darker. */
function cornerScore(data: Uint8Array, at: number, offsets: Int32Array): number {
  const high = data[at]! + cornerThreshold;
  const low = high - 2 * cornerThreshold;
  let lighter = 0;
  let darker = 0;
  let above = 0;
  let beneath = 0;
  for (let i = 0; i < 16; i += 1) {
    const value = data[at + offsets[i]!]!;
    if (value > high) {
      lighter |= 1 << i;
      above += value - high;
    } else if (value < low) {
      darker |= 1 << i;
      beneath += low - value;
    }
  }
  if (hasNineInARow(lighter)) return above + 1;
  return hasNineInARow(darker) ? beneath + 1 : 0;
}

function hasNineInARow(bits: number): boolean {
  const ring = bits | (bits << 16);
  const two = ring & (ring >>> 1);
  const four = two & (two >>> 2);
  const eight = four & (four >>> 4);
  return (eight & (ring >>> 8)) !== 0;
}
