import { boxCentre, type Box } from '#domain/tracking/box.ts';
import { cropColour } from '../picture/crop.ts';
import type { Picture } from '../picture/picture.ts';
import { ElementColours } from './element-colours.ts';

export interface Outline {
  readonly box: Box;
  /** How far its colours stand out from those around it, −1…1. */
  readonly contrast: number;
}

/** In pixels of the sampled window. */
interface Sides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Window {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

const side = 64;
const stride = side + 1;
/** Side of what is looked at over the element's longer side. */
const reach = 2.2;
/** What is likelier than this belongs into the box. */
const threshold = 0.4;
/** By how much of the size each side may move in one picture. */
const mostMoved = 0.08;
/** Places tried for each side, to both directions. */
const tries = 8;
const rate = 0.04;
/** At the start: how much the box that is found has to have in common with the one that is given, and the contrast. */
const enough = { overlap: 0.5, contrast: 0.58 };

/**
 * Finds the upright box that an element fills by its colours, where these tell it from what is around it. A filter
 * knows an element only at the shape it had; what bends, turns or is seen from another side has another one.
 */
export class OutlineFinder {
  readonly #rgb: Uint8Array;
  readonly #first: ElementColours;
  readonly #now: ElementColours;
  /** From the box of the likely colours to the one that was given: sides, and shift as a share of the size. */
  readonly #given: {
    readonly width: number;
    readonly height: number;
    readonly dx: number;
    readonly dy: number;
  };

