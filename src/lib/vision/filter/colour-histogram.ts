/**
 * Which colours belong to the element and which to what is around it, learnt from the pixels inside and outside of its
 * box. Tells for each place how much of the element's colours lie in a box around it (Staple).
 */
export class ColourHistogram {
  readonly #inside = new Float32Array(4096);
  readonly #outside = new Float32Array(4096);
  #trained = false;

  /**
   * @param rgb side × side pixels around the element, three bytes each
   * @param boxWidth of the element in the same pixels, in the middle
   */
  train(rgb: Uint8Array, side: number, boxWidth: number, boxHeight: number, rate: number): void {
    const inside = new Float32Array(4096);
    const outside = new Float32Array(4096);
    // A margin between both: what lies at the very edge of a box belongs to neither.
    const innerX = boxWidth * 0.4;
    const innerY = boxHeight * 0.4;
    const outerX = boxWidth * 0.55;
    const outerY = boxHeight * 0.55;
    let inner = 0;
    let outer = 0;
    for (let y = 0, at = 0; y < side; y += 1) {
      const dy = Math.abs(y + 0.5 - side / 2);
      for (let x = 0; x < side; x += 1, at += 3) {
        const dx = Math.abs(x + 0.5 - side / 2);
        const bin = binOf(rgb, at);
        if (dx <= innerX && dy <= innerY) {
          inside[bin]! += 1;
          inner += 1;
        } else if (dx > outerX || dy > outerY) {
          outside[bin]! += 1;
          outer += 1;
        }
      }
    }
    const keep = this.#trained ? 1 - rate : 0;
    const add = 1 - keep;
    for (let i = 0; i < 4096; i += 1) {
      this.#inside[i] = keep * this.#inside[i]! + (add * inside[i]!) / Math.max(1, inner);
      this.#outside[i] = keep * this.#outside[i]! + (add * outside[i]!) / Math.max(1, outer);
    }
    this.#trained = true;
  }

  /**
   * Mean likelihood of the element's colours in a box around each cell's centre, 0…1.
   * @param out cells × cells
   */
  respond(
    rgb: Uint8Array,
    side: number,
    boxWidth: number,
    boxHeight: number,
    cells: number,
    out: Float32Array,
  ): void {
    const sums = this.#sumsOfLikelihood(rgb, side);
    const stride = side + 1;
    const cell = side / cells;
    const clamp = (value: number): number => (value < 0 ? 0 : value > side ? side : value);
    for (let row = 0, i = 0; row < cells; row += 1) {
      // Cell i answers for the displacement (i − cells/2), so that it lies at i · cell of the picture.
      const top = clamp(Math.round(row * cell - boxHeight / 2));
      const bottom = clamp(Math.round(row * cell + boxHeight / 2));
      for (let column = 0; column < cells; column += 1, i += 1) {
        const left = clamp(Math.round(column * cell - boxWidth / 2));
        const right = clamp(Math.round(column * cell + boxWidth / 2));
        const sum =
          sums[bottom * stride + right]! -
          sums[top * stride + right]! -
          sums[bottom * stride + left]! +
          sums[top * stride + left]!;
        out[i] = sum / Math.max(1, boxWidth * boxHeight);
      }
    }
  }

  #sumsOfLikelihood(rgb: Uint8Array, side: number): Float32Array {
    const stride = side + 1;
    const sums = new Float32Array(stride * stride);
    for (let y = 0, at = 0; y < side; y += 1) {
      let row = 0;
      const above = y * stride;
      for (let x = 0; x < side; x += 1, at += 3) {
        const bin = binOf(rgb, at);
        const inside = this.#inside[bin]!;
        const both = inside + this.#outside[bin]!;
        row += both > 0 ? inside / both : 0.5;
        sums[above + stride + x + 1] = sums[above + x + 1]! + row;
      }
    }
    return sums;
  }
}

const binOf = (rgb: Uint8Array, at: number): number =>
  ((rgb[at]! >> 4) << 8) | (rgb[at + 1]! & 0xf0) | (rgb[at + 2]! >> 4);
