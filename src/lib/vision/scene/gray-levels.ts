import type { GrayLevel } from '../picture/picture.ts';
import { sceneVectors } from './scene-vectors.ts';

/** What runs over the end of a line, in pixels; a power of two. */
const spare = 64;

/** Where to take each pixel of a line from, and the next one's share in 256 parts. */
interface Line {
  readonly from: Int32Array;
  readonly share: Int32Array;
}

function lineOf(count: number, source: number, step: number): Line {
  const from = new Int32Array(count);
  const share = new Int32Array(count);
  for (let i = 0; i < count; i += 1) {
    const at = Math.min(source - 1.001, Math.max(0, (i + 0.5) * step - 0.5));
    from[i] = at | 0;
    share[i] = ((at - from[i]!) * 256) | 0;
  }
  return { from, share };
}

/** The same picture, so many times larger or smaller. */
export function resize(from: GrayLevel, factor: number): GrayLevel {
  const width = Math.floor(from.width * factor);
  const height = Math.floor(from.height * factor);
  const data = new Uint8Array(width * height);
  const columns = lineOf(width, from.width, 1 / factor);
  const rows = lineOf(height, from.height, 1 / factor);
  // Two lines become one first, then its pixels: whole numbers, so the order does not matter.
  const blended = blendedLines(from);
  for (let y = 0, to = 0; y < height; y += 1) {
    const line = blended(rows.from[y]!, rows.share[y]!);
    for (let x = 0; x < width; x += 1, to += 1) {
      const at = columns.from[x]!;
      const share = columns.share[x]!;
      data[to] = (line[at]! * (256 - share) + line[at + 1]! * share) >> 16;
    }
  }
  return { width, height, data };
}

/** A line of a picture and the next one, which counts so many parts of 256. Valid until the next call. */
type BlendedLine = (y: number, share: number) => Uint16Array;

function blendedLines({ width, height, data }: GrayLevel): BlendedLine {
  const vectors = sceneVectors();
  if (vectors) {
    const out = (width * height + 2 * spare) & -spare;
    const bytes = vectors.reserve(out + 2 * (width + spare));
    bytes.set(data);
    const line = new Uint16Array(bytes.buffer, out, width);
    return (y, share) => {
      vectors.kernels.blend(y * width, (y + 1) * width, share, out, width);
      return line;
    };
  }
  const line = new Uint16Array(width);
  return (y, share) => {
    for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
      line[x] = data[at]! * (256 - share) + data[at + width]! * share;
    }
    return line;
  };
}

/** Means of 5 × 5 pixels: single pixels are too noisy to be compared. */
export function blur({ width, height, data }: GrayLevel): GrayLevel {
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
