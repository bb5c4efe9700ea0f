import { type Fourier } from './fourier.ts';

export interface CorrelationFilterSettings {
  /** How strongly the filter stays near the one before. */
  readonly temporal: number;
  /** Rounds of the solver. */
  readonly rounds: number;
  /** Side of the filter's support as a share of the grid: nothing outside of it may be learnt. */
  readonly support: readonly [across: number, down: number];
  /** Width of the wanted answer's peak, in cells. */
  readonly sigma: number;
}

/**
 * A filter over many feature planes whose answer peaks where the element is. Learns with a mask (the background helps
 * to tell apart, but is not part of the filter) and with a pull towards the filter before (STRCF, solved by ADMM).
 * The element is in the middle of the planes.
 */
export class CorrelationFilter {
  readonly #fourier: Fourier;
  readonly #channels: number;
  readonly #settings: CorrelationFilterSettings;
  readonly #wantedRe: Float32Array;
  readonly #wantedIm: Float32Array;
  /** Of the filter's support, from its middle. */
  readonly #reach: readonly [number, number];
  /** The filter, and what the solver needs, as spectra. */
  readonly #filterRe: Float32Array;
  readonly #filterIm: Float32Array;
  readonly #splitRe: Float32Array;
  readonly #splitIm: Float32Array;
  readonly #dualRe: Float32Array;
  readonly #dualIm: Float32Array;
  readonly #solvedRe: Float32Array;
  readonly #solvedIm: Float32Array;
  #trained = false;

  constructor(fourier: Fourier, channels: number, settings: CorrelationFilterSettings) {
    const n = fourier.size;
    const length = fourier.length * channels;
    this.#fourier = fourier;
    this.#channels = channels;
    this.#settings = settings;
    this.#wantedRe = new Float32Array(fourier.length);
    this.#wantedIm = new Float32Array(fourier.length);
    fourier.forward(wantedAnswer(n, settings.sigma), 1, this.#wantedRe, this.#wantedIm);
    this.#reach = reachOf(n, settings.support);
    const spectrum = (): Float32Array => new Float32Array(length);
    this.#filterRe = spectrum();
    this.#filterIm = spectrum();
    this.#splitRe = spectrum();
    this.#splitIm = spectrum();
    this.#dualRe = spectrum();
    this.#dualIm = spectrum();
    this.#solvedRe = spectrum();
    this.#solvedIm = spectrum();
  }

  /**
   * The answer to `count` channels of features (as spectra), n × n, its peak near the middle where the element is. The
   * answers to several channels add up.
   */
  respond(re: Float32Array, im: Float32Array, out: Float32Array, first = 0, count = this.#channels): void {
    const { length } = this.#fourier;
    const sumRe = new Float32Array(length);
    const sumIm = new Float32Array(length);
    const fr = this.#filterRe;
    const fi = this.#filterIm;
    for (let c = first, at = first * length; c < first + count; c += 1) {
      for (let j = 0; j < length; j += 1, at += 1) {
        sumRe[j]! += re[at]! * fr[at]! - im[at]! * fi[at]!;
        sumIm[j]! += re[at]! * fi[at]! + im[at]! * fr[at]!;
      }
    }
    this.#fourier.backward(sumRe, sumIm, 1, out);
  }

  /** Learns features (as spectra) with the element in the middle. */
  train(re: Float32Array, im: Float32Array): void {
    const area = this.#fourier.size ** 2;
    const temporal = this.#trained ? this.#settings.temporal : 0;
    this.#dualRe.fill(0);
    this.#dualIm.fill(0);
    this.#splitRe.fill(0);
    this.#splitIm.fill(0);
    let penalty = 1;
    for (let round = 0; round < this.#settings.rounds; round += 1) {
      this.#solve(re, im, area * temporal, area * penalty);
      this.#project(round < this.#settings.rounds - 1);
      penalty = Math.min(penalty * 10, 10);
    }
    this.#filterRe.set(this.#splitRe);
    this.#filterIm.set(this.#splitIm);
    this.#trained = true;
  }

  /** For each frequency: (conj(x) xᵀ + a) g = conj(x) y + μ f + γ (h − l), by Sherman–Morrison. */
  #solve(re: Float32Array, im: Float32Array, mu: number, gamma: number): void {
    const { length } = this.#fourier;
    const channels = this.#channels;
    const a = mu + gamma;
    const energy = new Float32Array(length);
    const dotRe = new Float32Array(length);
    const dotIm = new Float32Array(length);
    const gr = this.#solvedRe;
    const gi = this.#solvedIm;
    for (let c = 0, at = 0; c < channels; c += 1) {
      for (let j = 0; j < length; j += 1, at += 1) {
        const xr = re[at]!;
        const xi = im[at]!;
        const yr = this.#wantedRe[j]!;
        const yi = this.#wantedIm[j]!;
        const qr =
          xr * yr + xi * yi + mu * this.#filterRe[at]! + gamma * (this.#splitRe[at]! - this.#dualRe[at]!);
        const qi =
          xr * yi - xi * yr + mu * this.#filterIm[at]! + gamma * (this.#splitIm[at]! - this.#dualIm[at]!);
        gr[at] = qr;
        gi[at] = qi;
        energy[j]! += xr * xr + xi * xi;
        dotRe[j]! += xr * qr - xi * qi;
        dotIm[j]! += xr * qi + xi * qr;
      }
    }
    for (let j = 0; j < length; j += 1) {
      const share = 1 / (a + energy[j]!);
      dotRe[j]! *= share;
      dotIm[j]! *= share;
    }
    const scale = 1 / a;
    for (let c = 0, at = 0; c < channels; c += 1) {
      for (let j = 0; j < length; j += 1, at += 1) {
        const xr = re[at]!;
        const xi = im[at]!;
        gr[at] = (gr[at]! - (xr * dotRe[j]! + xi * dotIm[j]!)) * scale;
        gi[at] = (gi[at]! - (xr * dotIm[j]! - xi * dotRe[j]!)) * scale;
      }
    }
  }

  /** Cuts the filter to its support. */
  #project(more: boolean): void {
    const dr = this.#dualRe;
    const di = this.#dualIm;
    for (let i = 0; i < dr.length; i += 1) {
      dr[i]! += this.#solvedRe[i]!;
      di[i]! += this.#solvedIm[i]!;
    }
    this.#fourier.limit(dr, di, this.#channels, this.#reach, this.#splitRe, this.#splitIm);
    if (!more) return;
    for (let i = 0; i < dr.length; i += 1) {
      dr[i]! -= this.#splitRe[i]!;
      di[i]! -= this.#splitIm[i]!;
    }
  }
}

/** Of a support, from its middle, in cells. */
export function reachOf(n: number, [across, down]: readonly [number, number]): readonly [number, number] {
  return [Math.max(1, Math.round((across * n) / 2)), Math.max(1, Math.round((down * n) / 2))];
}

export function wantedAnswer(n: number, sigma: number): Float32Array {
  const middle = n / 2;
  const spread = -0.5 / (sigma * sigma);
  return Float32Array.from({ length: n * n }, (_, i) => {
    const dx = (i % n) - middle;
    const dy = Math.floor(i / n) - middle;
    return Math.exp(spread * (dx * dx + dy * dy));
  });
}
