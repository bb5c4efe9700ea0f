import type { Box } from '#domain/tracking/box.ts';
import type { GrayLevel } from '../picture/picture.ts';

/** Points as x, y, x, y, … */
export type Points = Float32Array;

/**
 * The best corners (smaller eigenvalue of the gradients around) in a part of a picture, at most one in each of about
 * `count` cells, so that they spread over it. In pixels of the level.
 */
export function pickCorners(level: GrayLevel, region: Box, count: number): Points {
  const { width, height, data } = level;
  const margin = 4;
  const left = Math.max(margin, Math.round(region.x));
  const top = Math.max(margin, Math.round(region.y));
  const right = Math.min(width - margin, Math.round(region.x + region.width));
  const bottom = Math.min(height - margin, Math.round(region.y + region.height));
  const columns = right - left;
  const rows = bottom - top;
  if (columns < 3 || rows < 3) return new Float32Array(0);
  const side = Math.max(3, Math.sqrt((columns * rows) / count));
  const across = Math.max(1, Math.round(columns / side));
  const down = Math.max(1, Math.round(rows / side));
  const score = cornerScores(data, width, left, top, columns, rows);
  const best = new Int32Array(across * down).fill(-1);
  let highest = 0;
  for (let y = 0, i = 0; y < rows; y += 1) {
    const row = Math.floor((y * down) / rows) * across;
    for (let x = 0; x < columns; x += 1, i += 1) {
      const value = score[i]!;
      if (value <= 0) continue;
      const cell = row + Math.floor((x * across) / columns);
      const before = best[cell]!;
      if (before < 0 || value > score[before]!) best[cell] = i;
      if (value > highest) highest = value;
    }
  }
  const least = Math.max(highest * 0.01, 60);
  const chosen = [...best].filter((i) => i >= 0 && score[i]! >= least);
  const points = new Float32Array(chosen.length * 2);
  chosen.forEach((i, k) => {
    points[k * 2] = left + (i % columns);
    points[k * 2 + 1] = top + Math.floor(i / columns);
  });
  return points;
}

/** Smaller eigenvalue of the gradients in 5 × 5 pixels around every pixel of the part. */
function cornerScores(
  data: Uint8Array,
  width: number,
  left: number,
  top: number,
  columns: number,
  rows: number,
): Float32Array {
  const reach = 2;
  const wide = columns + 2 * reach;
  const high = rows + 2 * reach;
  // Sums over five pixels of each row, for the three products of the gradients.
  const xx = new Float32Array(columns * high);
  const xy = new Float32Array(columns * high);
  const yy = new Float32Array(columns * high);
  const dx = new Float32Array(wide);
  const dy = new Float32Array(wide);
  for (let y = 0; y < high; y += 1) {
    let at = (top + y - reach) * width + left - reach;
    for (let x = 0; x < wide; x += 1, at += 1) {
      dx[x] = data[at + 1]! - data[at - 1]!;
      dy[x] = data[at + width]! - data[at - width]!;
    }
    let sxx = 0;
    let sxy = 0;
    let syy = 0;
    for (let x = 0; x < wide; x += 1) {
      sxx += dx[x]! * dx[x]!;
      sxy += dx[x]! * dy[x]!;
      syy += dy[x]! * dy[x]!;
      if (x < 2 * reach) continue;
      const first = x - 2 * reach;
      const to = y * columns + first;
      xx[to] = sxx;
      xy[to] = sxy;
      yy[to] = syy;
      sxx -= dx[first]! * dx[first]!;
      sxy -= dx[first]! * dy[first]!;
      syy -= dy[first]! * dy[first]!;
    }
  }
  const score = new Float32Array(columns * rows);
  for (let x = 0; x < columns; x += 1) {
    let a = 0;
    let b = 0;
    let c = 0;
    for (let y = 0; y < high; y += 1) {
      const at = y * columns + x;
      a += xx[at]!;
      b += xy[at]!;
      c += yy[at]!;
      if (y < 2 * reach) continue;
      const gone = at - 2 * reach * columns;
      const half = (a - c) / 2;
      score[(y - 2 * reach) * columns + x] = ((a + c) / 2 - Math.sqrt(half * half + b * b)) / 25;
      a -= xx[gone]!;
      b -= xy[gone]!;
      c -= yy[gone]!;
    }
  }
  return score;
}
