import type { VisionFrame } from '../picture/picture.ts';

/**
 * A frame as it is kept: one byte of brightness a pixel, and colour at half of the size each way. Needs 1.5 bytes a
 * pixel instead of 4, and cameras' frames come in this form.
 */
export interface PackedFrame {
  readonly width: number;
  readonly height: number;
  /** On the source's clock, in milliseconds. */
  readonly timestampMs: number;
  readonly gray: Uint8Array;
  /** Blue difference, then red difference, ⌈width/2⌉ × ⌈height/2⌉ bytes each; undefined for a gray picture. */
  readonly chroma: Uint8Array | undefined;
  /** Brightness goes from 0 to 255, otherwise from 16 to 235. */
  readonly fullRange: boolean;
}

/** What may be handed to another thread instead of being copied. */
export const buffersOf = ({ gray, chroma }: PackedFrame): ArrayBuffer[] =>
  [gray, chroma].flatMap((plane) => (plane ? [plane.buffer as ArrayBuffer] : []));

export const bytesOf = ({ gray, chroma }: PackedFrame): number => gray.length + (chroma?.length ?? 0);

/** @param frame one that `isUsableFrame` accepts; a gray one's bytes are kept, not copied */
export function packFrame({ width, height, data, timestampMs }: VisionFrame): PackedFrame {
  const pixels = width * height;
  if (data.length === pixels) {
    const gray = new Uint8Array(data.buffer, data.byteOffset, pixels);
    return { width, height, timestampMs, gray, chroma: undefined, fullRange: true };
  }
  const gray = new Uint8Array(pixels);
  for (let i = 0, j = 0; i < pixels; i += 1, j += 4) {
    gray[i] = (data[j]! * 77 + data[j + 1]! * 150 + data[j + 2]! * 29 + 128) >> 8;
  }
  const columns = (width + 1) >> 1;
  const rows = (height + 1) >> 1;
  const half = columns * rows;
  const chroma = new Uint8Array(2 * half);
  for (let row = 0, to = 0; row < rows; row += 1) {
    const down = 2 * row + 1 < height ? width : 0;
    for (let column = 0; column < columns; column += 1, to += 1) {
      const a = 2 * row * width + 2 * column;
      const b = 2 * column + 1 < width ? a + 1 : a;
      const c = a + down;
      const d = b + down;
      const light = gray[a]! + gray[b]! + gray[c]! + gray[d]!;
      const red = data[4 * a]! + data[4 * b]! + data[4 * c]! + data[4 * d]!;
      const blue = data[4 * a + 2]! + data[4 * b + 2]! + data[4 * c + 2]! + data[4 * d + 2]!;
      chroma[to] = clamp(128 + (((blue - light) * 578 + 2048) >> 12));
      chroma[to + half] = clamp(128 + (((red - light) * 730 + 2048) >> 12));
    }
  }
  return { width, height, timestampMs, gray, chroma, fullRange: true };
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);

/** The frame for trackers: gray as it is (shared bytes), otherwise RGBA. */
export function unpackFrame({
  width,
  height,
  timestampMs,
  gray,
  chroma,
  fullRange,
}: PackedFrame): VisionFrame {
  if (!chroma) return { width, height, timestampMs, data: gray };
  // In 1/4096: BT.601 with its two ranges of brightness.
  const [lift, light, redRed, greenBlue, greenRed, blueBlue] = fullRange
    ? [0, 4096, 5743, 1410, 2925, 7258]
    : [16, 4769, 6537, 1605, 3330, 8263];
  const data = new Uint8ClampedArray(width * height * 4);
  const columns = (width + 1) >> 1;
  const half = columns * ((height + 1) >> 1);
  for (let row = 0, i = 0, to = 0; row < height; row += 1) {
    const line = (row >> 1) * columns;
    for (let column = 0; column < width; column += 1, i += 1, to += 4) {
      const at = line + (column >> 1);
      const blue = chroma[at]! - 128;
      const red = chroma[at + half]! - 128;
      const base = (gray[i]! - lift) * light + 2048;
      data[to] = (base + redRed * red) >> 12;
      data[to + 1] = (base - greenBlue * blue - greenRed * red) >> 12;
      data[to + 2] = (base + blueBlue * blue) >> 12;
      data[to + 3] = 255;
    }
  }
  return { width, height, timestampMs, data };
}

/** A plane of bytes as it lies in a copied frame. */
export interface Plane {
  readonly data: Uint8Array;
  readonly offset: number;
  /** From one row to the next, in bytes. */
  readonly stride: number;
  /** From one sample to the next in its row: 2 where two planes are woven into each other. */
  readonly step: number;
  readonly width: number;
  readonly height: number;
}

/** Means over squares of `shrink` samples a side, into a part of `out`. Beyond the plane its edge goes on. */
export function shrinkPlane(
  plane: Plane,
  shrink: number,
  width: number,
  height: number,
  out: Uint8Array,
  outOffset = 0,
): void {
  const { data, offset, stride, step } = plane;
  const lastTop = plane.height - shrink;
  const lastLeft = plane.width - shrink;
  // Sums become means by a multiplication.
  const share = 65536 / (shrink * shrink);
  for (let row = 0, to = outOffset; row < height; row += 1) {
    const top = offset + Math.min(row * shrink, lastTop) * stride;
    if (shrink === 1 && step === 1 && width <= plane.width) {
      out.set(data.subarray(top, top + width), to);
      to += width;
      continue;
    }
    for (let column = 0; column < width; column += 1, to += 1) {
      const a = top + Math.min(column * shrink, lastLeft) * step;
      const b = a + stride;
      if (shrink === 1) {
        out[to] = data[a]!;
      } else if (shrink === 2) {
        out[to] = (data[a]! + data[a + step]! + data[b]! + data[b + step]! + 2) >> 2;
      } else if (shrink === 3) {
        const c = b + stride;
        const two = 2 * step;
        const upper = data[a]! + data[a + step]! + data[a + two]!;
        const middle = data[b]! + data[b + step]! + data[b + two]!;
        const lower = data[c]! + data[c + step]! + data[c + two]!;
        out[to] = ((upper + middle + lower) * share + 32768) >> 16;
      } else {
        let sum = 0;
        for (let y = 0, at = a; y < shrink; y += 1, at += stride) {
          for (let x = 0; x < shrink; x += 1) sum += data[at + x * step]!;
        }
        out[to] = (sum * share + 32768) >> 16;
      }
    }
  }
}
