import { cropColour, type CropWindow } from '../picture/crop.ts';
import { type Picture } from '../picture/picture.ts';
import { Hog, hogChannels } from './hog.ts';

const cell = 4;

/** Finds the element's size: a filter over the same element cut out at several sizes (DSST). */
export class ScaleFilter {
  readonly #count: number;
  readonly #step: number;
  readonly #rate: number;
  readonly #hog: Hog;
  readonly #rgb: Uint8Array;
  readonly #sample: Float32Array;
  readonly #features: number;
  readonly #window: Float32Array;
  readonly #cos: Float32Array;
  readonly #sin: Float32Array;
  readonly #wanted: Float32Array;
  readonly #sampleRe: Float32Array;
  readonly #sampleIm: Float32Array;
  readonly #topRe: Float32Array;
  readonly #topIm: Float32Array;
  readonly #bottom: Float32Array;
  #trained = false;

  /** @param aspect width over height of the element */
  constructor(aspect: number, { count = 17, step = 1.02, rate = 0.025, area = 512 } = {}) {
    const columns = Math.max(2, Math.round(Math.sqrt(area * aspect) / cell));
    const rows = Math.max(2, Math.round(Math.sqrt(area / aspect) / cell));
    this.#count = count;
    this.#step = step;
    this.#rate = rate;
    this.#hog = new Hog(columns, rows, cell);
    this.#features = columns * rows * hogChannels;
    this.#rgb = new Uint8Array(columns * rows * cell * cell * 3);
    this.#sample = new Float32Array(this.#features * count);
    const middle = (count - 1) / 2;
    this.#window = Float32Array.from(
      { length: count },
      (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 1)) / (count + 1)),
    );
    this.#cos = Float32Array.from({ length: count }, (_, i) => Math.cos((2 * Math.PI * i) / count));
    this.#sin = Float32Array.from({ length: count }, (_, i) => -Math.sin((2 * Math.PI * i) / count));
    const sigma = Math.sqrt(count) / 4;
    const wanted = Float32Array.from({ length: count }, (_, i) =>
      Math.exp(-0.5 * ((i - middle) / sigma) ** 2),
    );
    this.#wanted = new Float32Array(count * 2);
    for (let f = 0; f < count; f += 1) {
      for (let s = 0; s < count; s += 1) {
        this.#wanted[f]! += wanted[s]! * this.#cos[(f * s) % count]!;
        this.#wanted[count + f]! += wanted[s]! * this.#sin[(f * s) % count]!;
      }
    }
    this.#sampleRe = new Float32Array(this.#features * count);
    this.#sampleIm = new Float32Array(this.#features * count);
    this.#topRe = new Float32Array(this.#features * count);
    this.#topIm = new Float32Array(this.#features * count);
    this.#bottom = new Float32Array(count);
  }

  /** By what to multiply the window's size so that the element fits. 1 before the first training. */
  estimate(picture: Picture, window: CropWindow): number {
    if (!this.#trained) return 1;
    const n = this.#count;
    this.#measure(picture, window);
    const re = new Float32Array(n);
    const im = new Float32Array(n);
    for (let f = 0; f < n; f += 1) {
      let sumRe = 0;
      let sumIm = 0;
      for (let k = 0, at = f; k < this.#features; k += 1, at += n) {
        const xr = this.#sampleRe[at]!;
        const xi = this.#sampleIm[at]!;
        sumRe += this.#topRe[at]! * xr - this.#topIm[at]! * xi;
        sumIm += this.#topRe[at]! * xi + this.#topIm[at]! * xr;
      }
      const bottom = this.#bottom[f]! + 0.01 * this.#features * 0.01;
      re[f] = sumRe / bottom;
      im[f] = sumIm / bottom;
    }
    const answer = new Float32Array(n);
    let best = 0;
    for (let s = 0; s < n; s += 1) {
      let sum = 0;
      for (let f = 0; f < n; f += 1) {
        const k = (f * s) % n;
        sum += re[f]! * this.#cos[k]! + im[f]! * this.#sin[k]!;
      }
      answer[s] = sum;
      if (sum > answer[best]!) best = s;
    }
    return this.#step ** (best + fineShift(answer, best) - (n - 1) / 2);
  }

  /** Learns the element at this size. */
  train(picture: Picture, window: CropWindow): void {
    const n = this.#count;
    this.#measure(picture, window);
    const rate = this.#trained ? this.#rate : 1;
    const keep = 1 - rate;
    const energy = new Float32Array(n);
    for (let k = 0, at = 0; k < this.#features; k += 1) {
      for (let f = 0; f < n; f += 1, at += 1) {
        const xr = this.#sampleRe[at]!;
        const xi = this.#sampleIm[at]!;
        const yr = this.#wanted[f]!;
        const yi = this.#wanted[n + f]!;
        this.#topRe[at] = keep * this.#topRe[at]! + rate * (xr * yr + xi * yi);
        this.#topIm[at] = keep * this.#topIm[at]! + rate * (xr * yi - xi * yr);
        energy[f]! += xr * xr + xi * xi;
      }
    }
    for (let f = 0; f < n; f += 1) this.#bottom[f] = keep * this.#bottom[f]! + rate * energy[f]!;
    this.#trained = true;
  }

  /** Features at all sizes, and their transforms along the sizes. */
  #measure(picture: Picture, window: CropWindow): void {
    const n = this.#count;
    const { columns, rows } = this.#hog;
    const features = this.#features;
    for (let s = 0; s < n; s += 1) {
      const factor = this.#step ** (s - (n - 1) / 2);
      const sized = { ...window, width: window.width * factor, height: window.height * factor };
      cropColour(picture, sized, columns * cell, rows * cell, this.#rgb);
      this.#hog.compute(this.#rgb, this.#sample, s * features);
    }
    const re = this.#sampleRe;
    const im = this.#sampleIm;
    const values = new Float32Array(n);
    const half = (n - 1) / 2;
    for (let k = 0; k < features; k += 1) {
      for (let s = 0; s < n; s += 1) values[s] = this.#sample[s * features + k]! * this.#window[s]!;
      const to = k * n;
      for (let f = 0; f <= half; f += 1) {
        let sumRe = 0;
        let sumIm = 0;
        for (let s = 0, at = 0; s < n; s += 1, at += f) {
          if (at >= n) at -= n;
          sumRe += values[s]! * this.#cos[at]!;
          sumIm += values[s]! * this.#sin[at]!;
        }
        re[to + f] = sumRe;
        im[to + f] = sumIm;
        if (f === 0) continue;
        re[to + n - f] = sumRe;
        im[to + n - f] = -sumIm;
      }
    }
  }
}

/** Where the top of a parabola through three neighbours lies, −0.5…0.5. */
export function fineShift(values: Float32Array, at: number): number {
  if (at <= 0 || at >= values.length - 1) return 0;
  const before = values[at - 1]!;
  const after = values[at + 1]!;
  const bend = before - 2 * values[at]! + after;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / bend)) : 0;
}
