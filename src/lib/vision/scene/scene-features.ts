import type { Box } from '#domain/tracking/box.ts';
import type { GrayLevel, Picture } from '../picture/picture.ts';

/** Words of 32 bits in one description. */
export const wordsPerFeature = 8;

/** Places of a picture that are known again from their surroundings. */
export interface SceneFeatures {
  readonly count: number;
  /** x, y in pixels of the picture. */
  readonly points: Float32Array;
  /** How large the surroundings are, and how they are turned. */
  readonly scales: Float32Array;
  readonly angles: Float32Array;
  readonly words: Uint32Array;
}

/** Those that lie in a box, some pixels around it included. */
export function featuresWithin(features: SceneFeatures, box: Box): SceneFeatures {
  const margin = 2;
  const inside = Array.from({ length: features.count }, (_, i) => i).filter((i) => {
    const x = features.points[i * 2]! - box.x;
    const y = features.points[i * 2 + 1]! - box.y;
    return x >= -margin && y >= -margin && x <= box.width + margin && y <= box.height + margin;
  });
  return {
    count: inside.length,
    points: Float32Array.from(inside.flatMap((i) => [...features.points.subarray(i * 2, i * 2 + 2)])),
    scales: Float32Array.from(inside, (i) => features.scales[i]!),
    angles: Float32Array.from(inside, (i) => features.angles[i]!),
    words: Uint32Array.from(
      inside.flatMap((i) => [...features.words.subarray(i * wordsPerFeature, (i + 1) * wordsPerFeature)]),
    ),
  };
}

const settings = {
  shrink: 0.75,
  levels: 6,
  factor: 1.3,
  threshold: 10,
  cell: 14,
  count: 500,
  margin: 17,
  turns: 30,
};

/** The circle of 16 pixels of FAST. */
const circle: readonly (readonly [number, number])[] = [
  [0, -3],
  [1, -3],
  [2, -2],
  [3, -1],
  [3, 0],
  [3, 1],
  [2, 2],
  [1, 3],
  [0, 3],
  [-1, 3],
  [-2, 2],
  [-3, 1],
  [-3, 0],
  [-3, -1],
  [-2, -2],
  [-1, -3],
];

/** For each turn, 256 pairs of places: x0, y0, x1, y1. Made once, from a fixed seed. */
let patterns: readonly Int8Array[] | undefined;

function turnedPatterns(): readonly Int8Array[] {
  if (patterns) return patterns;
  let state = 20_260_101;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const place = (): number => {
    const normal = Math.sqrt(-2 * Math.log(uniform() + 1e-9)) * Math.cos(2 * Math.PI * uniform());
    return Math.max(-9, Math.min(9, normal * 5));
  };
  const base = Float32Array.from({ length: 256 * 4 }, place);
  patterns = Array.from({ length: settings.turns }, (_, turn) => {
    const angle = (2 * Math.PI * turn) / settings.turns;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    return Int8Array.from({ length: 256 * 4 }, (__, i) => {
      const x = base[i & ~1]!;
      const y = base[i | 1]!;
      return Math.round(i & 1 ? sin * x + cos * y : cos * x - sin * y);
    });
  });
  return patterns;
}

