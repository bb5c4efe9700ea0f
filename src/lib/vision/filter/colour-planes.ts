import { compileColours, sumBytes, type ColourKernels } from './colour-kernels.ts';

/**
 * Colours as people name them (black, blue, brown, gray, green, orange, pink, purple, red, white, yellow), RGB. Each
 * pixel belongs to all of them by nearness: that changes less with the light than the colour itself.
 */
const prototypes: readonly (readonly [number, number, number])[] = [
  [16, 16, 16],
  [40, 70, 190],
  [115, 75, 40],
  [128, 128, 128],
  [50, 150, 60],
  [235, 130, 30],
  [240, 160, 180],
  [120, 50, 140],
  [200, 30, 35],
  [242, 242, 242],
  [230, 220, 50],
];
export const colourChannels = prototypes.length;
/** Floats for one colour's or one cell's shares: a whole number of vectors. */
const room = sumBytes / 4;

const bits = 4;
const levels = 1 << bits;
const spread = 2 * 40 * 40;

/** Belonging of each of 16³ colours to the prototypes; the shares of one colour add up to 1. Made once. */
let shares: Float32Array | undefined;

function shareTable(): Float32Array {
  if (shares) return shares;
  const table = new Float32Array(levels ** 3 * room);
  const centre = (level: number): number => (level + 0.5) * (256 / levels);
  let at = 0;
  for (let r = 0; r < levels; r += 1) {
    for (let g = 0; g < levels; g += 1) {
      for (let b = 0; b < levels; b += 1, at += room) {
        const distances = prototypes.map(
          ([pr, pg, pb]) => (centre(r) - pr) ** 2 + (centre(g) - pg) ** 2 + (centre(b) - pb) ** 2,
        );
        const nearest = Math.min(...distances);
        const weights = distances.map((distance) => Math.exp((nearest - distance) / spread));
        const sum = weights.reduce((total, weight) => total + weight, 0);
        weights.forEach((weight, i) => (table[at + i] = weight / sum));
      }
    }
  }
  shares = table;
  return table;
}

/**
 * Mean shares of the prototypes in each cell of a picture.
 * @param rgb (columns × cell) × (rows × cell) pixels, three bytes each
 * @param out 11 planes of columns × rows, from `offset` on
 */
export function computeColourPlanes(
  rgb: Uint8Array,
  columns: number,
  rows: number,
  cell: number,
  out: Float32Array,
  offset: number,
): void {
  const plane = columns * rows;
  const scale = 1 / (cell * cell);
  const sums = cellSums(rgb, columns, rows, cell);
  for (let i = 0; i < plane; i += 1) {
    for (let k = 0, to = offset + i; k < colourChannels; k += 1, to += plane) {
      out[to] = sums[i * room + k]! * scale;
    }
  }
}

/** Sums over the pixels of each cell; valid until the next call. */
function cellSums(rgb: Uint8Array, columns: number, rows: number, cell: number): Float32Array {
  const vectors = vectorsFor(columns, rows, cell);
  if (vectors) return sumsInVectors(vectors, rgb, columns, rows);
  const table = shareTable();
  const sums = new Float32Array(columns * rows * room);
  for (let y = 0, at = 0; y < rows * cell; y += 1) {
    const row = Math.floor(y / cell) * columns;
    for (let x = 0; x < columns * cell; x += 1, at += 3) {
      const entry = (((rgb[at]! >> 4) << 8) | (rgb[at + 1]! & 0xf0) | (rgb[at + 2]! >> 4)) * room;
      const to = (row + Math.floor(x / cell)) * room;
      for (let k = 0; k < colourChannels; k += 1) sums[to + k]! += table[entry + k]!;
    }
  }
  return sums;
}

interface Vectors {
  readonly kernels: ColourKernels;
  readonly cell: number;
  /** Of the pixels, and of the sums; the table lies before both. */
  readonly rgb: Uint8Array;
  readonly sums: Float32Array;
}

/** For the one size of picture that is used; made with the first one. */
let shared: Vectors | undefined;

function vectorsFor(columns: number, rows: number, cell: number): Vectors | undefined {
  const pixelBytes = columns * rows * cell * cell * 3;
  if (shared?.cell === cell && shared.rgb.length === pixelBytes) return shared;
  if (typeof WebAssembly === 'undefined') return undefined;
  const table = shareTable();
  const sumsAt = table.byteLength + Math.ceil(pixelBytes / 16) * 16;
  const bytes = sumsAt + columns * rows * sumBytes;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
  const kernels = compileColours(cell, memory);
  if (!kernels) return undefined;
  new Float32Array(memory.buffer).set(table);
  const rgb = new Uint8Array(memory.buffer, table.byteLength, pixelBytes);
  const sums = new Float32Array(memory.buffer, sumsAt, columns * rows * room);
  shared = { kernels, cell, rgb, sums };
  return shared;
}

function sumsInVectors(vectors: Vectors, rgb: Uint8Array, columns: number, rows: number): Float32Array {
  const { kernels, cell, sums } = vectors;
  vectors.rgb.set(rgb);
  const stride = columns * cell * 3;
  for (let row = 0; row < rows; row += 1) {
    const from = vectors.rgb.byteOffset + row * cell * stride;
    kernels.sums(from, 0, sums.byteOffset + row * columns * sumBytes, columns, stride);
  }
  return sums;
}
