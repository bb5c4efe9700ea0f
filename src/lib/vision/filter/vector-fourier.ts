import { compileFourier, placeBytes, type FourierKernels } from './fourier-kernels.ts';

const pageBytes = 65_536;
/** Transforms side by side, of two planes each. */
const lanes = 4;
const batch = 2 * lanes;

/** Eight planes at a time, in WebAssembly of our own. As `Fourier`, which falls back to plain numbers without. */
export class VectorFourier {
  readonly #size: number;
  readonly #kernels: FourierKernels;
  readonly #places: Float32Array;
  readonly #order: Uint16Array;

  private constructor(size: number, kernels: FourierKernels, memory: WebAssembly.Memory, order: Uint16Array) {
    this.#size = size;
    this.#kernels = kernels;
    this.#places = new Float32Array(memory.buffer, 0, size * size * batch);
    this.#order = order;
  }

  /** @param order where each number of a line belongs before its transform */
  static create(size: number, order: Uint16Array): VectorFourier | undefined {
    if (typeof WebAssembly === 'undefined') return undefined;
    const pages = Math.ceil((size * size * placeBytes) / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages });
    const kernels = compileFourier(size, memory);
    return kernels && new VectorFourier(size, kernels, memory, order);
  }

  forward(planes: Float32Array, count: number, re: Float32Array, im: Float32Array): void {
    const n = this.#size;
    const area = n * n;
    const order = this.#order;
    const places = this.#places;
    for (let first = 0; first < count; first += batch) {
      if (count - first < batch) places.fill(0);
      for (let k = first; k < Math.min(count, first + batch); k += 1) {
        const slot = slotOf(k - first);
        let from = k * area;
        for (let y = 0; y < n; y += 1) {
          const row = order[y]! * n;
          for (let x = 0; x < n; x += 1, from += 1) places[(row + order[x]!) * batch + slot] = planes[from]!;
        }
      }
      this.#rows();
      this.#columns();
      this.#split(re, im, first, count);
    }
  }

  backward(re: Float32Array, im: Float32Array, count: number, planes: Float32Array): void {
    const area = this.#size ** 2;
    const scale = 1 / area;
    for (let first = 0; first < count; first += batch) {
      this.#join(re, im, first, count);
      this.#columns();
      this.#rows();
      for (let k = first; k < Math.min(count, first + batch); k += 1) {
        // Real and imaginary parts are exchanged: that makes the transform the inverse one.
        let at = slotOf((k - first) ^ 1);
        const to = k * area;
        for (let i = 0; i < area; i += 1, at += batch) planes[to + i] = this.#places[at]! * scale;
      }
    }
  }

  /** Spectra of the planes of these spectra with all set to zero that lies further than this from their origin. */
  limit(
    re: Float32Array,
    im: Float32Array,
    count: number,
    [reachX, reachY]: readonly [number, number],
    outRe: Float32Array,
    outIm: Float32Array,
  ): void {
    const n = this.#size;
    const near = (reach: number): number[] =>
      Array.from({ length: n }, (_, i) => i).filter((i) => Math.min(i, n - i) <= reach);
    const columns = near(reachX);
    const rows = near(reachY);
    const kept = new Float32Array(rows.length * columns.length * batch);
    const scale = 1 / (n * n);
    const places = this.#places;
    for (let first = 0; first < count; first += batch) {
      this.#join(re, im, first, count);
      this.#columns();
      let at = 0;
      for (const y of rows) {
        this.#row(y);
        for (const x of columns) {
          const from = (y * n + x) * batch;
          for (let lane = 0; lane < lanes; lane += 1) {
            kept[at + lane] = places[from + lanes + lane]! * scale;
            kept[at + lanes + lane] = places[from + lane]! * scale;
          }
          at += batch;
        }
      }
      places.fill(0);
      at = 0;
      for (const y of rows) {
        const row = this.#order[y]!;
        for (const x of columns) {
          const to = (row * n + this.#order[x]!) * batch;
          for (let i = 0; i < batch; i += 1, at += 1) places[to + i] = kept[at]!;
        }
        this.#row(row);
      }
      this.#columns();
      this.#split(outRe, outIm, first, count);
    }
  }

  #rows(): void {
    this.#kernels.rows(0, this.#size, this.#size * placeBytes);
  }

  #row(y: number): void {
    this.#kernels.rows(y * this.#size * placeBytes, 1, 0);
  }

  #columns(): void {
    this.#kernels.columns(0, this.#size, placeBytes);
  }

  #split(re: Float32Array, im: Float32Array, first: number, count: number): void {
    const n = this.#size;
    const half = n / 2 + 1;
    const length = n * half;
    const places = this.#places;
    for (let lane = 0; lane < lanes && first + 2 * lane < count; lane += 1) {
      let to = (first + 2 * lane) * length;
      const two = first + 2 * lane + 1 < count;
      for (let y = 0; y < n; y += 1) {
        const row = y * n;
        const mirrored = ((n - y) & (n - 1)) * n;
        for (let x = 0; x < half; x += 1, to += 1) {
          const at = (row + x) * batch + lane;
          const other = (mirrored + ((n - x) & (n - 1))) * batch + lane;
          const a = places[at]!;
          const b = places[at + lanes]!;
          const c = places[other]!;
          const d = places[other + lanes]!;
          re[to] = 0.5 * (a + c);
          im[to] = 0.5 * (b - d);
          if (!two) continue;
          re[to + length] = 0.5 * (b + d);
          im[to + length] = 0.5 * (c - a);
        }
      }
    }
  }

  #join(re: Float32Array, im: Float32Array, first: number, count: number): void {
    const n = this.#size;
    const half = n / 2 + 1;
    const length = n * half;
    const order = this.#order;
    const places = this.#places;
    if (count - first < batch) places.fill(0);
    for (let lane = 0; lane < lanes && first + 2 * lane < count; lane += 1) {
      let from = (first + 2 * lane) * length;
      const two = first + 2 * lane + 1 < count;
      for (let y = 0; y < n; y += 1) {
        const row = order[y]! * n;
        const mirrored = order[(n - y) & (n - 1)]! * n;
        for (let x = 0; x < half; x += 1, from += 1) {
          const r0 = re[from]!;
          const i0 = im[from]!;
          const r1 = two ? re[from + length]! : 0;
          const i1 = two ? im[from + length]! : 0;
          const at = (row + order[x]!) * batch + lane;
          places[at + lanes] = r0 - i1;
          places[at] = i0 + r1;
          if (x === 0 || x === half - 1) continue;
          const other = (mirrored + order[n - x]!) * batch + lane;
          places[other + lanes] = r0 + i1;
          places[other] = r1 - i0;
        }
      }
    }
  }
}

/** Of plane k of a batch: even ones are real parts, odd ones imaginary parts. */
const slotOf = (k: number): number => (k >> 1) + (k & 1) * lanes;
