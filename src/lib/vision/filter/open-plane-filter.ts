import { CorrelationFilter, type CorrelationFilterSettings } from './correlation-filter.ts';
import { Fourier } from './fourier.ts';
import type { FilterSample, PlaneFilter } from './plane-filter.ts';
import { VectorFilter } from './vector-filter.ts';

/** @param groups number of planes of each; @param inVectors where the browser can */
export function openPlaneFilter(
  size: number,
  groups: readonly number[],
  settings: CorrelationFilterSettings,
  inVectors = true,
): PlaneFilter {
  return (
    (inVectors ? VectorFilter.create(size, groups, settings) : undefined) ??
    new PlainFilter(size, groups, settings)
  );
}

interface Spectra {
  readonly re: Float32Array;
  readonly im: Float32Array;
}

class PlainFilter implements PlaneFilter {
  readonly #fourier: Fourier;
  readonly #filter: CorrelationFilter;
  readonly #groups: readonly number[];
  readonly #samples: Spectra[] = [];

  constructor(size: number, groups: readonly number[], settings: CorrelationFilterSettings) {
    this.#fourier = new Fourier(size);
    this.#groups = groups;
    this.#filter = new CorrelationFilter(this.#fourier, this.#first(groups.length), settings);
  }

  newSample(): FilterSample {
    const length = this.#first(this.#groups.length) * this.#fourier.length;
    return { at: this.#samples.push({ re: new Float32Array(length), im: new Float32Array(length) }) - 1 };
  }

  measure({ at }: FilterSample, group: number, planes: Float32Array, scale: number): void {
    const { re, im } = this.#samples[at]!;
    const from = this.#first(group) * this.#fourier.length;
    const scaled = planes.map((value) => value * scale);
    this.#fourier.forward(scaled, this.#groups[group]!, re.subarray(from), im.subarray(from));
  }

  respond({ at }: FilterSample, group: number, out: Float32Array): void {
    const { re, im } = this.#samples[at]!;
    this.#filter.respond(re, im, out, this.#first(group), this.#groups[group]!);
  }

  train({ at }: FilterSample): void {
    const { re, im } = this.#samples[at]!;
    this.#filter.train(re, im);
  }

  #first(group: number): number {
    return this.#groups.slice(0, group).reduce((sum, count) => sum + count, 0);
  }
}
