import { parseStrokeDatagram, strokeMarkId } from '#domain/annotation/live.ts';
import type { Mark } from '#domain/annotation/marks.ts';
import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import { RidingMarks, type MarkScene } from './mark-scene.ts';
import { MarksModel, type ShownMark } from './marks-model.ts';

export interface MarkBoardOptions {
  selfId: string;
  /** How long a stroke is seen after the pen was lifted, in milliseconds; null: marks stay. */
  lifetimeMs: number | null;
  /** Marks ride on it; without it they stay where they were made. */
  scene?: MarkScene;
  /** Milliseconds of a clock that never jumps. */
  nowMs?: () => number;
}

/** The marks of one picture, whether somebody looks at it now or not. A `MarksLayer` draws them. */
export class MarkBoard {
  readonly riding: RidingMarks;
  readonly #selfId: string;
  readonly #model: MarksModel;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<(live: boolean) => void>();

  constructor(options: MarkBoardOptions) {
    this.#selfId = options.selfId;
    this.#model = new MarksModel(options.lifetimeMs);
    this.riding = new RidingMarks(options.scene);
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Called after every change that came by a call of this board; `live`: a stroke of somebody else goes on. */
  onChanged(listener: (live: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A datagram from another participant, and the frame it was made on. False if it is not one of strokes. */
  receive(authorId: string, bytes: Uint8Array, anchor?: MarkAnchor): boolean {
    if (authorId === this.#selfId) return false;
    const datagram = anchor && parseStrokeDatagram(bytes);
    if (datagram) this.riding.anchor({ authorId, id: strokeMarkId(datagram.strokeId) }, anchor);
    const taken = this.#model.receive(authorId, bytes, this.#nowMs());
    if (taken) this.#changed(true);
    return taken;
  }

  /** The own stroke as it stands. */
  setLive(mark: Mark): void {
    this.#model.setLive(mark, this.#nowMs());
    this.#changed();
  }

  /** A complete mark. Own and already seen ones are no harm. */
  show(mark: Mark): void {
    this.#model.add(mark, this.#nowMs());
    this.#changed();
  }

  /** Exactly these marks, for pictures whose marks stay. */
  setMarks(marks: readonly Mark[]): void {
    this.#model.setAll(marks, this.#nowMs());
    this.#changed();
  }

  hide({ authorId, id }: Pick<Mark, 'authorId' | 'id'>): void {
    if (this.#model.remove(authorId, id)) this.#changed();
  }

  setLifetime(lifetimeMs: number | null): void {
    this.#model.lifetimeMs = lifetimeMs;
    this.#changed();
  }

  /** What is to be seen now, oldest first. */
  shown(reducedMotion = false): ShownMark[] {
    const shown = this.#model.shown(this.#nowMs(), reducedMotion);
    if (!this.riding.any) return shown;
    return shown.map((one) => ({ ...one, motion: this.riding.motionOf(one.mark) }));
  }

  /** How long until something looks different by itself, in milliseconds; null: never. */
  nextChangeInMs(reducedMotion = false): number | null {
    return this.#model.nextChangeInMs(this.#nowMs(), reducedMotion);
  }

  #changed(live = false): void {
    for (const listener of [...this.#listeners]) listener(live);
  }
}