/** FAST corners with rotated BRIEF, on several sizes of the picture. */
export function findSceneFeatures(picture: Picture): SceneFeatures {
  const points: number[] = [];
  const scales: number[] = [];
  const angles: number[] = [];
  const words: number[] = [];
  let level = resize(picture.gray(0), settings.shrink);
  let scale = 1 / settings.shrink;
  const total = Array.from({ length: settings.levels }, (_, i) => settings.factor ** (-2 * i)).reduce(
    (a, b) => a + b,
  );
  for (let i = 0; i < settings.levels; i += 1) {
    if (Math.min(level.width, level.height) < 4 * settings.margin) break;
    const wanted = Math.round((settings.count * settings.factor ** (-2 * i)) / total);
    const corners = fastCorners(level, wanted);
    const smooth = blur(level);
    for (const at of corners) {
      const angle = directionAt(smooth, at);
      const x = at % level.width;
      const y = Math.floor(at / level.width);
      points.push((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5);
      scales.push(scale);
      angles.push(angle);
      describe(smooth, at, angle, words);
    }
    level = resize(level, 1 / settings.factor);
    scale *= settings.factor;
  }
  return {
    count: scales.length,
    points: Float32Array.from(points),
    scales: Float32Array.from(scales),
    angles: Float32Array.from(angles),
    words: Uint32Array.from(words),
  };
}

function resize(from: GrayLevel, factor: number): GrayLevel {
  const width = Math.floor(from.width * factor);
  const height = Math.floor(from.height * factor);
  const data = new Uint8Array(width * height);
  const step = 1 / factor;
  const source = from.data;
  for (let y = 0, to = 0; y < height; y += 1) {
    const py = Math.min(from.height - 1.001, Math.max(0, (y + 0.5) * step - 0.5));
    const y0 = py | 0;
    const fy = ((py - y0) * 256) | 0;
    for (let x = 0; x < width; x += 1, to += 1) {
      const px = Math.min(from.width - 1.001, Math.max(0, (x + 0.5) * step - 0.5));
      const x0 = px | 0;
      const fx = ((px - x0) * 256) | 0;
      const at = y0 * from.width + x0;
      const upper = source[at]! * (256 - fx) + source[at + 1]! * fx;
      const lower = source[at + from.width]! * (256 - fx) + source[at + from.width + 1]! * fx;
      data[to] = (upper * (256 - fy) + lower * fy) >> 16;
    }
  }
  return { width, height, data };
}

/** The best corners, at most two in each cell; positions in the level's data. */
function fastCorners({ width, height, data }: GrayLevel, wanted: number): number[] {
  const { margin, threshold, cell } = settings;
  const offsets = Int32Array.from(circle, ([x, y]) => y * width + x);
  const columns = Math.ceil(width / cell);
  const best = new Int32Array(columns * Math.ceil(height / cell) * 2).fill(-1);
  const bestScore = new Int32Array(best.length);
  const north = offsets[0]!;
  const east = offsets[4]!;
  for (let y = margin; y < height - margin; y += 1) {
    const row = Math.floor(y / cell) * columns;
    for (let x = margin; x < width - margin; x += 1) {
      const at = y * width + x;
      const high = data[at]! + threshold;
      const low = high - 2 * threshold;
      // Nine in a row on the circle cover at least two neighbouring ones of the four ends.
      const n = data[at + north]!;
      const s = data[at - north]!;
      if (n <= high && n >= low && s <= high && s >= low) continue;
      const e = data[at + east]!;
      const w = data[at - east]!;
      if (e <= high && e >= low && w <= high && w >= low) continue;
      const score = cornerScore(data, at, offsets, high, low);
      if (score === 0) continue;
      const slot = (row + Math.floor(x / cell)) * 2;
      if (score > bestScore[slot]!) {
        if (isFar(at, best[slot]!, width)) {
          best[slot + 1] = best[slot]!;
          bestScore[slot + 1] = bestScore[slot]!;
        }
        best[slot] = at;
        bestScore[slot] = score;
      } else if (score > bestScore[slot + 1]! && isFar(at, best[slot]!, width)) {
        best[slot + 1] = at;
        bestScore[slot + 1] = score;
      }
    }
  }
  const found: number[] = [];
  for (let i = 0; i < best.length; i += 1) if (best[i]! >= 0) found.push(i);
  found.sort((a, b) => bestScore[b]! - bestScore[a]!);
  return found.slice(0, wanted).map((i) => best[i]!);
}

const isFar = (a: number, b: number, width: number): boolean =>
  b >= 0 &&
  (Math.abs((a % width) - (b % width)) > 3 || Math.abs(Math.floor(a / width) - Math.floor(b / width)) > 3);

/** 0 where fewer than nine neighbours on the circle are all lighter or all darker. */
function cornerScore(data: Uint8Array, at: number, offsets: Int32Array, high: number, low: number): number {
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

/** Means of 5 × 5 pixels: single pixels are too noisy to be compared. */
function blur({ width, height, data }: GrayLevel): GrayLevel {
  const sums = new Uint16Array(width * height);
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    for (let x = 2; x < width - 2; x += 1) {
      const at = row + x;
      sums[at] = data[at - 2]! + data[at - 1]! + data[at]! + data[at + 1]! + data[at + 2]!;
    }
  }
  for (let y = 2; y < height - 2; y += 1) {
    for (let at = y * width; at < (y + 1) * width; at += 1) {
      const sum =
        sums[at - 2 * width]! + sums[at - width]! + sums[at]! + sums[at + width]! + sums[at + 2 * width]!;
      out[at] = sum / 25;
    }
  }
  return { width, height, data: out };
}

/** Towards where the surroundings are lighter. */
function directionAt({ width, data }: GrayLevel, at: number): number {
  let mx = 0;
  let my = 0;
  for (let y = -8; y <= 8; y += 1) {
    const half = y === 0 ? 8 : Math.floor(Math.sqrt(68 - y * y));
    const row = at + y * width;
    for (let x = -half; x <= half; x += 1) {
      const value = data[row + x]!;
      mx += x * value;
      my += y * value;
    }
  }
  return Math.atan2(my, mx);
}

function describe({ width, data }: GrayLevel, at: number, angle: number, words: number[]): void {
  const { turns } = settings;
  const turn = ((Math.round((angle / (2 * Math.PI)) * turns) % turns) + turns) % turns;
  const pattern = turnedPatterns()[turn]!;
  for (let word = 0, i = 0; word < wordsPerFeature; word += 1) {
    let bits = 0;
    for (let bit = 0; bit < 32; bit += 1, i += 4) {
      const a = data[at + pattern[i + 1]! * width + pattern[i]!]!;
      const b = data[at + pattern[i + 3]! * width + pattern[i + 2]!]!;
      if (a < b) bits |= 1 << bit;
    }
    words.push(bits >>> 0);
  }
}
