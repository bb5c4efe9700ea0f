const wrap = 2 ** 32;
const ticksPerMs = 90;

/** A link's 32-bit frame names (90 kHz) as milliseconds that do not wrap around. */
export class LinkTime {
  #name: number | undefined;
  #ticks = 0;

  /** Names may come a little out of order; what is up to half a round (6.6 hours) away is the nearest way around. */
  ms(name: number): number {
    if (this.#name === undefined) {
      this.#name = name;
      this.#ticks = name;
    }
    const difference = ((((name - this.#name) % wrap) + wrap + wrap / 2) % wrap) - wrap / 2;
    const ticks = this.#ticks + difference;
    if (difference > 0) {
      this.#name = name;
      this.#ticks = ticks;
    }
    return ticks / ticksPerMs;
  }

  /** The name that stands for a time. */
  static nameOf(ms: number): number {
    return (((Math.round(ms * ticksPerMs) % wrap) + wrap) % wrap) >>> 0;
  }
}
