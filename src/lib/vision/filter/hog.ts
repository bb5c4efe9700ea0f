/** Channels of the histogram of gradients: 18 directed, 9 undirected, 4 of texture (Felzenszwalb). */
export const hogChannels = 31;
const directed = 18;
const undirected = 9;
const clip = 0.2;
const range = 511;

/** Direction of a gradient by its two differences (−255…255 each), as one of 18; made once. */
let directions: Uint8Array | undefined;

function directionTable(): Uint8Array {
  if (directions) return directions;
  const table = new Uint8Array(range * range);
  for (let dy = -255; dy <= 255; dy += 1) {
    for (let dx = -255; dx <= 255; dx += 1) {
      const turn = Math.atan2(dy, dx) / (2 * Math.PI);
      table[(dy + 255) * range + dx + 255] =
        ((Math.round((turn + 1) * directed) % directed) + directed) % directed;
    }
  }
  directions = table;
  return table;
}

/** Histograms of gradients of pictures of one size. Keeps its memory from call to call. */
export class Hog {
  readonly columns: number;
  readonly rows: number;
  readonly #cell: number;
  readonly #counts: Float32Array;
  readonly #energy: Float32Array;

  /** @param cell side of a cell in pixels */
  constructor(columns: number, rows: number, cell: number) {
    this.columns = columns;
    this.rows = rows;
    this.#cell = cell;
    this.#counts = new Float32Array(columns * rows * directed);
    this.#energy = new Float32Array(columns * rows);
  }

  /**
   * @param rgb (columns × cell) × (rows × cell) pixels, three bytes each
   * @param out 31 planes of columns × rows, from `offset` on
   */
  compute(rgb: Uint8Array, out: Float32Array, offset = 0): void {
    this.#count(rgb);
    this.#measure();
    this.#write(out, offset);
  }

  #count(rgb: Uint8Array): void {
    const { columns, rows } = this;
    const cell = this.#cell;
    const counts = this.#counts.fill(0);
    const table = directionTable();
    const width = columns * cell;
    const height = rows * cell;
    const stride = width * 3;
    for (let y = 0; y < height; y += 1) {
      const up = (y > 0 ? y - 1 : y) * stride;
      const down = (y < height - 1 ? y + 1 : y) * stride;
      const here = y * stride;
      const cellY = (y + 0.5) / cell - 0.5;
      const row = Math.floor(cellY);
      const fy = cellY - row;
      for (let x = 0; x < width; x += 1) {
        const left = here + (x > 0 ? x - 1 : x) * 3;
        const right = here + (x < width - 1 ? x + 1 : x) * 3;
        const above = up + x * 3;
        const below = down + x * 3;
        let dx = rgb[right]! - rgb[left]!;
        let dy = rgb[below]! - rgb[above]!;
        let best = dx * dx + dy * dy;
        for (let c = 1; c < 3; c += 1) {
          const gx = rgb[right + c]! - rgb[left + c]!;
          const gy = rgb[below + c]! - rgb[above + c]!;
          const power = gx * gx + gy * gy;
          if (power > best) {
            best = power;
            dx = gx;
            dy = gy;
          }
        }
        if (best === 0) continue;
        const bin = table[(dy + 255) * range + dx + 255]!;
        const size = Math.sqrt(best) * (1 / 255);
        const cellX = (x + 0.5) / cell - 0.5;
        const column = Math.floor(cellX);
        const fx = cellX - column;
        const low = size * (1 - fy);
        const high = size * fy;
        const at = (row * columns + column) * directed + bin;
        const inLeft = column >= 0;
        const inRight = column < columns - 1;
        if (row >= 0) {
          if (inLeft) counts[at]! += low * (1 - fx);
          if (inRight) counts[at + directed]! += low * fx;
        }
        if (row < rows - 1) {
          const next = at + columns * directed;
          if (inLeft) counts[next]! += high * (1 - fx);
          if (inRight) counts[next + directed]! += high * fx;
        }
      }
    }
  }

  #measure(): void {
    const counts = this.#counts;
    for (let i = 0, at = 0; i < this.#energy.length; i += 1, at += directed) {
      let sum = 0;
      for (let o = 0; o < undirected; o += 1) {
        const both = counts[at + o]! + counts[at + o + undirected]!;
        sum += both * both;
      }
      this.#energy[i] = sum;
    }
  }

  #write(out: Float32Array, offset: number): void {
    const { columns, rows } = this;
    const counts = this.#counts;
    const energy = this.#energy;
    const plane = columns * rows;
    for (let y = 0, i = 0; y < rows; y += 1) {
      const up = y > 0 ? -columns : 0;
      const down = y < rows - 1 ? columns : 0;
      for (let x = 0; x < columns; x += 1, i += 1) {
        const left = x > 0 ? -1 : 0;
        const right = x < columns - 1 ? 1 : 0;
        const own = energy[i]!;
        const n = energy[i + up]!;
        const s = energy[i + down]!;
        const w = energy[i + left]!;
        const e = energy[i + right]!;
        const a = 1 / Math.sqrt(own + n + w + energy[i + up + left]! + 1e-4);
        const b = 1 / Math.sqrt(own + n + e + energy[i + up + right]! + 1e-4);
        const c = 1 / Math.sqrt(own + s + w + energy[i + down + left]! + 1e-4);
        const d = 1 / Math.sqrt(own + s + e + energy[i + down + right]! + 1e-4);
        const at = i * directed;
        let ta = 0;
        let tb = 0;
        let tc = 0;
        let td = 0;
        let to = offset + i;
        for (let o = 0; o < directed; o += 1, to += plane) {
          const h = counts[at + o]!;
          const ha = Math.min(h * a, clip);
          const hb = Math.min(h * b, clip);
          const hc = Math.min(h * c, clip);
          const hd = Math.min(h * d, clip);
          out[to] = 0.5 * (ha + hb + hc + hd);
          ta += ha;
          tb += hb;
          tc += hc;
          td += hd;
        }
        for (let o = 0; o < undirected; o += 1, to += plane) {
          const h = counts[at + o]! + counts[at + o + undirected]!;
          out[to] =
            0.5 *
            (Math.min(h * a, clip) + Math.min(h * b, clip) + Math.min(h * c, clip) + Math.min(h * d, clip));
        }
        out[to] = 0.2357 * ta;
        out[to + plane] = 0.2357 * tb;
        out[to + 2 * plane] = 0.2357 * tc;
        out[to + 3 * plane] = 0.2357 * td;
      }
    }
  }
}
