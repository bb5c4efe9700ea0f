import { wantedAnswer, reachOf, type CorrelationFilterSettings } from './correlation-filter.ts';
import { bitReversed, Fourier } from './fourier.ts';
import { compileFourier, placeBytes, type FourierKernels } from './fourier-kernels.ts';
import type { FilterSample, PlaneFilter } from './plane-filter.ts';
import { compileSpectra, frequencyBytes, type SpectraKernels } from './spectra-kernels.ts';

const pageBytes = 65_536;
/** Planes that are worked on together. */
const batch = 8;
/** Samples that a filter has room for. */
const mostSamples = 2;

/** Addresses in the memory, in bytes. */
interface Layout {
  /** Where planes are transformed: eight floats for each place. */
  readonly places: number;
  /** For each line: where it belongs before its transform, and its opposite. */
  readonly rows: number;
  /** μ, γ and 1 / a. */
  readonly factors: number;
  readonly wanted: number;
  readonly dots: number;
  readonly sums: number;
  /** Spectra of one batch. */
  readonly scratch: number;
  /** Spectra of all batches. */
  readonly filter: number;
  readonly near: number;
  readonly dual: number;
  readonly q: number;
  readonly samples: number;
  readonly end: number;
}

function layOut(size: number, frequencies: number, batches: number): Layout {
  let end = 0;
  const take = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / 64) * 64;
    return at;
  };
  const all = batches * frequencies * frequencyBytes;
  return {
    places: take(size * size * placeBytes),
    rows: take(size * 8),
    factors: take(16),
    wanted: take(frequencies * 8),
    dots: take(frequencies * 8),
    sums: take(frequencies * 48),
    scratch: take(frequencies * frequencyBytes),
    filter: take(all),
    near: take(all),
    dual: take(all),
    q: take(all),
    samples: take(mostSamples * all),
    end,
  };
}

/**
 * As `CorrelationFilter`, all in one memory and in WebAssembly of our own: eight planes together. Only sums over all
 * planes leave the vectors.
 */
export class VectorFilter implements PlaneFilter {
  readonly #size: number;
  readonly #frequencies: number;
  readonly #settings: CorrelationFilterSettings;
  readonly #lines: FourierKernels;
  readonly #kernels: SpectraKernels;
  readonly #floats: Float32Array;
  readonly #layout: Layout;
  readonly #order: Uint16Array;
  /** Planes of each group, and the first of its batches; one more that says where they end. */
  readonly #groups: readonly number[];
  readonly #first: readonly number[];
  /** The columns and rows in which the filter has its support. */
  readonly #columns: readonly number[];
  readonly #rows: readonly number[];
  #samples = 0;
  #trained = false;

  private constructor(
    size: number,
    groups: readonly number[],
    settings: CorrelationFilterSettings,
    [memory, lines, kernels]: readonly [WebAssembly.Memory, FourierKernels, SpectraKernels],
    layout: Layout,
  ) {
    this.#size = size;
    this.#frequencies = frequenciesOf(size);
    this.#settings = settings;
    this.#lines = lines;
    this.#kernels = kernels;
    this.#floats = new Float32Array(memory.buffer);
    this.#layout = layout;
    this.#order = bitReversed(size);
    this.#groups = groups;
    this.#first = firstBatches(groups);
    const near = (reach: number): number[] =>
      Array.from({ length: size }, (_, i) => i).filter((i) => Math.min(i, size - i) <= reach);
    const [across, down] = reachOf(size, settings.support);
    this.#columns = near(across);
    this.#rows = near(down);
    this.#writeTables(memory);
  }

