import { findOffset, medianGap, nearestAt, type RawFrame, type SentFrame } from './frame-clock-offset.ts';

/** Frames' names on the wire count 90 a millisecond, in 32 bits. */
const ticksPerMs = 90;
/** How long frames are known exactly. */
const keepMs = 4_000;
/** Bounds the memory at any frame rate. */
const keepFrames = 512;
/** Until so many frames were sent nothing is settled: the first ones take longer than all others. */
const settledAfter = 32;
/** The offset is looked at again after this many frames, before and after that. */
const learnEvery = 4;
const learnAgainEvery = 16;
/** How far from frames that were read the offset is still trusted. */
const trustMs = 60_000;
/** A name this far from where the wall clock would have it belongs to another connection. */
const jumpMs = 10_000;
/** The quickest read frame of each second, for half a minute. */
const quickestMs = 1_000;
const quickestKept = 30;

interface Named extends SentFrame {
  readonly name: number;
  /** Of the own frame that it shows; undefined where that was not read. */
  timeMs: number | undefined;
}

/**
 * Knows which frame of the own camera a frame's name on the wire means, and back, for one link. Pure: it is told what
 * was read from the camera and what was sent, in any interleaving; reading may be late, and frames may be missing
 * from either.
 */
export class FrameClock {
  #raws: RawFrame[] = [];
  #sent: Named[] = [];
  #byName = new Map<number, Named>();
  #quickest: { readonly sinceMs: number; readonly delayMs: number }[] = [];
  #firstTimeMs: number | undefined;
  #offset: number | undefined;
  /** Half the time between two frames. */
  #nearMs = 0;
  #noted = 0;
  #matched = true;

  /** Is there enough to tell names from times? */
  get known(): boolean {
    return this.#offset !== undefined;
  }

  /**
   * A frame of the own camera was read.
   * @param timeMs on the camera's clock (`VideoFrame.timestamp / 1000`)
   * @param readAtMs on the wall clock (`performance.timeOrigin + performance.now()`)
   */
  noteRaw(timeMs: number, readAtMs: number): void {
    if (!Number.isFinite(timeMs) || !Number.isFinite(readAtMs)) return;
    const last = this.#raws.at(-1);
    if (last && timeMs <= last.timeMs) {
      // The same frame again; or the camera's clock began anew, and nothing of before holds.
      if (last.timeMs - timeMs < 1_000) return;
      this.reset();
    }
    this.#firstTimeMs ??= timeMs;
    this.#raws.push({ timeMs, readAtMs });
    this.#noteDelay(timeMs, readAtMs);
    this.#raws = recent(this.#raws, (one) => one.timeMs);
    this.#matched = false;
  }

