import { isCamera, pictureOwner, type PictureId } from '#domain/picture/picture-id.ts';
import type { Box } from '#domain/tracking/box.ts';
import type { Highlight, TrackRefusal } from '#domain/tracking/tracking-messages.ts';
import type { HighlightOutcome, PictureVision, ShownHighlight } from './call-vision.ts';
import { SeenPicture } from './pictures.ts';

/** An answer that takes longer is none. */
const answerMs = 15_000;

interface Start {
  readonly pictureOf: PictureId;
  readonly label: string;
  readonly box: Box;
  /** Asks whoever looks at the picture. */
  readonly send: () => void;
  readonly answer: (reason: TrackRefusal | undefined) => void;
}

export interface Found {
  readonly pictureOf: PictureId;
  readonly picture: SeenPicture;
  readonly highlight: Highlight;
}

/** All pictures of the call as they are seen here, with what was asked for and is not there yet; tells what changes. */
export class PictureShelf {
  readonly #selfId: () => string;
  readonly #nowMs: () => number;
  readonly #nextFrame: (then: () => void) => void;
  readonly #pictures = new Map<PictureId, SeenPicture>();
  readonly #starts = new Map<string, Start>();
  readonly #listeners = new Set<() => void>();
  readonly #moved = new Map<PictureId, Set<() => void>>();
  readonly #moves = new Set<PictureId>();
  #movesPlanned = false;
  #shown: readonly ShownHighlight[] = [];
  #closed = false;

  /**
   * @param nowMs of a clock that does not jump
   * @param nextFrame when the screen is drawn next
   */
  constructor(
    selfId: () => string,
    nowMs: () => number,
    nextFrame: (then: () => void) => void = onNextFrame,
  ) {
    this.#selfId = selfId;
    this.#nowMs = nowMs;
    this.#nextFrame = nextFrame;
  }

  get shown(): readonly ShownHighlight[] {
    return this.#shown;
  }

  get all(): Iterable<[pictureOf: PictureId, picture: SeenPicture]> {
    return this.#pictures;
  }

  picture(pictureOf: PictureId): SeenPicture {
    const known = this.#pictures.get(pictureOf);
    if (known) return known;
    const picture = new SeenPicture(this.#nowMs, initialVision(pictureOf));
    this.#pictures.set(pictureOf, picture);
    return picture;
  }

  /** Where it is looked at. Asking makes no picture of a name that somebody has made up. */
  visionOf(pictureOf: PictureId): PictureVision {
    return this.#pictures.get(pictureOf)?.vision ?? initialVision(pictureOf);
  }

  /** All pictures of somebody who has left. */
  forget(participantId: string): void {
    for (const pictureOf of this.#pictures.keys())
      if (pictureOwner(pictureOf) === participantId) this.#pictures.delete(pictureOf);
  }

  find(id: string): Found | undefined {
    for (const [pictureOf, picture] of this.#pictures) {
      const highlight = picture.list.find((one) => one.id === id);
      if (highlight) return { pictureOf, picture, highlight };
    }
    return undefined;
  }

  /** Where it is seen now; before the first answer where it was asked for. */
  boxOf(id: string): Box | undefined {
    const found = this.find(id);
    return (found && found.picture.boxOf(found.highlight)?.box) ?? this.#starts.get(id)?.box;
  }

  /** Shows what is asked for, until it is answered by `answer` or is there by `list`. */
  async start(id: string, wish: Omit<Start, 'answer'>): Promise<HighlightOutcome> {
    const answered = new Promise<TrackRefusal | undefined>((resolve) => {
      const timer = setTimeout(() => resolve('vision-unavailable'), answerMs);
      const answer = (reason: TrackRefusal | undefined): void => {
        clearTimeout(timer);
        resolve(reason);
      };
      this.#starts.set(id, { ...wish, answer });
    });
    this.refresh();
    wish.send();
    const reason = await answered;
    this.#starts.delete(id);
    this.refresh();
    return reason === undefined ? { ok: true, id } : { ok: false, reason };
  }

  /** What was asked for and is not there yet is not wanted any more: all, or one. @returns the pictures it is about */
  takeBack(id?: string): Set<PictureId> {
    const taken = [...this.#starts].filter(([one]) => id === undefined || one === id);
    for (const [one, { answer }] of taken) {
      this.#starts.delete(one);
      answer(undefined);
    }
    if (taken.length > 0) this.refresh();
    return new Set(taken.map(([, { pictureOf }]) => pictureOf));
  }

  /** Somebody else looks now: what was asked of the one before is asked again. */
  askAgain(pictureOf: PictureId): void {
    for (const start of this.#starts.values()) if (start.pictureOf === pictureOf) start.send();
  }

  answer(id: string, reason: TrackRefusal): void {
    this.#starts.get(id)?.answer(reason);
  }

  /** All that is on the picture now. */
  list(pictureOf: PictureId, highlights: readonly Highlight[]): void {
    this.picture(pictureOf).list = highlights;
    for (const { id } of highlights) this.#starts.get(id)?.answer(undefined);
    this.refresh();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onMoved(pictureOf: PictureId, listener: () => void): () => void {
    const listeners = this.#moved.get(pictureOf) ?? new Set();
    this.#moved.set(pictureOf, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  tellMoved(pictureOf: PictureId): void {
    if (this.picture(pictureOf).settleStates()) this.refresh();
    for (const listener of [...(this.#moved.get(pictureOf) ?? [])]) listener();
  }

  /** Silence is seen too: nobody tells that nobody tells any more. */
  noticeSilence(): void {
    for (const [pictureOf, { list }] of this.#pictures) if (list.length > 0) this.tellMoved(pictureOf);
  }

  /** Datagrams may come in a flood: what lies elsewhere is told once a frame. */
  planMoved(pictureOf: PictureId): void {
    this.#moves.add(pictureOf);
    if (this.#movesPlanned) return;
    this.#movesPlanned = true;
    this.#nextFrame(() => {
      this.#movesPlanned = false;
      const moved = [...this.#moves];
      this.#moves.clear();
      if (!this.#closed) moved.forEach((one) => this.tellMoved(one));
    });
  }

  refresh(): void {
    if (this.#closed) return;
    const shown: ShownHighlight[] = [];
    for (const [pictureOf, picture] of this.#pictures) {
      for (const highlight of picture.list) {
        const { id, label, by, index: number } = highlight;
        shown.push({ id, pictureOf, label, number, by, state: picture.stateOf(highlight) });
      }
    }
    for (const [id, { pictureOf, label }] of this.#starts) {
      if (shown.some((one) => one.id === id)) continue;
      shown.push({ id, pictureOf, label, by: this.#selfId(), state: 'starting' });
    }
    this.#shown = shown;
    for (const listener of [...this.#listeners]) listener();
  }

  close(): void {
    this.#closed = true;
    for (const { answer } of this.#starts.values()) answer('vision-unavailable');
    this.#listeners.clear();
    this.#moved.clear();
  }
}

/** A camera's side looks at it until it says otherwise; nobody is known to look at a picture of another source. */
function initialVision(pictureOf: PictureId): PictureVision {
  return { side: isCamera(pictureOf) ? 'camera' : 'none', viewer: undefined };
}

/** Hidden pages draw nothing, and are told after a while. */
function onNextFrame(then: () => void): void {
  if (typeof requestAnimationFrame === 'function' && !document.hidden) requestAnimationFrame(then);
  else setTimeout(then, 50);
}
