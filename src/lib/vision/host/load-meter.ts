import type { VisionLoad } from './vision-host.ts';

const framesOfMedian = 30;
const leastFrames = 5;

/** How the worker keeps up, from the times of the frames it looked at. */
export class LoadMeter {
  readonly #nowMs: () => number;
  #frames: { readonly atMs: number; readonly workMs: number }[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(workMs: number): void {
    this.#frames.push({ atMs: this.#nowMs(), workMs });
    // Enough for the median and for the second that is counted, however fast frames come.
    if (this.#frames.length > 240) this.#frames = this.#frames.slice(-120);
  }

  get load(): VisionLoad {
    const since = this.#nowMs() - 1000;
    const works = this.#frames.slice(-framesOfMedian).map(({ workMs }) => workMs);
    works.sort((a, b) => a - b);
    return {
      frameMs: works.length < leastFrames ? undefined : works[works.length >> 1],
      framesPerSecond: this.#frames.filter(({ atMs }) => atMs > since).length,
    };
  }
}
