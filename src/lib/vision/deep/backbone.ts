import { backboneFloats, backboneLayers, weightCount, type BackboneLayer } from './backbone-layers.ts';
import { compileKernels, type Kernels } from './kernels.ts';

interface Placed extends BackboneLayer {
  /** Addresses in the memory. */
  readonly weights: number;
  readonly bias: number;
}

const pageBytes = 65_536;
/** 3 × 3 × 3 numbers and a zero: the kernel takes four at a time. What it multiplies by that zero does not matter. */
const patchFloats = 28;

/**
 * Feature maps of a picture of `side` × `side` pixels from the detector's first layers, in WebAssembly of our own.
 * Rows of a map with a border of zeros lie one after the other; a map's channels lie side by side.
 */
export class Backbone {
  readonly side: number;
  readonly #kernels: Kernels;
  readonly #floats: Float32Array;
  readonly #layers: readonly Placed[];
  readonly #patches: number;
  readonly #maps: readonly [number, number, number];

  private constructor(
    side: number,
    kernels: Kernels,
    memory: WebAssembly.Memory,
    layers: readonly Placed[],
    free: number,
    mapBytes: number,
  ) {
    this.side = side;
    this.#kernels = kernels;
    this.#floats = new Float32Array(memory.buffer);
    this.#layers = layers;
    this.#patches = free;
    const first = free + (side / 2) * (side / 2) * patchFloats * 4;
    this.#maps = [first, first + mapBytes, first + 2 * mapBytes];
  }

  /**
   * @param numbers as written by signal/fetch-models.mjs
   * @param side a multiple of 32
   * @returns undefined for numbers of another model, or without vectors in WebAssembly
   */
  static create(numbers: Float32Array, side: number): Backbone | undefined {
    if (numbers.length !== backboneFloats) return undefined;
    const half = side / 2;
    const mapBytes = (half + 2) * (half + 2) * 96 * 4;
    const free = Math.ceil((backboneFloats * 4 + 64) / 64) * 64;
    const bytes = free + half * half * patchFloats * 4 + 3 * mapBytes;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
    const kernels = compileKernels(memory);
    if (!kernels) return undefined;
    new Float32Array(memory.buffer).set(numbers);
    let at = 0;
    const layers = backboneLayers.map((layer) => {
      const weights = at;
      const bias = weights + weightCount(layer) * 4;
      at = bias + layer.outputs * 4;
      return { ...layer, weights, bias };
    });
    return new Backbone(side, kernels, memory, layers, free, mapBytes);
  }

  /**
   * @param rgb side × side pixels, three bytes each
   * @returns side/8 × side/8 cells of 32 channels side by side; valid until the next call
   */
  run(rgb: Uint8Array): Float32Array {
    this.#unfold(rgb);
    let size = this.side / 2;
    let channels = 32;
    let from = this.#maps[0];
    // What went into the block: the layer that ends it may add it.
    let entry = from;
    for (const layer of this.#layers) {
      const { kind, inputs, outputs, stride, weights, bias } = layer;
      const target =
        kind === 'first' ? from : (this.#maps.find((map) => map !== from && map !== entry) ?? from);
      const before = size;
      if (kind === 'depthwise') size /= stride;
      this.#clearBorder(target, size, outputs);
      for (let row = 0; row < size; row += 1) {
        const out = inner(target, size, outputs, row);
        if (kind === 'first') {
          const start = this.#patches + row * size * patchFloats * 4;
          this.#kernels.pointwise(start, weights, bias, out, size, patchFloats, outputs, 1);
        } else if (kind === 'depthwise') {
          const rowBytes = (before + 2) * inputs * 4;
          // 'Same' padding: one on each side at stride 1, only below and to the right at stride 2.
          const start = from + (stride === 1 ? row * rowBytes : (2 * row + 1) * rowBytes + inputs * 4);
          this.#kernels.depthwise(start, weights, bias, out, size, inputs, rowBytes, stride);
        } else {
          const start = inner(from, size, inputs, row);
          this.#kernels.pointwise(
            start,
            weights,
            bias,
            out,
            size,
            inputs,
            outputs,
            kind === 'expand' ? 1 : 0,
          );
        }
      }
      if (layer.residual) this.#add(entry, target, size, outputs);
      channels = outputs;
      from = target;
      if (kind === 'project') entry = from;
    }
    const out = new Float32Array(size * size * channels);
    for (let row = 0; row < size; row += 1) {
      const start = inner(from, size, channels, row) / 4;
      out.set(this.#floats.subarray(start, start + size * channels), row * size * channels);
    }
    return out;
  }

  /** Lays out the 3 × 3 × 3 pixels that each place of the first layer sees, stride 2, scaled to −1…1. */
  #unfold(rgb: Uint8Array): void {
    const { side } = this;
    const half = side / 2;
    const floats = this.#floats;
    let to = this.#patches / 4;
    for (let y = 0; y < half; y += 1) {
      for (let x = 0; x < half; x += 1) {
        for (let dy = 0; dy < 3; dy += 1) {
          const row = 2 * y + dy;
          let at = (row * side + 2 * x) * 3;
          for (let dx = 0; dx < 3; dx += 1, at += 3, to += 3) {
            const inside = row < side && 2 * x + dx < side;
            floats[to] = inside ? rgb[at]! * (2 / 255) - 1 : 0;
            floats[to + 1] = inside ? rgb[at + 1]! * (2 / 255) - 1 : 0;
            floats[to + 2] = inside ? rgb[at + 2]! * (2 / 255) - 1 : 0;
          }
        }
        to += patchFloats - 27;
      }
    }
  }

  #clearBorder(map: number, size: number, channels: number): void {
    const start = map / 4;
    const row = (size + 2) * channels;
    this.#floats.fill(0, start, start + row);
    this.#floats.fill(0, start + (size + 1) * row, start + (size + 2) * row);
    for (let y = 1; y <= size; y += 1) {
      this.#floats.fill(0, start + y * row, start + y * row + channels);
      this.#floats.fill(0, start + (y + 1) * row - channels, start + (y + 1) * row);
    }
  }

  #add(from: number, to: number, size: number, channels: number): void {
    const count = (size + 2) * (size + 2) * channels;
    const a = from / 4;
    const b = to / 4;
    for (let i = 0; i < count; i += 1) this.#floats[b + i]! += this.#floats[a + i]!;
  }
}

/** Address of the first pixel of a row inside the border. */
const inner = (map: number, size: number, channels: number, row: number): number =>
  map + ((row + 1) * (size + 2) + 1) * channels * 4;
