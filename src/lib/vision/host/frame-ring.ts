import type { ScenePose } from '#domain/tracking/scene-pose.ts';
import { bytesOf, type PackedFrame } from './packed-frame.ts';

export interface KeptFrame {
  readonly frame: PackedFrame;
  /** The link's name of a frame that came over one. */
  readonly name: number | undefined;
  /** Once it is known. */
  pose: ScenePose | undefined;
}

export interface RingLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  /** Frames that come faster, a few of them together, are not all kept. */
  readonly minGapMs: number;
  /** So long at most is a frame held. */
  readonly maxHoldMs: number;
  /** While a frame is held, one frame in this time stays between it and the ring, as a way from it to now. */
  readonly bridgeGapMs: number;
}

const usualLimits: RingLimits = {
  maxAgeMs: 2200,
  maxBytes: 40_000_000,
  minGapMs: 24,
  maxHoldMs: 15_000,
  bridgeGapMs: 500,
};

/** Frames of one camera come unevenly: only over so many of them is it told how fast they come. */
const evenOver = 3;
/** A frame further than this from what was asked for is another one, however seldom frames come. */
const leastReachMs = 60;
/** Where frames before and after it are kept, one was missed: the nearer of them is better than none. */
const gapReachMs = 200;
/** What is asked for may be newer than what was read so far, but not by more. */
const aheadMs = 1000;

const timeOf = (kept: KeptFrame): number => kept.frame.timestampMs;

/** The last seconds of frames, in the order of their times, bounded by age and bytes; and one that is held. */
export class FrameRing {
  readonly #limits: RingLimits;
  #frames: KeptFrame[] = [];
  /** The held one, and the way from there to the ring. */
  #bridge: KeptFrame[] = [];
  #bytes = 0;

  constructor(limits: Partial<RingLimits> = {}) {
    this.#limits = { ...usualLimits, ...limits };
  }

  /** Of all kept frames. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#frames.length;
  }

  get holds(): boolean {
    return this.#bridge.length > 0;
  }

  get newest(): KeptFrame | undefined {
    return this.#frames.at(-1);
  }

  /** All, oldest first; the held one included. */
  get all(): readonly KeptFrame[] {
    return this.#bridge.length === 0 ? this.#frames : [...this.#bridge, ...this.#frames];
  }

  /** Frames come in the order of their times. False: it came too soon after those before, and is not kept. */
  add(kept: KeptFrame): boolean {
    const { maxAgeMs, maxBytes, minGapMs, maxHoldMs } = this.#limits;
    const time = timeOf(kept);
    const newest = this.newest;
    if (newest && time <= timeOf(newest)) return false;
    const before = this.#frames.at(-evenOver);
    if (before && time - timeOf(before) < evenOver * minGapMs) return false;
    const held = this.#bridge[0];
    if (held && time - timeOf(held) > maxHoldMs) this.release();
    this.#frames.push(kept);
    this.#bytes += bytesOf(kept.frame);
    while (this.#frames.length > 1) {
      const oldest = this.#frames[0] as KeptFrame;
      if (time - timeOf(oldest) <= maxAgeMs && this.#bytes <= maxBytes) break;
      this.#frames.shift();
      if (!this.#leadsOn(oldest)) this.#bytes -= bytesOf(oldest.frame);
    }
    return true;
  }

  /** True: the frame that leaves the ring goes to the bridge. */
  #leadsOn(leaving: KeptFrame): boolean {
    const last = this.#bridge.at(-1);
    if (!last || timeOf(leaving) - timeOf(last) < this.#limits.bridgeGapMs) return false;
    this.#bridge.push(leaving);
    return true;
  }

  /** Keeps the nearest frame although the others leave. Releases the one held before. False: it is gone. */
  hold(timeMs: number): boolean {
    const kept = this.nearest(timeMs);
    if (kept && kept === this.#bridge[0]) return true;
    // What leads on from the frame held before leads on from a later one too.
    const later = kept ? this.#bridge.filter((one) => timeOf(one) > timeOf(kept)) : [];
    this.release();
    if (!kept) return false;
    this.#frames = this.#frames.filter((one) => one !== kept);
    this.#bridge = [kept, ...later];
    this.#count();
    return true;
  }

  release(): void {
    this.#bridge = [];
    this.#count();
  }

  clear(): void {
    this.#frames = [];
    this.release();
  }

  #count(): void {
    this.#bytes = this.all.reduce((sum, { frame }) => sum + bytesOf(frame), 0);
  }

  /** The frame of that time; undefined where none is near, because it has left or was never here. */
  nearest(timeMs: number): KeptFrame | undefined {
    const { all, newest } = this;
    let best: KeptFrame | undefined;
    for (const kept of all) {
      if (!best || Math.abs(timeOf(kept) - timeMs) < Math.abs(timeOf(best) - timeMs)) best = kept;
    }
    if (!best) return undefined;
    const ahead = newest && timeMs > timeOf(newest);
    const within = this.#frames[0] && timeMs >= timeOf(this.#frames[0]);
    const reach = ahead ? aheadMs : Math.max(within ? gapReachMs : leastReachMs, 1.5 * this.#usualGap());
    return Math.abs(timeOf(best) - timeMs) <= reach ? best : undefined;
  }

  #usualGap(): number {
    const gaps = this.#frames.slice(1).map((kept, i) => timeOf(kept) - timeOf(this.#frames[i] as KeptFrame));
    return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
  }

  /**
   * The frame to go on with on the way from one kept frame to another, forwards or backwards: the first one at least
   * `stepMs` away, at the end `to` itself.
   */
  step(from: KeptFrame, to: KeptFrame, stepMs: number): KeptFrame {
    const forwards = timeOf(to) > timeOf(from);
    const between = this.all.filter((kept) => {
      const far = forwards ? timeOf(kept) - timeOf(from) : timeOf(from) - timeOf(kept);
      const left = forwards ? timeOf(to) - timeOf(kept) : timeOf(kept) - timeOf(to);
      return far >= stepMs && left > 0;
    });
    return (forwards ? between[0] : between.at(-1)) ?? to;
  }
}
