import type { ExtraFeatures } from '../filter/appearance-filter.ts';
import type { Backbone } from './backbone.ts';
import { backboneChannels, backboneStride } from './backbone-layers.ts';

/** The backbone's maps on the grid of the hand-made features. */
export class DeepFeatures implements ExtraFeatures {
  readonly channels = backboneChannels;
  readonly #backbone: Backbone;
  readonly #cells: number;
  /** For each cell: the first of the two map cells it lies between, and the second's share. */
  readonly #first: Int32Array;
  readonly #share: Float32Array;

  /** @param cells of the grid along the backbone's picture */
  constructor(backbone: Backbone, cells: number) {
    this.#backbone = backbone;
    this.#cells = cells;
    const map = backbone.side / backboneStride;
    const cell = backbone.side / cells;
    this.#first = new Int32Array(cells);
    this.#share = new Float32Array(cells);
    for (let i = 0; i < cells; i += 1) {
      // Three layers of stride 2, padded below and to the right only, look at 8 i + 7.
      const at = Math.max(0, Math.min(map - 1.001, ((i + 0.5) * cell - 0.5 - 7) / backboneStride));
      this.#first[i] = Math.floor(at);
      this.#share[i] = at - Math.floor(at);
    }
  }

  compute(rgb: Uint8Array, out: Float32Array): void {
    const maps = this.#backbone.run(rgb);
    const side = this.#backbone.side / backboneStride;
    const cells = this.#cells;
    const plane = cells * cells;
    const n = this.channels;
    for (let y = 0, i = 0; y < cells; y += 1) {
      const fy = this.#share[y]!;
      for (let x = 0; x < cells; x += 1, i += 1) {
        const fx = this.#share[x]!;
        const a = (this.#first[y]! * side + this.#first[x]!) * n;
        const c = a + side * n;
        const w11 = fx * fy;
        const w10 = fy - w11;
        const w01 = fx - w11;
        const w00 = 1 - fx - fy + w11;
        for (let k = 0, to = i; k < n; k += 1, to += plane) {
          out[to] = maps[a + k]! * w00 + maps[a + n + k]! * w01 + maps[c + k]! * w10 + maps[c + n + k]! * w11;
        }
      }
    }
  }
}
