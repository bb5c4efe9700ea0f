import { pictureId, pictureOwner, type PictureId } from '#domain/picture/picture-id.ts';
import { Allowance } from '#domain/protocol/allowance.ts';
import type { Highlight, TrackMessageOf } from '#domain/tracking/tracking-messages.ts';
import type { HighlightRunner, RunFrame } from './highlight-runner.ts';

/** So long is a frame waited for: it may be on its way when it is already talked about. */
const frameWaitMs = 1_000;
const frameStepMs = 40;
/** Whoever is honest spots nothing more often. */
const spottedRate = { perSecond: 4, burst: 8 };

export interface RecallOptions {
  readonly selfId: () => string;
  readonly listOf: (pictureOf: PictureId) => readonly Highlight[];
  /** By what the side that looks has told last. */
  readonly isLost: (pictureOf: PictureId, highlight: Highlight) => boolean;
  readonly runnerOf: (pictureOf: PictureId) => HighlightRunner | undefined;
  /** The viewer who looks at the own picture instead of this side. */
  readonly viewer: () => string | undefined;
  /** The name that the viewer's link has for a frame of the own camera. */
  readonly nameFor: (viewer: string, timeMs: number) => number | undefined;
  readonly send: (viewer: string, spotted: TrackMessageOf<'spotted'>) => void;
  /** Of a clock that does not jump. */
  readonly nowMs: () => number;
}

/**
 * A picture's own side has seen its highlights from the beginning; a viewer that took over knows only what came later.
 * What that one loses is looked for here, now and then, and told.
 */
export class Recall {
  readonly #options: RecallOptions;
  /** On the way to be followed anew. */
  readonly #finding = new Set<string>();
  readonly #allowance = new Allowance(spottedRate);

  constructor(options: RecallOptions) {
    this.#options = options;
  }

  forget(participantId: string): void {
    this.#allowance.forget(participantId);
  }

  /** Whether the viewer has lost something of the own picture that is borne in mind here. */
  get isNeeded(): boolean {
    return this.#lost().length > 0;
  }

  /** What was looked for in a frame of the own camera. */
  glimpsed({ timeMs, boxes }: RunFrame): void {
    const { selfId, viewer, nameFor, send } = this.#options;
    const to = viewer();
    const frame = to === undefined ? undefined : nameFor(to, timeMs);
    if (to === undefined || frame === undefined) return;
    for (const { id, index } of this.#lost()) {
      const at = boxes.get(index);
      if (at?.state !== 'tracked') continue;
      send(to, { kind: 'spotted', pictureOf: pictureId(selfId()), id, box: at.box, frame });
    }
  }

  /** The picture's own side has spotted what is lost here. */
  async hear({ pictureOf, id, box }: TrackMessageOf<'spotted'>, atMs: number | undefined): Promise<void> {
    if (atMs === undefined || this.#finding.has(id) || !this.#isLost(pictureOf, id)) return;
    if (!this.#allowance.take(pictureOwner(pictureOf), this.#options.nowMs())) return;
    this.#finding.add(id);
    try {
      const hostMs = await this.#readUpTo(pictureOf, atMs);
      const runner = this.#options.runnerOf(pictureOf);
      if (hostMs !== undefined && this.#isLost(pictureOf, id)) await runner?.findAgain(id, box, hostMs);
    } finally {
      this.#finding.delete(id);
    }
  }

  async #readUpTo(pictureOf: PictureId, atMs: number): Promise<number | undefined> {
    for (let waitedMs = 0; waitedMs < frameWaitMs; waitedMs += frameStepMs) {
      const hostMs = this.#options.runnerOf(pictureOf)?.nearestRead(atMs);
      if (hostMs !== undefined) return hostMs;
      await new Promise((resolve) => setTimeout(resolve, frameStepMs));
    }
    return undefined;
  }

  #lost(): Highlight[] {
    const { selfId, listOf, isLost, runnerOf, viewer } = this.#options;
    const own = pictureId(selfId());
    const runner = viewer() === undefined ? undefined : runnerOf(own);
    return listOf(own).filter((one) => runner?.follows(one.id) && isLost(own, one));
  }

  #isLost(pictureOf: PictureId, id: string): boolean {
    const highlight = this.#options.listOf(pictureOf).find((one) => one.id === id);
    return highlight !== undefined && this.#options.isLost(pictureOf, highlight);
  }
}
