import type { Highlight } from '#domain/tracking/tracking-messages.ts';
import type { HighlightRunner } from './highlight-runner.ts';
import type { PathBox } from './picture-path.ts';

/** An element that could not be followed is tried again on another frame, after so long, and so often. */
const againMs = 1_000;
const maxTries = 5;

/** A frame as the side that still looks has seen it. */
export interface ToldFrame {
  readonly list: readonly Highlight[];
  /** By the highlight's index. */
  readonly boxes: ReadonlyMap<number, PathBox>;
  /** On the picture's clock; undefined where the frame is not known here. */
  readonly atMs: number | undefined;
}

/**
 * Gets ready to look at a picture instead of its own side. That side goes on until everything is followed here as
 * well, each from a frame that both have: nobody could find again what was never seen.
 */
export class TakeOver {
  readonly #runner: HighlightRunner;
  readonly #nowMs: () => number;
  readonly #onReady: () => void;
  readonly #tries = new Map<string, { count: number; atMs: number }>();
  #busy = false;
  #said = false;

  constructor(runner: HighlightRunner, onReady: () => void, nowMs: () => number) {
    this.#runner = runner;
    this.#onReady = onReady;
    this.#nowMs = nowMs;
  }

  /** One element at a time: each looks for itself through the frames since then. */
  async see({ list, boxes, atMs }: ToldFrame): Promise<void> {
    const runner = this.#runner;
    for (const { id } of runner.highlights) if (!list.some((one) => one.id === id)) runner.remove(id);
    if (this.#busy) return;
    const next = list.find((one) => boxes.get(one.index)?.state === 'tracked' && this.#isDue(one.id));
    const at = next && boxes.get(next.index);
    if (at && atMs !== undefined && runner.hasRead(atMs)) {
      this.#busy = true;
      const refusal = await runner.start(next, at.box, atMs);
      this.#busy = false;
      if (refusal) this.#noteFailure(next.id);
    }
    this.#tell(list);
  }

  #tell(list: readonly Highlight[]): void {
    if (this.#said || !list.every(({ id }) => this.#runner.follows(id))) return;
    this.#said = true;
    this.#onReady();
  }

  #isDue(id: string): boolean {
    if (this.#runner.follows(id)) return false;
    const tried = this.#tries.get(id);
    return !tried || (tried.count < maxTries && this.#nowMs() - tried.atMs >= againMs);
  }

  #noteFailure(id: string): void {
    this.#tries.set(id, { count: (this.#tries.get(id)?.count ?? 0) + 1, atMs: this.#nowMs() });
  }
}
