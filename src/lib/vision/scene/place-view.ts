import type { Box } from '#domain/tracking/box.ts';
import { mapPoint, type Transform } from '../camera/transforms.ts';
import type { Picture } from '../picture/picture.ts';

const side = 24;
const block = 4;
const blocks = side / block;

/** What a place looked like: gray values of 24 × 24 points of a box. */
export type PlaceView = Float32Array;

/** @param t from the box's picture to this one */
export function viewPlace(picture: Picture, box: Box, t: Transform, shiftX = 0, shiftY = 0): PlaceView {
  const centre = mapPoint(t, box.x + box.width / 2, box.y + box.height / 2);
  const corner = mapPoint(t, box.x, box.y);
  const step = (Math.hypot(corner.x - centre.x, corner.y - centre.y) * 1.4) / side;
  let level = 0;
  while (level < 3 && step > 1.5 * 2 ** level) level += 1;
  const { width, height, data } = picture.gray(level);
  const shrink = 1 / 2 ** level;
  const view = new Float32Array(side * side);
  for (let row = 0, i = 0; row < side; row += 1) {
    const y = box.y + ((row + 0.5) * box.height) / side;
    for (let column = 0; column < side; column += 1, i += 1) {
      const p = mapPoint(t, box.x + ((column + 0.5) * box.width) / side, y);
      const px = Math.max(0, Math.min(width - 1.001, (p.x + shiftX + 0.5) * shrink - 0.5));
      const py = Math.max(0, Math.min(height - 1.001, (p.y + shiftY + 0.5) * shrink - 0.5));
      const x0 = px | 0;
      const y0 = py | 0;
      const fx = px - x0;
      const fy = py - y0;
      const at = y0 * width + x0;
      const upper = data[at]! + (data[at + 1]! - data[at]!) * fx;
      const lower = data[at + width]! + (data[at + width + 1]! - data[at + width]!) * fx;
      view[i] = upper + (lower - upper) * fy;
    }
  }
  return view;
}

/** Correlation of two views as a whole, −1…1; 0 where one of them is flat. */
export function correlate(a: PlaceView, b: PlaceView): number {
  return correlationOf(a, b, 0, side, 0, side).value;
}

/** Share of the view's blocks in which it looks as it did, 0…1. Flat blocks only have to be as light. */
export function shareSeen(before: PlaceView, now: PlaceView): number {
  const shift = mean(now) - mean(before);
  let seen = 0;
  for (let row = 0; row < side; row += block) {
    for (let column = 0; column < side; column += block) {
      // One point more on each side: sixteen points alone say little.
      const result = correlationOf(
        before,
        now,
        Math.max(0, row - 1),
        Math.min(side, row + block + 1),
        Math.max(0, column - 1),
        Math.min(side, column + block + 1),
      );
      const flat = result.spreadA < 3 && result.spreadB < 6;
      if (flat ? Math.abs(result.difference - shift) < 14 : result.value > 0.55) seen += 1;
    }
  }
  return seen / (blocks * blocks);
}

const mean = (view: PlaceView): number => view.reduce((sum, value) => sum + value, 0) / view.length;

function correlationOf(
  a: PlaceView,
  b: PlaceView,
  top: number,
  bottom: number,
  left: number,
  right: number,
): { value: number; spreadA: number; spreadB: number; difference: number } {
  let sa = 0;
  let sb = 0;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let row = top; row < bottom; row += 1) {
    for (let i = row * side + left; i < row * side + right; i += 1) {
      const p = a[i]!;
      const q = b[i]!;
      sa += p;
      sb += q;
      aa += p * p;
      bb += q * q;
      ab += p * q;
    }
  }
  const n = (bottom - top) * (right - left);
  const va = Math.max(0, aa / n - (sa / n) ** 2);
  const vb = Math.max(0, bb / n - (sb / n) ** 2);
  const cover = ab / n - (sa / n) * (sb / n);
  const value = va > 0.5 && vb > 0.5 ? cover / Math.sqrt(va * vb) : 0;
  return { value, spreadA: Math.sqrt(va), spreadB: Math.sqrt(vb), difference: (sb - sa) / n };
}
