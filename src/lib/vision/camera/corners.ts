import type { Box } from '#domain/tracking/box.ts';
import type { GrayLevel } from '../picture/picture.ts';
import { cornerLines, type Part } from './corner-lines.ts';

/** Points as x, y, x, y, … */
export type Points = Float32Array;

/**
 * The best corners (smaller eigenvalue of the gradients in 5 × 5 pixels around) in a part of a picture, at most one in
 * each of about `count` cells, so that they spread over it. In pixels of the level.
 */
export function pickCorners(level: GrayLevel, region: Box, count: number): Points {
  const margin = 4;
  const left = Math.max(margin, Math.round(region.x));
  const top = Math.max(margin, Math.round(region.y));
  const right = Math.min(level.width - margin, Math.round(region.x + region.width));
  const bottom = Math.min(level.height - margin, Math.round(region.y + region.height));
  const columns = right - left;
  const rows = bottom - top;
  if (columns < 3 || rows < 3) return new Float32Array(0);
  const side = Math.max(3, Math.sqrt((columns * rows) / count));
  const across = Math.max(1, Math.round(columns / side));
  const down = Math.max(1, Math.round(rows / side));
  const { at, score } = bestOfCells(level, { left, top, columns, rows }, across, down);
  const least = Math.max(score.reduce((most, one) => Math.max(most, one), 0) * 0.01, 60);
  const chosen = [...at.keys()].filter((cell) => at[cell]! >= 0 && score[cell]! >= least);
  const points = new Float32Array(chosen.length * 2);
  chosen.forEach((cell, k) => {
    points[k * 2] = left + (at[cell]! % columns);
    points[k * 2 + 1] = top + Math.floor(at[cell]! / columns);
  });
  return points;
}

interface BestOfCells {
  /** Number of the pixel in the part; −1 for none. */
  readonly at: Int32Array;
  readonly score: Float32Array;
}

function bestOfCells(level: GrayLevel, part: Part, across: number, down: number): BestOfCells {
  const { columns, rows } = part;
  const score = new Float32Array(across * down);
  const at = new Int32Array(across * down).fill(-1);
  const cellOf = Int32Array.from({ length: columns }, (_, x) => Math.floor((x * across) / columns));
  let y = 0;
  for (const line of cornerLines(level, part)) {
    const row = Math.floor((y * down) / rows) * across;
    for (let x = 0; x < columns; x += 1) {
      const value = line[x]!;
      const cell = row + cellOf[x]!;
      if (value <= score[cell]!) continue;
      score[cell] = value;
      at[cell] = y * columns + x;
    }
    y += 1;
  }
  return { at, score };
}
