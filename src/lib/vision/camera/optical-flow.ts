import type { GrayLevel, Picture } from '../picture/picture.ts';
import type { Points } from './corners.ts';

export interface FlowSettings {
  /** Levels of the pyramid, the largest included. */
  readonly levels: number;
  /** The patch has 2 × reach + 1 pixels a side. */
  readonly reach: number;
  readonly rounds: number;
}

const usual: FlowSettings = { levels: 4, reach: 6, rounds: 8 };

/** Pairs of places: those of the first picture and the same things in the second. */
export interface Flow {
  readonly from: Points;
  readonly to: Points;
}

/** Follows points from one picture to the next (pyramidal Lucas–Kanade). Keeps its memory from call to call. */
export class OpticalFlow {
  readonly #settings: FlowSettings;
  readonly #patch: Float32Array;
  readonly #dx: Float32Array;
  readonly #dy: Float32Array;
  readonly #wide: Float32Array;
  #x = 0;
  #y = 0;

  constructor(settings: FlowSettings = usual) {
    this.#settings = settings;
    const side = 2 * settings.reach + 1;
    this.#patch = new Float32Array(side * side);
    this.#dx = new Float32Array(side * side);
    this.#dy = new Float32Array(side * side);
    this.#wide = new Float32Array((side + 2) * (side + 2));
  }

  /**
   * Points that came back within `tolerance` pixels when followed forth and back.
   * @param guess where to start looking, if known better than at the same place
   */
  follow(before: Picture, after: Picture, points: Points, guess?: Points, tolerance = 1): Flow {
    const from: number[] = [];
    const to: number[] = [];
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i]!;
      const y = points[i + 1]!;
      if (!this.#track(before, after, x, y, guess?.[i] ?? x, guess?.[i + 1] ?? y)) continue;
      const toX = this.#x;
      const toY = this.#y;
      if (!this.#track(after, before, toX, toY, guess ? x : toX, guess ? y : toY)) continue;
      if (Math.hypot(this.#x - x, this.#y - y) > tolerance) continue;
      from.push(x, y);
      to.push(toX, toY);
    }
    return { from: Float32Array.from(from), to: Float32Array.from(to) };
  }

  #track(before: Picture, after: Picture, x: number, y: number, guessX: number, guessY: number): boolean {
    const { levels } = this.#settings;
    let dx = (guessX - x) / 2 ** levels;
    let dy = (guessY - y) / 2 ** levels;
    let found = false;
    for (let level = levels - 1; level >= 0; level -= 1) {
      dx *= 2;
      dy *= 2;
      const shrink = 1 / 2 ** level;
      const source = before.gray(level);
      if (Math.min(source.width, source.height) < 4 * this.#settings.reach) continue;
      const px = (x + 0.5) * shrink - 0.5;
      const py = (y + 0.5) * shrink - 0.5;
      found = this.#refine(source, after.gray(level), px, py, dx, dy);
      if (!found && level === 0) return false;
      if (!found) continue;
      dx = this.#x;
      dy = this.#y;
    }
    this.#x = x + dx;
    this.#y = y + dy;
    const { width, height } = after;
    return found && this.#x >= 0 && this.#y >= 0 && this.#x < width && this.#y < height;
  }

  /** One level; the shift comes out in #x and #y. */
  #refine(
    source: GrayLevel,
    target: GrayLevel,
    x: number,
    y: number,
    startX: number,
    startY: number,
  ): boolean {
    const { reach, rounds } = this.#settings;
    const side = 2 * reach + 1;
    const wide = side + 2;
    if (!sample(source, x - reach - 1, y - reach - 1, wide, this.#wide)) return false;
    let xx = 0;
    let xy = 0;
    let yy = 0;
    for (let row = 0, i = 0; row < side; row += 1) {
      let at = (row + 1) * wide + 1;
      for (let column = 0; column < side; column += 1, i += 1, at += 1) {
        const gx = 0.5 * (this.#wide[at + 1]! - this.#wide[at - 1]!);
        const gy = 0.5 * (this.#wide[at + wide]! - this.#wide[at - wide]!);
        this.#patch[i] = this.#wide[at]!;
        this.#dx[i] = gx;
        this.#dy[i] = gy;
        xx += gx * gx;
        xy += gx * gy;
        yy += gy * gy;
      }
    }
    const determinant = xx * yy - xy * xy;
    const least = (xx + yy - Math.sqrt((xx - yy) ** 2 + 4 * xy * xy)) / 2;
    if (least < side * side * 0.5 || determinant <= 0) return false;
    const { width, height, data } = target;
    let shiftX = startX;
    let shiftY = startY;
    for (let round = 0; round < rounds; round += 1) {
      const left = x + shiftX - reach;
      const top = y + shiftY - reach;
      const x0 = Math.floor(left);
      const y0 = Math.floor(top);
      if (x0 < 0 || y0 < 0 || x0 + side >= width || y0 + side >= height) return false;
      const fx = left - x0;
      const fy = top - y0;
      const w11 = fx * fy;
      const w10 = fy - w11;
      const w01 = fx - w11;
      const w00 = 1 - fx - fy + w11;
      let bx = 0;
      let by = 0;
      for (let row = 0, i = 0; row < side; row += 1) {
        let at = (y0 + row) * width + x0;
        let upper = data[at]!;
        let lower = data[at + width]!;
        for (let column = 0; column < side; column += 1, i += 1) {
          at += 1;
          const nextUpper = data[at]!;
          const nextLower = data[at + width]!;
          const difference =
            this.#patch[i]! - (upper * w00 + nextUpper * w01 + lower * w10 + nextLower * w11);
          bx += difference * this.#dx[i]!;
          by += difference * this.#dy[i]!;
          upper = nextUpper;
          lower = nextLower;
        }
      }
      const stepX = (yy * bx - xy * by) / determinant;
      const stepY = (xx * by - xy * bx) / determinant;
      shiftX += stepX;
      shiftY += stepY;
      if (stepX * stepX + stepY * stepY < 0.0009) break;
    }
    if (Math.hypot(shiftX - startX, shiftY - startY) > 2 * side) return false;
    this.#x = shiftX;
    this.#y = shiftY;
    return true;
  }
}

function sample(level: GrayLevel, left: number, top: number, side: number, out: Float32Array): boolean {
  const { width, height, data } = level;
  const x0 = Math.floor(left);
  const y0 = Math.floor(top);
  if (x0 < 0 || y0 < 0 || x0 + side >= width || y0 + side >= height) return false;
  const fx = left - x0;
  const fy = top - y0;
  const w11 = fx * fy;
  const w10 = fy - w11;
  const w01 = fx - w11;
  const w00 = 1 - fx - fy + w11;
  for (let row = 0, i = 0; row < side; row += 1) {
    let at = (y0 + row) * width + x0;
    for (let column = 0; column < side; column += 1, i += 1, at += 1) {
      out[i] = data[at]! * w00 + data[at + 1]! * w01 + data[at + width]! * w10 + data[at + width + 1]! * w11;
    }
  }
  return true;
}
