import { BadBytes, type ByteReader, ByteWriter, parseBytes } from '../annotation/bytes.ts';
import type { Box } from './box.ts';

/** Where a highlight was at one moment. */
export interface PathSample {
  /** Since the path began, in milliseconds. */
  readonly atMs: number;
  /** In shares of the picture (0…1; may reach beyond); undefined while it was lost. */
  readonly box: Box | undefined;
}

export const pathVersion = 1;
/** Ten minutes at fifteen samples a second, and some more. */
const maxPathSamples = 10_000;
/** Nearer samples than this are left out, unless it was lost or found. */
const pathGapMs = 60;

const gridSteps = 4095;
/** A box may lie up to two pictures beside the picture. */
const farthest = 3 * gridSteps;

/**
 * A tracked path in few bytes. Layout: version (1 byte) · number of samples (varint) · for each: milliseconds since the
 * one before, doubled, plus 1 while lost (varint) · unless lost the differences of x, y, width and height to the last
 * box (zig-zag varints, 1/4095 of the picture's side). A box that moves a little takes about six bytes.
 */
export function packPath(samples: readonly PathSample[]): Uint8Array {
  const kept = samples.slice(0, maxPathSamples);
  const writer = new ByteWriter().byte(pathVersion).varint(kept.length);
  let atMs = 0;
  let before: readonly number[] = [0, 0, 0, 0];
  for (const sample of kept) {
    const now = Math.max(atMs, Math.round(sample.atMs));
    writer.varint((now - atMs) * 2 + (sample.box ? 0 : 1));
    atMs = now;
    if (!sample.box) continue;
    const grid = toGrid(sample.box);
    grid.forEach((value, i) => writer.zigzag(value - (before[i] ?? 0)));
    before = grid;
  }
  return writer.done();
}

/** Reads a packed path; undefined for anything that is none. Never throws. */
export function parsePath(bytes: unknown): readonly PathSample[] | undefined {
  return parseBytes(bytes, readPath);
}

function readPath(reader: ByteReader): readonly PathSample[] {
  if (reader.byte() !== pathVersion) throw new BadBytes('unknown version');
  const count = reader.varint();
  if (count > maxPathSamples) throw new BadBytes('number of samples');
  const samples: PathSample[] = [];
  let atMs = 0;
  const grid: [number, number, number, number] = [0, 0, 0, 0];
  for (let k = 0; k < count; k += 1) {
    const head = reader.varint();
    atMs += Math.floor(head / 2);
    if (head % 2 === 1) {
      samples.push({ atMs, box: undefined });
      continue;
    }
    for (let i = 0; i < 4; i += 1) {
      const value = (grid[i] ?? 0) + reader.zigzag();
      if (Math.abs(value) > farthest || (i > 1 && value < 0)) throw new BadBytes('outside of the picture');
      grid[i] = value;
    }
    const [x, y, width, height] = grid;
    samples.push({
      atMs,
      box: { x: x / gridSteps, y: y / gridSteps, width: width / gridSteps, height: height / gridSteps },
    });
  }
  reader.end();
  return samples;
}

function toGrid({ x, y, width, height }: Box): readonly number[] {
  const place = (value: number): number => limit(value, -farthest);
  return [place(x), place(y), limit(width, 0), limit(height, 0)];
}

const limit = (value: number, low: number): number =>
  Number.isFinite(value) ? Math.max(low, Math.min(farthest, Math.round(value * gridSteps))) : 0;

/** Collects a path while it is tracked: as many samples as a replay needs, and every loss and return. */
export class PathRecorder {
  readonly #samples: PathSample[] = [];
  #beganMs: number | undefined;

  /** @param timeMs of the frame, on one clock that does not run backwards */
  add(timeMs: number, box: Box | undefined): void {
    this.#beganMs ??= timeMs;
    const atMs = timeMs - this.#beganMs;
    const last = this.#samples.at(-1);
    if (this.#samples.length >= maxPathSamples) return;
    if (last && (atMs < last.atMs || (!last.box && !box))) return;
    const turned = last !== undefined && (last.box === undefined) !== (box === undefined);
    if (last && !turned && atMs - last.atMs < pathGapMs) return;
    this.#samples.push({ atMs, box });
  }

  get samples(): readonly PathSample[] {
    return this.#samples;
  }

  pack(): Uint8Array {
    return packPath(this.#samples);
  }
}

/** Where the highlight was at a moment of the replay: between two samples on the way from one to the other. */
export function boxAt(samples: readonly PathSample[], atMs: number): Box | undefined {
  let low = 0;
  let high = samples.length - 1;
  if (high < 0 || atMs < (samples[0]?.atMs ?? 0)) return undefined;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((samples[middle]?.atMs ?? 0) <= atMs) low = middle;
    else high = middle - 1;
  }
  const from = samples[low];
  const to = samples[low + 1];
  if (!from?.box || !to?.box || to.atMs <= from.atMs) return from?.box;
  const share = Math.min(1, (atMs - from.atMs) / (to.atMs - from.atMs));
  const between = (a: number, b: number): number => a + (b - a) * share;
  return {
    x: between(from.box.x, to.box.x),
    y: between(from.box.y, to.box.y),
    width: between(from.box.width, to.box.width),
    height: between(from.box.height, to.box.height),
  };
}
