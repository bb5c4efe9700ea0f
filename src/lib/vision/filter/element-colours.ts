const levels = 16;
const bins = levels ** 3;
/** Between the element and what is around it: the very edge of a box belongs to neither. */
const innerShare = 0.45;
const outerShare = 0.55;
const firstRounds = 4;

/**
 * Which colours are the element's and which those of what is around it. A box holds some of its surroundings, too: a
 * colour counts for the element only as far as it is not found outside of the box, and that again and again.
 */
export class ElementColours {
  /** Of each colour, that it is the element's: 0…1. */
  readonly #likely = new Float32Array(bins).fill(0.5);
  readonly #inside = new Float32Array(bins);
  readonly #outside = new Float32Array(bins);

  /**
   * @param rgb side × side pixels, three bytes each
   * @param width of the element in these pixels, in the middle
   */
  constructor(rgb: Uint8Array, side: number, width: number, height: number) {
    for (let round = 0; round < firstRounds; round += 1) this.train(rgb, side, width, height, 1);
  }

  likelihood(rgb: Uint8Array, at: number): number {
    return this.#likely[binOf(rgb, at)]!;
  }

  /** As the constructor's. @param rate share of what is new */
  train(rgb: Uint8Array, side: number, width: number, height: number, rate: number): void {
    const inside = new Float32Array(bins);
    const outside = new Float32Array(bins);
    let inner = 0;
    let outer = 0;
    for (let y = 0, at = 0; y < side; y += 1) {
      const dy = Math.abs(y + 0.5 - side / 2) / height;
      for (let x = 0; x < side; x += 1, at += 3) {
        const away = Math.max(dy, Math.abs(x + 0.5 - side / 2) / width);
        const bin = binOf(rgb, at);
        if (away <= innerShare) {
          const weight = this.#likely[bin]! ** 2;
          inside[bin]! += weight;
          inner += weight;
        } else if (away > outerShare) {
          outside[bin]! += 1;
          outer += 1;
        }
      }
    }
    smooth(inside);
    smooth(outside);
    // Colours that were never seen are anybody's.
    const little = 1e-5;
    for (let i = 0; i < bins; i += 1) {
      this.#inside[i]! += rate * (inside[i]! / Math.max(1e-6, inner) - this.#inside[i]!);
      this.#outside[i]! += rate * (outside[i]! / Math.max(1, outer) - this.#outside[i]!);
      this.#likely[i] = (this.#inside[i]! + little) / (this.#inside[i]! + this.#outside[i]! + 2 * little);
    }
  }
}

const binOf = (rgb: Uint8Array, at: number): number =>
  ((rgb[at]! >> 4) << 8) | (rgb[at + 1]! & 0xf0) | (rgb[at + 2]! >> 4);

/** Neighbouring colours count as well: the light changes a little all the time. */
function smooth(histogram: Float32Array): void {
  for (const apart of [1, levels, levels * levels]) {
    const mask = (levels - 1) * apart;
    const before = histogram.slice();
    for (let i = 0; i < bins; i += 1) {
      const place = i & mask;
      const lower = before[place === 0 ? i : i - apart]!;
      const upper = before[place === mask ? i : i + apart]!;
      histogram[i] = 0.25 * lower + 0.5 * before[i]! + 0.25 * upper;
    }
  }
}
