import { FrameClock } from '#domain/tracking/frame-clock.ts';
import type { SentFrame } from '../call-transport.ts';

/** How much of the own frames a link that comes later is told of. */
const keepMs = 4_000;
const keepFrames = 512;

/**
 * Frames' names of the own camera, for each participant it is sent to: the same frame has another name on every link.
 * Knows nothing until somebody reads the own frames and tells of them.
 */
export class FrameNames {
  readonly #clocks = new Map<string, FrameClock>();
  #own: { readonly timeMs: number; readonly readAtMs: number }[] = [];

  /**
   * A frame of the published camera track was read.
   * @param timeMs `VideoFrame.timestamp / 1000`
   * @param readAtMs wall clock, `performance.timeOrigin + performance.now()`
   */
  noteOwnFrame(timeMs: number, readAtMs: number): void {
    if (!Number.isFinite(timeMs) || !Number.isFinite(readAtMs)) return;
    this.#own.push({ timeMs, readAtMs });
    while (this.#own.length > keepFrames || (this.#own[0]?.timeMs ?? 0) < timeMs - keepMs) this.#own.shift();
    for (const clock of this.#clocks.values()) clock.noteRaw(timeMs, readAtMs);
  }

  /** Frames left for this participant. */
  noteSent(participantId: string, frames: readonly SentFrame[]): void {
    let clock = this.#clocks.get(participantId);
    if (!clock) {
      clock = new FrameClock();
      this.#clocks.set(participantId, clock);
      for (const { timeMs, readAtMs } of this.#own) clock.noteRaw(timeMs, readAtMs);
    }
    for (const { name, atMs } of frames) clock.noteSent(name, atMs);
  }

  /** Time of the own frame that this participant names; undefined where that is not known. */
  timeOf(participantId: string, name: number): number | undefined {
    return this.#clocks.get(participantId)?.timeOf(name);
  }

  /** The name that the own frame of this time has (or would have, had it been sent) at this participant. */
  nameOf(participantId: string, timeMs: number): number | undefined {
    return this.#clocks.get(participantId)?.nameOf(timeMs);
  }

  /** Is enough known of this participant's link to tell names from times? */
  knows(participantId: string): boolean {
    return this.#clocks.get(participantId)?.known ?? false;
  }

  /** Another camera track is sent, or none: names of before are unknown from now on. */
  cameraChanged(): void {
    this.#own = [];
    for (const clock of this.#clocks.values()) clock.reset();
  }

  forget(participantId: string): void {
    this.#clocks.delete(participantId);
  }

  clear(): void {
    this.#own = [];
    this.#clocks.clear();
  }
}
