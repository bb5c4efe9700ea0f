import type { Box } from '#domain/tracking/box.ts';
import type { GrayLevel, Picture } from '../picture/picture.ts';
import { cornerMargin, pickFastCorners } from './fast-corners.ts';
import { resize } from './gray-levels.ts';
import { lookThrough } from './level-work.ts';

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

const settings = { shrink: 0.75, levels: 6, factor: 1.3, count: 500, turns: 30 };

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
  const found = new Found();
  let level = resize(picture.gray(0), settings.shrink);
  let scale = 1 / settings.shrink;
  for (let i = 0; i < settings.levels; i += 1) {
    if (Math.min(level.width, level.height) < 4 * cornerMargin) break;
    const { corners, smooth } = lookThrough(level);
    for (const at of pickFastCorners(level, wantedOn(i), corners)) found.add(smooth, at, scale);
    if (i + 1 === settings.levels) break;
    level = resize(level, 1 / settings.factor);
    scale *= settings.factor;
  }
  return found.features();
}

const shareOf = (level: number): number => settings.factor ** (-2 * level);
const shares = Array.from({ length: settings.levels }, (_, level) => shareOf(level)).reduce((a, b) => a + b);
const wantedOn = (level: number): number => Math.round((settings.count * shareOf(level)) / shares);

/** Room for all features of a picture: each level's number is rounded. */
const room = settings.count + settings.levels;

class Found {
  readonly #points = new Float32Array(2 * room);
  readonly #scales = new Float32Array(room);
  readonly #angles = new Float32Array(room);
  readonly #words = new Uint32Array(wordsPerFeature * room);
  #count = 0;

  add(level: GrayLevel, at: number, scale: number): void {
    const i = this.#count;
    const angle = directionAt(level, at);
    this.#points[2 * i] = ((at % level.width) + 0.5) * scale - 0.5;
    this.#points[2 * i + 1] = (Math.floor(at / level.width) + 0.5) * scale - 0.5;
    this.#scales[i] = scale;
    this.#angles[i] = angle;
    describe(level, at, angle, this.#words, i * wordsPerFeature);
    this.#count += 1;
  }

  features(): SceneFeatures {
    const count = this.#count;
    return {
      count,
      points: this.#points.slice(0, 2 * count),
      scales: this.#scales.slice(0, count),
      angles: this.#angles.slice(0, count),
      words: this.#words.slice(0, wordsPerFeature * count),
    };
  }
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

function describe(level: GrayLevel, at: number, angle: number, words: Uint32Array, to: number): void {
  const { turns } = settings;
  const { width, data } = level;
  const turn = ((Math.round((angle / (2 * Math.PI)) * turns) % turns) + turns) % turns;
  const pairs = placesIn(width, turn);
  for (let word = 0, i = 0; word < wordsPerFeature; word += 1) {
    let bits = 0;
    for (let bit = 0; bit < 32; bit += 1, i += 2) {
      if (data[at + pairs[i]!]! < data[at + pairs[i + 1]!]!) bits |= 1 << bit;
    }
    words[to + word] = bits;
  }
}

/** Of the pictures' widths that were seen last: the pairs of places of each turn, as distances in the data. */
const places = new Map<number, Int32Array[]>();
const mostWidths = 16;

function placesIn(width: number, turn: number): Int32Array {
  let turned = places.get(width);
  if (!turned) {
    if (places.size >= mostWidths) places.clear();
    places.set(width, (turned = []));
  }
  const pattern = turnedPatterns()[turn]!;
  return (turned[turn] ??= Int32Array.from(
    { length: 512 },
    (_, i) => pattern[2 * i + 1]! * width + pattern[2 * i]!,
  ));
}
