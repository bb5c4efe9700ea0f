import { cropColour, type CropWindow } from '../picture/crop.ts';
import { type Picture } from '../picture/picture.ts';
import { ColourHistogram } from './colour-histogram.ts';
import { colourChannels, computeColourPlanes } from './colour-planes.ts';
import { Hog, hogChannels } from './hog.ts';
import { openPlaneFilter } from './open-plane-filter.ts';
import type { FilterSample, PlaneFilter } from './plane-filter.ts';
import { fineShift } from './scale-filter.ts';

/** Pixels and cells along a side of the sampled surroundings. */
export const cropSide = 128;
export const cropCells = 32;
const cells = cropCells;
const cell = cropSide / cells;
/** Side of the sampled surroundings over √(width × height) of the element. */
export const surroundings = 4;
const area = cells * cells;
/** Groups of planes. */
const byHand = 0;
const byModel = 1;

export interface Answer {
  /** Where the element is, from the middle of the window, as a share of the window's side. */
  readonly dx: number;
  readonly dy: number;
  /** Of the answer, about 0…1. */
  readonly peak: number;
  /** How far the peak stands out from the rest, in the rest's standard deviations. */
  readonly sharpness: number;
}

export interface ExtraFeatures {
  readonly channels: number;
  /** `channels` planes of cells × cells from the window's pixels. */
  compute(rgb: Uint8Array, out: Float32Array): void;
}

const settings = { temporal: 80, rounds: 2, histogramWeight: 0.3, histogramRate: 0.04, extraWeight: 0.6 };

/** Features of one window. */
interface Sample {
  readonly rgb: Uint8Array;
  readonly spectra: FilterSample;
  /** The filter's answer. */
  readonly answer: Float32Array;
}

/** Knows one element by its shape and colours, and finds it again near where it was. */
export class AppearanceFilter {
  readonly #hog = new Hog(cells, cells, cell);
  readonly #histogram = new ColourHistogram();
  readonly #filter: PlaneFilter;
  readonly #colour: boolean;
  readonly #planes: Float32Array;
  #sample: Sample;
  #spare: Sample;
  readonly #boxWidth: number;
  readonly #boxHeight: number;
  readonly #extra: ExtraFeatures | undefined;
  readonly #extraPlanes: Float32Array;

  /** @param window the element's surroundings, square, and its sides within */
  constructor(
    picture: Picture,
    window: CropWindow,
    element: { width: number; height: number },
    extra?: ExtraFeatures,
  ) {
    this.#boxWidth = (element.width / window.width) * cropSide;
    this.#boxHeight = (element.height / window.height) * cropSide;
    const rgb = new Uint8Array(cropSide * cropSide * 3);
    cropColour(picture, window, cropSide, cropSide, rgb);
    this.#colour = isColourful(rgb);
    this.#extra = extra;
    const handChannels = hogChannels + (this.#colour ? colourChannels : 0);
    this.#planes = new Float32Array(handChannels * area);
    this.#extraPlanes = new Float32Array((extra?.channels ?? 0) * area);
    this.#filter = openPlaneFilter(cells, [handChannels, ...(extra ? [extra.channels] : [])], {
      temporal: settings.temporal,
      rounds: settings.rounds,
      support: [this.#boxWidth / cropSide, this.#boxHeight / cropSide],
      sigma: cells / surroundings / 16,
    });
    const sample = (): Sample => ({
      rgb: new Uint8Array(cropSide * cropSide * 3),
      spectra: this.#filter.newSample(),
      answer: new Float32Array(area),
    });
    this.#sample = sample();
    this.#spare = sample();
    this.train(picture, window);
  }