  static create(
    size: number,
    groups: readonly number[],
    settings: CorrelationFilterSettings,
  ): VectorFilter | undefined {
    if (typeof WebAssembly === 'undefined') return undefined;
    const layout = layOut(size, frequenciesOf(size), firstBatches(groups).at(-1) ?? 0);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.end / pageBytes) });
    const lines = compileFourier(size, memory);
    const kernels = compileSpectra(size, bitReversed(size), memory);
    return lines && kernels && new VectorFilter(size, groups, settings, [memory, lines, kernels], layout);
  }

  newSample(): FilterSample {
    if (this.#samples >= mostSamples) throw new RangeError('no room for another sample');
    this.#samples += 1;
    return { at: this.#layout.samples + (this.#samples - 1) * this.#allBytes };
  }

  measure({ at }: FilterSample, group: number, planes: Float32Array, scale: number): void {
    const count = this.#groups[group]!;
    for (let k = 0, to = this.#first[group]!; k < count; k += batch, to += 1) {
      this.#place(planes, k, Math.min(count, k + batch), scale);
      this.#transform();
      this.#kernels.split(this.#layout.places, at + to * this.#batchBytes);
    }
  }

  respond({ at }: FilterSample, group: number, out: Float32Array): void {
    const { sums, filter, scratch, places, rows } = this.#layout;
    const n = this.#frequencies;
    const floats = this.#floats;
    floats.fill(0, sums / 4, sums / 4 + n * 8);
    for (let k = this.#first[group]!; k < this.#first[group + 1]!; k += 1) {
      const from = k * this.#batchBytes;
      this.#kernels.respond(at + from, filter + from, sums, n);
    }
    // The answer is the first of eight planes; the others are empty.
    for (let j = 0, from = sums / 4, to = scratch / 4; j < n; j += 1, from += 8, to += 16) {
      floats[to] = floats[from]! + floats[from + 1]! + floats[from + 2]! + floats[from + 3]!;
      floats[to + 8] = floats[from + 4]! + floats[from + 5]! + floats[from + 6]! + floats[from + 7]!;
    }
    this.#kernels.join(scratch, places, rows);
    this.#transform();
    const area = this.#size ** 2;
    // Real and imaginary parts are exchanged: that makes the transform the inverse one.
    for (let i = 0, from = places / 4 + batch / 2; i < area; i += 1, from += batch) {
      out[i] = floats[from]! / area;
    }
  }

  train({ at }: FilterSample): void {
    const { near, dual, filter } = this.#layout;
    const area = this.#size ** 2;
    const mu = this.#trained ? area * this.#settings.temporal : 0;
    const { rounds } = this.#settings;
    this.#floats.fill(0, near / 4, (near + this.#allBytes) / 4);
    this.#floats.fill(0, dual / 4, (dual + this.#allBytes) / 4);
    let penalty = 1;
    for (let round = 1; round <= rounds; round += 1) {
      this.#solve(at, mu, area * penalty);
      this.#limit();
      if (round < rounds) this.#kernels.subtract(dual, near, this.#frequencies * this.#batches);
      penalty = Math.min(penalty * 10, 10);
    }
    this.#floats.copyWithin(filter / 4, near / 4, (near + this.#allBytes) / 4);
    this.#trained = true;
  }

  /** For each frequency, by Sherman–Morrison: (conj(x) xᵀ + a) g = q. */
  #solve(x: number, mu: number, gamma: number): void {
    const { filter, near, dual, q, wanted, sums, factors, dots } = this.#layout;
    const floats = this.#floats;
    const n = this.#frequencies;
    floats.set([mu, gamma, 1 / (mu + gamma)], factors / 4);
    floats.fill(0, sums / 4, sums / 4 + n * 12);
    for (let k = 0; k < this.#batches; k += 1) {
      const b = k * this.#batchBytes;
      this.#kernels.gather(x + b, filter + b, near + b, dual + b, q + b, wanted, sums, factors, n);
    }
    for (let j = 0, from = sums / 4, to = dots / 4; j < n; j += 1, from += 12, to += 2) {
      const four = (i: number): number => floats[i]! + floats[i + 1]! + floats[i + 2]! + floats[i + 3]!;
      const share = 1 / (mu + gamma + four(from));
      floats[to] = four(from + 4) * share;
      floats[to + 1] = four(from + 8) * share;
    }
    for (let k = 0; k < this.#batches; k += 1) {
      const b = k * this.#batchBytes;
      this.#kernels.solve(x + b, q + b, dual + b, dots, factors, n);
    }
  }

  /** Cuts the filter to its support: what lies further from the origin is set to zero. */
  #limit(): void {
    const { dual, near, places, rows } = this.#layout;
    const floats = this.#floats;
    const n = this.#size;
    const kept = new Float32Array(this.#rows.length * this.#columns.length * batch);
    const place = (y: number, x: number): number => places / 4 + (y * n + x) * batch;
    for (let k = 0; k < this.#batches; k += 1) {
      this.#kernels.join(dual + k * this.#batchBytes, places, rows);
      this.#lines.columns(places, n, placeBytes);
      let at = 0;
      for (const y of this.#rows) {
        this.#row(y);
        for (const x of this.#columns) {
          // Real and imaginary parts change places, out of the inverse transform into the other one.
          for (let i = 0, from = place(y, x); i < batch; i += 1)
            kept[at + (i ^ 4)] = floats[from + i]! / (n * n);
          at += batch;
        }
      }
      floats.fill(0, places / 4, place(n, 0));
      at = 0;
      for (const y of this.#rows) {
        for (const x of this.#columns) {
          const to = place(this.#order[y]!, this.#order[x]!);
          for (let i = 0; i < batch; i += 1, at += 1) floats[to + i] = kept[at]!;
        }
        this.#row(this.#order[y]!);
      }
      this.#lines.columns(places, n, placeBytes);
      this.#kernels.split(places, near + k * this.#batchBytes);
    }
  }

  #place(planes: Float32Array, first: number, end: number, scale: number): void {
    const n = this.#size;
    const floats = this.#floats;
    const start = this.#layout.places / 4;
    if (end - first < batch) floats.fill(0, start, start + n * n * batch);
    for (let k = first; k < end; k += 1) {
      const slot = start + ((k - first) >> 1) + ((k - first) & 1) * 4;
      let from = k * n * n;
      for (let y = 0; y < n; y += 1) {
        const row = this.#order[y]! * n;
        for (let x = 0; x < n; x += 1, from += 1) {
          floats[(row + this.#order[x]!) * batch + slot] = planes[from]! * scale;
        }
      }
    }
  }

  #transform(): void {
    const { places } = this.#layout;
    this.#lines.rows(places, this.#size, this.#size * placeBytes);
    this.#lines.columns(places, this.#size, placeBytes);
  }

  #row(y: number): void {
    this.#lines.rows(this.#layout.places + y * this.#size * placeBytes, 1, 0);
  }

  get #batches(): number {
    return this.#first.at(-1) ?? 0;
  }

  get #batchBytes(): number {
    return this.#frequencies * frequencyBytes;
  }

  get #allBytes(): number {
    return this.#batches * this.#batchBytes;
  }

  #writeTables(memory: WebAssembly.Memory): void {
    const n = this.#size;
    const { rows, wanted } = this.#layout;
    const table = new Uint32Array(memory.buffer, rows, 2 * n);
    const rowBytes = n * placeBytes;
    for (let y = 0; y < n; y += 1) {
      table[2 * y] = this.#order[y]! * rowBytes;
      table[2 * y + 1] = this.#order[(n - y) & (n - 1)]! * rowBytes;
    }
    const fourier = new Fourier(n);
    const re = new Float32Array(fourier.length);
    const im = new Float32Array(fourier.length);
    fourier.forward(wantedAnswer(n, this.#settings.sigma), 1, re, im);
    re.forEach((value, j) => this.#floats.set([value, im[j]!], wanted / 4 + 2 * j));
  }
}

const frequenciesOf = (size: number): number => size * (size / 2 + 1);

function firstBatches(groups: readonly number[]): number[] {
  const first = [0];
  for (const count of groups) first.push((first.at(-1) ?? 0) + Math.ceil(count / batch));
  return first;
}
