import type { Picture } from './picture.ts';

/** A turned rectangle of a picture: its centre and sides in pixels, its turn in radians (clockwise on the screen). */
export interface CropWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

/**
 * Samples a window of the picture into columns × rows pixels of RGB, three bytes each. Beyond the picture its edge
 * goes on. Taken from the level of the pyramid that is nearest above the wanted size, so that nothing flickers.
 */
export function cropColour(
  picture: Picture,
  window: CropWindow,
  columns: number,
  rows: number,
  out: Uint8Array,
): void {
  const step = Math.min(window.width / columns, window.height / rows);
  let level = 0;
  while (level < 4 && step >= 1.8 * 2 ** level) level += 1;
  const { width, height, data } = picture.colour(level);
  const shrink = 1 / 2 ** level;
  const cos = Math.cos(window.angle) * shrink;
  const sin = Math.sin(window.angle) * shrink;
  const stepX = window.width / columns;
  const stepY = window.height / rows;
  const maxX = width - 1;
  const maxY = height - 1;
  // The centre of pixel i of a level lies at i + 0.5 of that level.
  const centreX = window.x * shrink - 0.5;
  const centreY = window.y * shrink - 0.5;
  let to = 0;
  for (let row = 0; row < rows; row += 1) {
    const v = (row + 0.5) * stepY - window.height / 2;
    const left = 0.5 * stepX - window.width / 2;
    let px = centreX + cos * left - sin * v;
    let py = centreY + sin * left + cos * v;
    for (let column = 0; column < columns; column += 1, to += 3) {
      const x = px < 0 ? 0 : px > maxX ? maxX : px;
      const y = py < 0 ? 0 : py > maxY ? maxY : py;
      const x0 = x | 0;
      const y0 = y | 0;
      const fx = ((x - x0) * 256) | 0;
      const fy = ((y - y0) * 256) | 0;
      const a = (y0 * width + x0) * 4;
      const b = x0 < maxX ? a + 4 : a;
      const down = y0 < maxY ? width * 4 : 0;
      const w11 = fx * fy;
      const w10 = (fy << 8) - w11;
      const w01 = (fx << 8) - w11;
      const w00 = 65536 - w01 - w10 - w11;
      const c = a + down;
      const d = b + down;
      out[to] = (data[a]! * w00 + data[b]! * w01 + data[c]! * w10 + data[d]! * w11 + 32768) >> 16;
      out[to + 1] =
        (data[a + 1]! * w00 + data[b + 1]! * w01 + data[c + 1]! * w10 + data[d + 1]! * w11 + 32768) >> 16;
      out[to + 2] =
        (data[a + 2]! * w00 + data[b + 2]! * w01 + data[c + 2]! * w10 + data[d + 2]! * w11 + 32768) >> 16;
      px += cos * stepX;
      py += sin * stepX;
    }
  }
}