  /** @param windows where to look; the one with the clearest answer counts */
  locate<T extends CropWindow>(picture: Picture, windows: readonly T[]): { window: T; answer: Answer } {
    let window: T | undefined;
    let highest = -Infinity;
    for (const one of windows) {
      const sample = this.#spare;
      this.#measureByHand(picture, one, sample);
      this.#filter.respond(sample.spectra, byHand, sample.answer);
      const peak = sample.answer.reduce((most, value) => Math.max(most, value), -Infinity);
      if (window && !(peak > highest)) continue;
      highest = peak;
      window = one;
      this.#spare = this.#sample;
      this.#sample = sample;
    }
    if (!window) throw new RangeError('no window to look at');
    const sample = this.#sample;
    if (this.#extra) {
      // The costly part only where it counts.
      this.#measureExtra(this.#extra, sample);
      const more = new Float32Array(area);
      this.#filter.respond(sample.spectra, byModel, more);
      for (let i = 0; i < area; i += 1) sample.answer[i]! += more[i]!;
    }
    return { window, answer: this.#readAnswer(sample) };
  }

  #readAnswer({ answer, rgb }: Sample): Answer {
    const colour = new Float32Array(area);
    this.#histogram.respond(rgb, cropSide, this.#boxWidth, this.#boxHeight, cells, colour);
    const weight = settings.histogramWeight;
    const both = answer.map((value, i) => (1 - weight) * value + weight * colour[i]!);
    let at = 0;
    for (let i = 1; i < area; i += 1) if (both[i]! > both[at]!) at = i;
    const column = at % cells;
    const row = Math.floor(at / cells);
    const line = Float32Array.from({ length: cells }, (_, x) => both[row * cells + x]!);
    const pillar = Float32Array.from({ length: cells }, (_, y) => both[y * cells + column]!);
    return {
      dx: (column + fineShift(line, column)) / cells - 0.5,
      dy: (row + fineShift(pillar, row)) / cells - 0.5,
      peak: answer[at]!,
      sharpness: sharpnessOf(answer, column, row),
    };
  }

  train(picture: Picture, window: CropWindow): void {
    const sample = this.#sample;
    this.#measureByHand(picture, window, sample);
    if (this.#extra) this.#measureExtra(this.#extra, sample);
    this.#filter.train(sample.spectra);
    this.#histogram.train(sample.rgb, cropSide, this.#boxWidth, this.#boxHeight, settings.histogramRate);
  }

  #measureByHand(picture: Picture, window: CropWindow, { rgb, spectra }: Sample): void {
    cropColour(picture, window, cropSide, cropSide, rgb);
    this.#hog.compute(rgb, this.#planes);
    normalise(this.#planes, 0, hogChannels);
    if (this.#colour) {
      computeColourPlanes(rgb, cells, cells, cell, this.#planes, hogChannels * area);
      normalise(this.#planes, hogChannels, colourChannels);
    }
    this.#filter.measure(spectra, byHand, this.#planes, 1);
  }

  #measureExtra(extra: ExtraFeatures, { rgb, spectra }: Sample): void {
    extra.compute(rgb, this.#extraPlanes);
    const scale = settings.extraWeight * fade(this.#extraPlanes, 0, extra.channels);
    this.#filter.measure(spectra, byModel, this.#extraPlanes, scale);
  }
}

const hann = Float32Array.from(
  { length: cells },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / cells),
);
const windowWeights = Float32Array.from(
  { length: area },
  (_, i) => hann[i % cells]! * hann[Math.floor(i / cells)]!,
);

/** Fades planes to the edges. @returns the factor that brings the group to unit power on average */
function fade(planes: Float32Array, first: number, count: number): number {
  let power = 0;
  const to = (first + count) * area;
  for (let at = first * area; at < to;) {
    for (let i = 0; i < area; i += 1, at += 1) {
      const value = planes[at]! * windowWeights[i]!;
      planes[at] = value;
      power += value * value;
    }
  }
  return Math.sqrt((count * area) / (power + 1e-9));
}

function normalise(planes: Float32Array, first: number, count: number): void {
  const scale = fade(planes, first, count);
  for (let i = first * area; i < (first + count) * area; i += 1) planes[i]! *= scale;
}

/** Peak to sidelobe ratio: the rest is all but the 5 × 5 cells around the peak. */
function sharpnessOf(answer: Float32Array, column: number, row: number): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 0, i = 0; y < cells; y += 1) {
    for (let x = 0; x < cells; x += 1, i += 1) {
      if (Math.abs(x - column) <= 2 && Math.abs(y - row) <= 2) continue;
      const value = answer[i]!;
      sum += value;
      squares += value * value;
      count += 1;
    }
  }
  const mean = sum / count;
  const spread = Math.sqrt(Math.max(1e-12, squares / count - mean * mean));
  return (answer[row * cells + column]! - mean) / spread;
}

function isColourful(rgb: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    sum += Math.abs(rgb[i]! - rgb[i + 1]!) + Math.abs(rgb[i + 1]! - rgb[i + 2]!);
  }
  return sum / (rgb.length / 3) > 4;
}
