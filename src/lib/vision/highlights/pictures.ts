import type { TrackedHighlight } from '#domain/tracking/tracking-datagram.ts';
import type { Highlight } from '#domain/tracking/tracking-messages.ts';
import type { PictureVision } from './call-vision.ts';
import type { RunFrame } from './highlight-runner.ts';
import { LinkTime } from './link-time.ts';
import { PicturePath, type PathBox } from './picture-path.ts';

/** Nothing was heard of a picture's highlights for so long: they are not shown as if they were there. */
const staleMs = 1_500;
/** The frame that was read last, when it was so long ago, is not the one on the screen. */
const freshMs = 1_000;

/**
 * The picture goes on while somebody looks: a box is carried on as it moved, by so many of its sizes at most. Where it
 * may have moved further it is not shown: were it to stop or turn just then, it would be half beside what it stands for.
 */
const mostDrift = 0.5;
/** Where it is not known how fast it moves, it is shown for so long: a slow pan takes it half its size away by then. */
const unknownPaceMs = 500;

/** One picture as it is seen here: its highlights, its last frames, and the frame on the screen. */
export class SeenPicture {
  readonly path = new PicturePath();
  readonly link = new LinkTime();
  list: readonly Highlight[] = [];
  vision: PictureVision;
  /** Tools in hand here. */
  armed = false;
  /** The frame that is held still here; its name or time. */
  held: number | undefined;
  readonly #nowMs: () => number;
  #heardMs = 0;
  #readHeardMs = 0;
  #seenMs: number | undefined;
  #read: { readonly timeMs: number; readonly readAtMs: number } | undefined;
  #told = new Map<number, 'tracked' | 'lost'>();

  /** @param nowMs of a clock that does not jump */
  constructor(nowMs: () => number, vision: PictureVision) {
    this.#nowMs = nowMs;
    this.vision = vision;
  }

  /** Of the frame on the screen; the newest known one where the browser does not tell. */
  get seenMs(): number | undefined {
    return this.#seenMs ?? this.path.newest?.atMs;
  }

  /** @param name rtpTimestamp; undefined where the browser does not tell it */
  see(name: number | undefined): void {
    this.#seenMs = name === undefined ? undefined : this.link.ms(name);
  }

  /** A frame of the own camera was read, looked at or not. @param readAtMs on the wall clock */
  noteRead(timeMs: number, readAtMs: number): void {
    this.#read = { timeMs, readAtMs };
    this.#readHeardMs = this.#nowMs();
  }

  /** Of the frame that a mark is made on now: the own picture goes on although nobody follows its scene. */
  markedMs(wallMs: number): number | undefined {
    const read = this.#read;
    return read && wallMs - read.readAtMs < freshMs ? read.timeMs : this.seenMs;
  }

  take(atMs: number, frame: Pick<RunFrame, 'pose' | 'boxes'>): void {
    this.path.add({ atMs, ...frame });
    this.#heardMs = this.#nowMs();
  }

  boxOf(highlight: Highlight): PathBox | undefined {
    const { seenMs } = this;
    if (seenMs === undefined) return undefined;
    const found = this.path.boxAt(highlight.index, seenMs);
    const behindMs = seenMs - (this.path.newest?.atMs ?? seenMs);
    const silentMs = this.#nowMs() - this.#heardMs;
    if (!found || found.state === 'lost') return found;
    if (Math.max(behindMs, silentMs) > staleMs) return { ...found, state: 'lost' };
    return this.#onScreen(highlight.index, found);
  }

  /** On the frame that is on the screen, which is later than the newest one that was looked at. */
  #onScreen(index: number, found: PathBox): PathBox {
    const looked = this.path.newest?.atMs;
    const shown = this.#seenMs ?? this.#ownNowMs();
    if (looked === undefined || shown === undefined || shown <= looked) return found;
    const carried = this.path.carried(index, shown - looked);
    const isThere = carried ? carried.sizes <= mostDrift : shown - looked <= unknownPaceMs;
    if (!isThere) return { ...found, state: 'lost' };
    return carried ? { ...found, box: carried.box } : found;
  }

  /** The own picture is shown as it is taken, also while a busy device does not come to read it. */
  #ownNowMs(): number | undefined {
    return this.#read && this.#read.timeMs + this.#nowMs() - this.#readHeardMs;
  }

  /**
   * Whether whoever looks has lost it, on the last frame that they told of. Silence does not count: a device that is only
   * slow would be made to look anew for what it has.
   */
  isLost(highlight: Highlight): boolean {
    return this.path.newestBox(highlight.index)?.state === 'lost';
  }

  stateOf(highlight: Highlight): 'starting' | 'tracked' | 'lost' {
    return this.#told.get(highlight.index) ?? 'starting';
  }

  /** Whether some highlight has been lost or found since the last time. */
  settleStates(): boolean {
    const now = new Map<number, 'tracked' | 'lost'>();
    for (const highlight of this.list) {
      const state = this.boxOf(highlight)?.state ?? this.#told.get(highlight.index);
      if (state) now.set(highlight.index, state);
    }
    const same =
      now.size === this.#told.size && [...now].every(([key, state]) => this.#told.get(key) === state);
    this.#told = now;
    return !same;
  }
}

export const boxesOf = (objects: readonly TrackedHighlight[]): ReadonlyMap<number, PathBox> =>
  new Map(objects.map(({ index, state, confidence, box }) => [index, { state, confidence, box }]));
