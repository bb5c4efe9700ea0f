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

const bits = 4;
const levels = 1 << bits;
const spread = 2 * 40 * 40;

/** Belonging of each of 16³ colours to the prototypes; the shares of one colour add up to 1. Made once. */
let shares: Float32Array | undefined;

function shareTable(): Float32Array {
  if (shares) return shares;
  const table = new Float32Array(levels ** 3 * colourChannels);
  const centre = (level: number): number => (level + 0.5) * (256 / levels);
  let at = 0;
  for (let r = 0; r < levels; r += 1) {
    for (let g = 0; g < levels; g += 1) {
      for (let b = 0; b < levels; b += 1, at += colourChannels) {
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
  const table = shareTable();
  const plane = columns * rows;
  const stride = columns * cell * 3;
  const scale = 1 / (cell * cell);
  const sums = new Float32Array(colourChannels);
  for (let row = 0, i = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, i += 1) {
      sums.fill(0);
      for (let y = 0; y < cell; y += 1) {
        let at = (row * cell + y) * stride + column * cell * 3;
        for (let x = 0; x < cell; x += 1, at += 3) {
          const entry =
            (((rgb[at]! >> 4) << 8) | (rgb[at + 1]! & 0xf0) | (rgb[at + 2]! >> 4)) * colourChannels;
          for (let k = 0; k < colourChannels; k += 1) sums[k]! += table[entry + k]!;
        }
      }
      for (let k = 0; k < colourChannels; k += 1) out[offset + k * plane + i] = sums[k]! * scale;
    }
  }
}