  private constructor(
    rgb: Uint8Array,
    first: ElementColours,
    now: ElementColours,
    given: Sides,
    found: Sides,
  ) {
    this.#rgb = rgb;
    this.#first = first;
    this.#now = now;
    const width = found.right - found.left;
    const height = found.bottom - found.top;
    this.#given = {
      width: (given.right - given.left) / width,
      height: (given.bottom - given.top) / height,
      dx: (given.left + given.right - found.left - found.right) / 2 / width,
      dy: (given.top + given.bottom - found.top - found.bottom) / 2 / height,
    };
  }

  /** undefined where the element's colours do not tell it from what is around it */
  static create(picture: Picture, box: Box): OutlineFinder | undefined {
    const rgb = new Uint8Array(side * side * 3);
    const window = sample(picture, box, rgb);
    const scale = side / window.side;
    const colours = (): ElementColours =>
      new ElementColours(rgb, side, box.width * scale, box.height * scale);
    const first = colours();
    const sums = sumsOf(rgb, first, first);
    const given = sidesIn(box, window);
    const found = fit(sums, given, 1, 12);
    if (overlapOf(given, found) < enough.overlap || contrastOf(sums, found) < enough.contrast)
      return undefined;
    return new OutlineFinder(rgb, first, colours(), given, found);
  }

  /** @param before where it may be, at the size it had */
  find(picture: Picture, before: Box): Outline {
    const window = sample(picture, before, this.#rgb);
    const sums = sumsOf(this.#rgb, this.#first, this.#now);
    const { width, height, dx, dy } = this.#given;
    const across = before.width / width;
    const down = before.height / height;
    const centre = boxCentre(before);
    const x = centre.x - dx * across - across / 2;
    const y = centre.y - dy * down - down / 2;
    const found = fit(sums, sidesIn({ x, y, width: across, height: down }, window), mostMoved, 2);
    const scale = window.side / side;
    const w = (found.right - found.left) * scale;
    const h = (found.bottom - found.top) * scale;
    const box = {
      x: window.left + ((found.left + found.right) / 2) * scale + dx * w - (w * width) / 2,
      y: window.top + ((found.top + found.bottom) / 2) * scale + dy * h - (h * height) / 2,
      width: w * width,
      height: h * height,
    };
    return { box, contrast: contrastOf(sums, found) };
  }

  /** Learns the colours of the element as it is now; the first ones are kept. */
  train(picture: Picture, box: Box): void {
    const scale = side / sample(picture, box, this.#rgb).side;
    this.#now.train(this.#rgb, side, box.width * scale, box.height * scale, rate);
  }
}

function sample(picture: Picture, box: Box, rgb: Uint8Array): Window {
  const across = reach * Math.max(box.width, box.height);
  const { x, y } = boxCentre(box);
  cropColour(picture, { x, y, width: across, height: across, angle: 0 }, side, side, rgb);
  return { left: x - across / 2, top: y - across / 2, side: across };
}

/** Likelihoods by both, summed up from the top left corner. */
function sumsOf(rgb: Uint8Array, first: ElementColours, now: ElementColours): Float32Array {
  const sums = new Float32Array(stride * stride);
  for (let y = 0, at = 0; y < side; y += 1) {
    let row = 0;
    for (let x = 0; x < side; x += 1, at += 3) {
      row += 0.5 * (first.likelihood(rgb, at) + now.likelihood(rgb, at));
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1]! + row;
    }
  }
  return sums;
}

function sidesIn(box: Box, window: Window): Sides {
  const scale = side / window.side;
  return {
    left: (box.x - window.left) * scale,
    top: (box.y - window.top) * scale,
    right: (box.x + box.width - window.left) * scale,
    bottom: (box.y + box.height - window.top) * scale,
  };
}

const clamp = (value: number): number => Math.max(0, Math.min(side, value));
const areaOf = (s: Sides): number => Math.max(0, s.right - s.left) * Math.max(0, s.bottom - s.top);

function sumIn(sums: Float32Array, s: Sides): number {
  const at = (x: number, y: number): number => {
    const cx = clamp(x);
    const cy = clamp(y);
    const column = Math.min(side - 1, cx | 0);
    const row = Math.min(side - 1, cy | 0);
    const fx = cx - column;
    const i = row * stride + column;
    const upper = sums[i]! * (1 - fx) + sums[i + 1]! * fx;
    const lower = sums[i + stride]! * (1 - fx) + sums[i + stride + 1]! * fx;
    return upper + (lower - upper) * (cy - row);
  };
  return at(s.right, s.bottom) - at(s.left, s.bottom) - at(s.right, s.top) + at(s.left, s.top);
}

/** Moves one side after the other, each by `most` of the size at most, to where what is likely lies inside alone. */
function fit(sums: Float32Array, start: Sides, most: number, rounds: number): Sides {
  const worth = (s: Sides): number => sumIn(sums, s) - threshold * areaOf(s);
  const width = start.right - start.left;
  const height = start.bottom - start.top;
  let best = start;
  let highest = worth(start);
  for (let round = 0; round < rounds; round += 1) {
    const before = highest;
    for (const name of ['left', 'right', 'top', 'bottom'] as const) {
      const size = name === 'left' || name === 'right' ? width : height;
      for (let k = -tries; k <= tries; k += 1) {
        const next = { ...best, [name]: start[name] + (k / tries) * most * size };
        if (next.right - next.left < 3 || next.bottom - next.top < 3) continue;
        const value = worth(next);
        if (value < highest + 1e-4) continue;
        highest = value;
        best = next;
      }
    }
    if (highest === before) break;
  }
  return best;
}

/** Mean likelihood inside, less that of a rim around. */
function contrastOf(sums: Float32Array, s: Sides): number {
  const marginX = 0.25 * (s.right - s.left);
  const marginY = 0.25 * (s.bottom - s.top);
  const outer = {
    left: clamp(s.left - marginX),
    right: clamp(s.right + marginX),
    top: clamp(s.top - marginY),
    bottom: clamp(s.bottom + marginY),
  };
  const inside = sumIn(sums, s);
  const around = sumIn(sums, outer) - inside;
  return inside / Math.max(1, areaOf(s)) - around / Math.max(1, areaOf(outer) - areaOf(s));
}

function overlapOf(a: Sides, b: Sides): number {
  const common = areaOf({
    left: Math.max(a.left, b.left),
    right: Math.min(a.right, b.right),
    top: Math.max(a.top, b.top),
    bottom: Math.min(a.bottom, b.bottom),
  });
  return common / (areaOf(a) + areaOf(b) - common);
}