  /**
   * A frame left the encoder.
   * @param name its 32-bit RTP timestamp
   * @param sentAtMs on the wall clock
   */
  noteSent(name: number, sentAtMs: number): void {
    if (!Number.isInteger(name) || !Number.isFinite(sentAtMs)) return;
    const last = this.#sent.at(-1);
    let nameMs = name / ticksPerMs;
    if (last) {
      const stepMs = (name - last.name) | 0;
      nameMs = last.nameMs + stepMs / ticksPerMs;
      if (Math.abs(stepMs / ticksPerMs - (sentAtMs - last.sentAtMs)) > jumpMs) this.#forgetSent();
      // A frame in several sizes has one name.
      else if (stepMs <= 0) return;
    }
    this.#sent.push({ name: name >>> 0, nameMs, sentAtMs, timeMs: undefined });
    this.#sent = recent(this.#sent, (one) => one.nameMs);
    this.#noted += 1;
    this.#matched = false;
    const every = this.#noted < 2 * settledAfter ? learnEvery : learnAgainEvery;
    if (this.#noted % every === 0 || this.#offset === undefined) this.#learn();
  }

  /** The time of the own frame that is meant; undefined when that is not known (yet, or any more). */
  timeOf(name: number): number | undefined {
    if (!Number.isInteger(name)) return undefined;
    this.#match();
    const known = this.#byName.get(name >>> 0);
    if (known?.timeMs !== undefined) return known.timeMs;
    const last = this.#sent.at(-1);
    if (this.#offset === undefined || !last) return undefined;
    const nameMs = known?.nameMs ?? last.nameMs + ((name - last.name) | 0) / ticksPerMs;
    const timeMs = nameMs - this.#offset;
    return this.#trusted(timeMs) ? timeMs : undefined;
  }

  /**
   * The name under which the own frame of this time was sent. Where it was not sent (encoders drop frames, and lag
   * behind) it is the name that it would have had, right within a millisecond or two: compare by distance.
   */
  nameOf(timeMs: number): number | undefined {
    if (!Number.isFinite(timeMs)) return undefined;
    this.#match();
    for (let i = this.#sent.length - 1; i >= 0; i -= 1) {
      const one = this.#sent[i];
      if (one?.timeMs !== undefined && Math.abs(one.timeMs - timeMs) < 0.5) return one.name;
    }
    const last = this.#sent.at(-1);
    if (this.#offset === undefined || !last || !this.#trusted(timeMs)) return undefined;
    const ticks = Math.round((timeMs + this.#offset - last.nameMs) * ticksPerMs);
    return (last.name + ticks) >>> 0;
  }

  /** Another camera: nothing of before holds, and its names are unknown. */
  reset(): void {
    this.#raws = [];
    this.#quickest = [];
    this.#firstTimeMs = undefined;
    this.#forgetSent();
  }

  #forgetSent(): void {
    this.#sent = [];
    this.#byName.clear();
    this.#offset = undefined;
    this.#noted = 0;
    this.#matched = true;
  }

  #noteDelay(timeMs: number, readAtMs: number): void {
    const delayMs = readAtMs - timeMs;
    const last = this.#quickest.at(-1);
    if (last && timeMs - last.sinceMs < quickestMs) {
      if (delayMs < last.delayMs) this.#quickest[this.#quickest.length - 1] = { ...last, delayMs };
      return;
    }
    this.#quickest.push({ sinceMs: timeMs, delayMs });
    if (this.#quickest.length > quickestKept) this.#quickest.shift();
  }

  #learn(): void {
    const offset = findOffset({
      raws: this.#raws,
      sent: this.#sent,
      readDelayMs: Math.min(...this.#quickest.map((one) => one.delayMs)),
      current: this.#noted > settledAfter ? this.#offset : undefined,
    });
    // With nothing read for a while there is nothing better than what was learned.
    if (offset === undefined) return;
    this.#offset = offset;
    this.#nearMs = medianGap(this.#raws.map((one) => one.timeMs)) / 2;
    this.#matched = false;
  }

  /** Finds each sent frame's own frame: the nearest one, each at most once, in order. */
  #match(): void {
    if (this.#matched || this.#offset === undefined) return;
    this.#matched = true;
    this.#byName.clear();
    // The two clocks move a little against each other.
    let driftMs = 0;
    let previous: { readonly one: Named; readonly at: number; readonly awayMs: number } | undefined;
    for (const one of this.#sent) {
      this.#byName.set(one.name, one);
      one.timeMs = undefined;
      const expected = one.nameMs - this.#offset - driftMs;
      let at = nearestAt(this.#raws, expected);
      let awayMs = expected - (this.#raws[at]?.timeMs ?? Number.NaN);
      if (previous && at <= previous.at) {
        if (Math.abs(awayMs) < Math.abs(previous.awayMs)) previous.one.timeMs = undefined;
        else {
          at = previous.at + 1;
          awayMs = expected - (this.#raws[at]?.timeMs ?? Number.NaN);
        }
      }
      if (!(Math.abs(awayMs) <= this.#nearMs)) continue;
      one.timeMs = this.#raws[at]?.timeMs;
      driftMs += 0.1 * awayMs;
      previous = { one, at, awayMs };
    }
  }

  /** Is the time one that this camera's frames can have had, and near enough to those that were read? */
  #trusted(timeMs: number): boolean {
    const newest = this.#raws.at(-1)?.timeMs;
    if (this.#firstTimeMs === undefined || newest === undefined) return false;
    return timeMs >= this.#firstTimeMs - 10 && Math.abs(timeMs - newest) <= trustMs;
  }
}

function recent<T>(list: T[], timeOf: (one: T) => number): T[] {
  const last = list.at(-1);
  const first = list[0];
  if (last === undefined || first === undefined) return list;
  if (list.length <= keepFrames && timeOf(last) - timeOf(first) <= keepMs) return list;
  return list.filter((one, i) => list.length - i <= keepFrames && timeOf(last) - timeOf(one) <= keepMs);
}
