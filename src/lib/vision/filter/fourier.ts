/**
 * Fourier transforms of real square planes, two at a time: as real and imaginary part of one transform. A spectrum
 * holds the columns 0…n/2 of each row: the others follow by symmetry.
 */
export class Fourier {
  readonly size: number;
  /** Complex numbers in one spectrum: n × (n/2 + 1). */
  readonly length: number;
  readonly #re: Float32Array;
  readonly #im: Float32Array;
  readonly #cos: Float32Array;
  readonly #sin: Float32Array;
  readonly #order: Uint16Array;

  /** @param size side of the planes, a power of two */
  constructor(size: number) {
    this.size = size;
    this.length = size * (size / 2 + 1);
    this.#re = new Float32Array(size * size);
    this.#im = new Float32Array(size * size);
    this.#cos = Float32Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float32Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
    this.#order = bitReversed(size);
  }

  /** Spectra of `count` planes of `planes`, written one after the other into `re` and `im`. */
  forward(planes: Float32Array, count: number, re: Float32Array, im: Float32Array): void {
    const n = this.size;
    const area = n * n;
    for (let k = 0; k < count; k += 2) {
      const first = k * area;
      this.#re.set(planes.subarray(first, first + area));
      if (k + 1 < count) this.#im.set(planes.subarray(first + area, first + 2 * area));
      else this.#im.fill(0);
      this.#transform(this.#re, this.#im);
      this.#split(re, im, k, k + 1 < count);
    }
  }

  /** Back from spectra to `count` real planes. */
  backward(re: Float32Array, im: Float32Array, count: number, planes: Float32Array): void {
    const n = this.size;
    const area = n * n;
    const scale = 1 / area;
    for (let k = 0; k < count; k += 2) {
      this.#join(re, im, k, k + 1 < count);
      // A transform with real and imaginary part exchanged is the inverse one.
      this.#transform(this.#im, this.#re);
      const to = k * area;
      for (let i = 0; i < area; i += 1) planes[to + i] = this.#re[i]! * scale;
      if (k + 1 >= count) continue;
      for (let i = 0; i < area; i += 1) planes[to + area + i] = this.#im[i]! * scale;
    }
  }

  /**
   * Spectra of what is left of these planes (as spectra) when all is set to zero that lies further than `reach` from
   * their origin, across and down; planes go on beyond their edges.
   */
  limit(
    re: Float32Array,
    im: Float32Array,
    count: number,
    reach: readonly [number, number],
    outRe: Float32Array,
    outIm: Float32Array,
  ): void {
    const n = this.size;
    const planes = new Float32Array(n * n * count);
    this.backward(re, im, count, planes);
    const isNear = (i: number, most: number): boolean => Math.min(i, n - i) <= most;
    for (let i = 0; i < planes.length; i += 1) {
      if (!isNear(i % n, reach[0]) || !isNear(Math.floor(i / n) % n, reach[1])) planes[i] = 0;
    }
    this.forward(planes, count, outRe, outIm);
  }

  #split(re: Float32Array, im: Float32Array, k: number, two: boolean): void {
    const n = this.size;
    const half = n / 2 + 1;
    const a = this.#re;
    const b = this.#im;
    let to = k * this.length;
    for (let y = 0; y < n; y += 1) {
      const row = y * n;
      const mirrored = ((n - y) % n) * n;
      for (let x = 0; x < half; x += 1, to += 1) {
        const at = row + x;
        const other = mirrored + ((n - x) & (n - 1));
        re[to] = 0.5 * (a[at]! + a[other]!);
        im[to] = 0.5 * (b[at]! - b[other]!);
        if (!two) continue;
        re[to + this.length] = 0.5 * (b[at]! + b[other]!);
        im[to + this.length] = 0.5 * (a[other]! - a[at]!);
      }
    }
  }

  #join(re: Float32Array, im: Float32Array, k: number, two: boolean): void {
    const n = this.size;
    const half = n / 2 + 1;
    const a = this.#re;
    const b = this.#im;
    let from = k * this.length;
    for (let y = 0; y < n; y += 1) {
      const row = y * n;
      const mirrored = ((n - y) % n) * n;
      for (let x = 0; x < half; x += 1, from += 1) {
        const r0 = re[from]!;
        const i0 = im[from]!;
        const r1 = two ? re[from + this.length]! : 0;
        const i1 = two ? im[from + this.length]! : 0;
        a[row + x] = r0 - i1;
        b[row + x] = i0 + r1;
        if (x === 0 || x === half - 1) continue;
        const other = mirrored + n - x;
        a[other] = r0 + i1;
        b[other] = r1 - i0;
      }
    }
  }

  /** In place: rows, transposed, rows again, transposed back. */
  #transform(re: Float32Array, im: Float32Array): void {
    this.#rows(re, im);
    transpose(re, this.size);
    transpose(im, this.size);
    this.#rows(re, im);
    transpose(re, this.size);
    transpose(im, this.size);
  }

  #rows(re: Float32Array, im: Float32Array): void {
    const n = this.size;
    const order = this.#order;
    const cos = this.#cos;
    const sin = this.#sin;
    for (let start = 0; start < n * n; start += n) {
      for (let i = 0; i < n; i += 1) {
        const j = order[i]!;
        if (j <= i) continue;
        const r = re[start + i]!;
        re[start + i] = re[start + j]!;
        re[start + j] = r;
        const m = im[start + i]!;
        im[start + i] = im[start + j]!;
        im[start + j] = m;
      }
      for (let span = 1; span < n; span <<= 1) {
        const step = n / (span * 2);
        for (let k = 0; k < span; k += 1) {
          const c = cos[k * step]!;
          const s = sin[k * step]!;
          for (let i = start + k; i < start + n; i += span * 2) {
            const j = i + span;
            const r = re[j]! * c - im[j]! * s;
            const m = re[j]! * s + im[j]! * c;
            re[j] = re[i]! - r;
            im[j] = im[i]! - m;
            re[i]! += r;
            im[i]! += m;
          }
        }
      }
    }
  }
}

function transpose(data: Float32Array, n: number): void {
  for (let y = 1; y < n; y += 1) {
    for (let x = 0; x < y; x += 1) {
      const a = y * n + x;
      const b = x * n + y;
      const value = data[a]!;
      data[a] = data[b]!;
      data[b] = value;
    }
  }
}

/** Where each number of a line belongs before its transform. */
export function bitReversed(size: number): Uint16Array {
  const bits = Math.log2(size);
  return Uint16Array.from({ length: size }, (_, i) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit += 1) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
    return reversed;
  });
}
