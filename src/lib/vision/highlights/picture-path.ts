import type { Box } from '#domain/tracking/box.ts';
import type { ScenePose } from '#domain/tracking/scene-pose.ts';

export interface PathBox {
  readonly state: 'tracked' | 'lost';
  readonly confidence: number;
  readonly box: Box;
}

export interface PathFrame {
  /** Milliseconds on the picture's clock. */
  readonly atMs: number;
  readonly pose: ScenePose | undefined;
  /** By the highlight's index. */
  readonly boxes: ReadonlyMap<number, PathBox>;
}

/** As much as the slowest link lags behind, and some more. */
const keptMs = 5_000;
const maxFrames = 200;
/** Two frames further apart than this are not drawn between. */
const widestGapMs = 400;
/** From so many milliseconds at most it is told how fast a box moves, from so many at least. */
const paceMs = { most: 3_000, least: 60 };
/** A frame nearer than this stands for the one that is asked for. */
const nearMs = 150;
/** A mark made so long before the scene was known still rides on it from then on. */
const soonMs = 3_000;

/** What is known of the last frames of one picture, in the order of their times. */
export class PicturePath {
  #frames: PathFrame[] = [];

  add(frame: PathFrame): void {
    const newest = this.#frames.at(-1);
    // A clock that jumped (another camera, a link made anew) begins a new path.
    if (newest && Math.abs(frame.atMs - newest.atMs) > keptMs) this.#frames = [];
    const at = this.#after(frame.atMs);
    const same = this.#frames[at - 1]?.atMs === frame.atMs;
    this.#frames.splice(same ? at - 1 : at, same ? 1 : 0, frame);
    const oldestMs = (this.#frames.at(-1)?.atMs ?? 0) - keptMs;
    const gone = this.#frames.findIndex(({ atMs }) => atMs >= oldestMs);
    const tooMany = this.#frames.length - maxFrames;
    if (gone > 0 || tooMany > 0) this.#frames.splice(0, Math.max(gone, tooMany));
  }

  get newest(): PathFrame | undefined {
    return this.#frames.at(-1);
  }

  clear(): void {
    this.#frames = [];
  }

  /** How the scene lay at that time; undefined where no frame is near. */
  poseAt(atMs: number): ScenePose | undefined {
    let best: PathFrame | undefined;
    for (const frame of this.#frames) {
      if (frame.pose && (!best || Math.abs(frame.atMs - atMs) < Math.abs(best.atMs - atMs))) best = frame;
    }
    return best && Math.abs(best.atMs - atMs) <= nearMs ? best.pose : undefined;
  }

  /**
   * The same for a mark that was made at that time: where the scene was followed only from soon after, the first that
   * is known of it. Until then the mark lay still on the screen.
   */
  poseFrom(atMs: number): ScenePose | undefined {
    const first = this.#frames.find(({ pose }) => pose);
    const soon = first && first.atMs > atMs && first.atMs - atMs <= soonMs;
    return this.poseAt(atMs) ?? (soon ? first.pose : undefined);
  }

  /** Where the highlight was at that time: on its frame, between two, or where it was last. */
  boxAt(index: number, atMs: number): PathBox | undefined {
    const at = this.#after(atMs);
    const before = this.#lastWith(index, at - 1);
    const after = this.#firstWith(index, at);
    if (!before) return after;
    if (!after || before.state === 'lost' || after.state === 'lost') return before;
    const from = this.#frames[at - 1];
    const to = this.#frames[at];
    if (!from || !to || to.atMs - from.atMs > widestGapMs) return before;
    return { ...before, box: between(before.box, after.box, (atMs - from.atMs) / (to.atMs - from.atMs)) };
  }

  /** On the newest frame that tells of it. */
  newestBox(index: number): PathBox | undefined {
    return this.#lastWith(index, this.#frames.length - 1);
  }

  /**
   * Where a box is so long after the newest frame that tells of it, if it goes on as it moved before, and how far that
   * is, in its own sizes. Undefined where it is not known how it moved.
   */
  carried(index: number, sinceMs: number): { readonly box: Box; readonly sizes: number } | undefined {
    const last = this.#lastTracked(index, this.#frames.length - 1);
    const first = last && this.#lastTracked(index, this.#after(last.atMs - paceMs.least) - 1);
    if (!first || last.atMs - first.atMs > paceMs.most) return undefined;
    const times = sinceMs / (last.atMs - first.atMs);
    const { width, height } = last.box;
    const x = last.box.x + (middle(last.box).x - middle(first.box).x) * times;
    const y = last.box.y + (middle(last.box).y - middle(first.box).y) * times;
    return { box: { x, y, width, height }, sizes: sizesApart(first.box, last.box) * times };
  }

  #lastTracked(index: number, from: number): { readonly atMs: number; readonly box: Box } | undefined {
    for (let i = from; i >= 0; i -= 1) {
      const frame = this.#frames[i];
      const found = frame?.boxes.get(index);
      if (frame && found) return found.state === 'tracked' ? { atMs: frame.atMs, box: found.box } : undefined;
    }
    return undefined;
  }

  /** Number of frames up to that time. */
  #after(atMs: number): number {
    let at = this.#frames.length;
    while (at > 0 && (this.#frames[at - 1]?.atMs ?? 0) > atMs) at -= 1;
    return at;
  }

  #lastWith(index: number, from: number): PathBox | undefined {
    for (let i = from; i >= 0; i -= 1) {
      const found = this.#frames[i]?.boxes.get(index);
      if (found) return found;
    }
    return undefined;
  }

  #firstWith(index: number, from: number): PathBox | undefined {
    for (let i = from; i < this.#frames.length; i += 1) {
      const found = this.#frames[i]?.boxes.get(index);
      if (found) return found;
    }
    return undefined;
  }
}

function between(a: Box, b: Box, share: number): Box {
  const mix = (from: number, to: number): number => from + (to - from) * share;
  return {
    x: mix(a.x, b.x),
    y: mix(a.y, b.y),
    width: mix(a.width, b.width),
    height: mix(a.height, b.height),
  };
}

const middle = ({ x, y, width, height }: Box) => ({ x: x + width / 2, y: y + height / 2 });

/** How far two boxes lie from each other, in sizes of them: across or down, whichever is more. */
function sizesApart(a: Box, b: Box): number {
  const across = Math.abs(middle(a).x - middle(b).x) / Math.max(a.width, b.width);
  const down = Math.abs(middle(a).y - middle(b).y) / Math.max(a.height, b.height);
  return Math.max(across, down);
}
