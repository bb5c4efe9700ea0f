import type { GrayLevel } from '../picture/picture.ts';
import { sharedKernels } from '../deep/kernel-memory.ts';
import { compileCorners } from './corner-kernels.ts';

/** Pixels around the one that is judged, on each side. */
const reach = 2;

/** A part of a level; at least three pixels on each side of it lie in the level. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * The part's lines, one after the other: smaller eigenvalues of the gradients in 5 × 5 pixels around each of its
 * pixels. A line is valid until the next one.
 */
export function* cornerLines(level: GrayLevel, part: Part, inVectors = true): Generator<Float32Array> {
  const lines = (inVectors ? linesInVectors(level, part) : undefined) ?? plainLines(level, part);
  for (let y = -reach; y < reach; y += 1) lines.add(y);
  for (let y = 0; y < part.rows; y += 1) {
    lines.add(y + reach);
    yield lines.scores();
    lines.remove(y - reach);
  }
}

/** Sums over five lines of the products of the gradients. */
interface Lines {
  add(y: number): void;
  remove(y: number): void;
  scores(): Float32Array;
}

const vectors = sharedKernels(compileCorners);

/** Sums and scores come first, then the lines of the level that the part needs. */
function linesInVectors({ width, data }: GrayLevel, { left, top, columns, rows }: Part): Lines | undefined {
  const using = vectors();
  if (!using) return undefined;
  const { kernels } = using;
  const wide = columns + 2 * reach;
  const apart = 4 * (wide + 12);
  const pixels = 4 * apart + 16;
  const firstLine = top - reach - 1;
  const lines = data.subarray(firstLine * width, (top + rows + reach + 1) * width);
  const bytes = using.reserve(pixels + lines.length + 16);
  bytes.fill(0, 0, 4 * apart);
  bytes.set(lines, pixels);
  const scores = new Float32Array(bytes.buffer, 3 * apart, columns);
  const at = (y: number): number => pixels + (top + y - firstLine) * width + left - reach;
  return {
    add: (y) => kernels.add(at(y), width, 0, apart, wide),
    remove: (y) => kernels.remove(at(y), width, 0, apart, wide),
    scores() {
      kernels.scores(0, apart, scores.byteOffset, columns);
      return scores;
    },
  };
}

function plainLines({ width, data }: GrayLevel, { left, top, columns }: Part): Lines {
  const wide = columns + 2 * reach;
  const [xx, xy, yy] = [new Int32Array(wide), new Int32Array(wide), new Int32Array(wide)];
  const scores = new Float32Array(columns);
  const five = (sums: Int32Array, x: number): number =>
    sums[x]! + sums[x + 1]! + sums[x + 2]! + sums[x + 3]! + sums[x + 4]!;
  const change = (y: number, sign: number): void => {
    let at = (top + y) * width + left - reach;
    for (let x = 0; x < wide; x += 1, at += 1) {
      const gx = data[at + 1]! - data[at - 1]!;
      const gy = data[at + width]! - data[at - width]!;
      xx[x]! += sign * gx * gx;
      xy[x]! += sign * gx * gy;
      yy[x]! += sign * gy * gy;
    }
  };
  return {
    add: (y) => change(y, 1),
    remove: (y) => change(y, -1),
    scores() {
      for (let x = 0; x < columns; x += 1) {
        const a = five(xx, x);
        const b = five(xy, x);
        const c = five(yy, x);
        const half = (a - c) / 2;
        scores[x] = ((a + c) / 2 - Math.sqrt(half * half + b * b)) / 25;
      }
      return scores;
    },
  };
}
