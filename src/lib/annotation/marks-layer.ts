import { Emitters } from '#domain/emitter.ts';
import { toPlace, type PictureBox } from '#domain/annotation/coordinates.ts';
import { cancelDatagram } from '#domain/annotation/live.ts';
import type { Mark, Point, StrokeWidth } from '#domain/annotation/marks.ts';
import { packMark } from '#domain/annotation/packing.ts';
import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import type { Author } from './authors.ts';
import { MarkGestures, type TextRequest } from './mark-gestures.ts';
import { MarkBoard } from './mark-board.ts';
import type { MarkScene } from './mark-scene.ts';
import type { ShownMark } from './marks-model.ts';
import { markAt, paint, type Cursor } from './marks-painter.ts';
import { repeatStroke } from './repeat-stroke.ts';
import { StrokeInput } from './stroke-input.ts';

/** How the picture lies under the canvas. The canvas covers the picture's element exactly and is never mirrored. */
export type PictureGeometry = Pick<PictureBox, 'pictureWidth' | 'pictureHeight' | 'fit' | 'mirrored'>;

export type MarksLayerEvents = {
  /** Send to the others in the call: a datagram of at most 200 bytes, may get lost. With the mark's frame, if known. */
  live: [datagram: Uint8Array, anchor: MarkAnchor | undefined];
  /** An own mark is complete: keep it. `packed` is what the documents store. */
  finished: [mark: Mark, packed: Uint8Array];
  /** Taken away by undo or clear on this side: remove from the document. */
  removed: [marks: Mark[]];
  textWanted: [request: TextRequest];
  /** A mark was tapped while no tool is chosen; undefined: beside all marks. Only with `selectable`. */
  picked: [mark: Mark | undefined];
  /** Where the pointer is over the picture; null when it left. */
  pointer: [point: Point | null];
  /** What is shown has changed in number or kind. */
  changed: [];
};

/** What `undo` took away, and the frame it was made on. */
export interface UndoneMark {
  readonly mark: Mark;
  readonly anchor: MarkAnchor | undefined;
  /** It was complete, and can be put back; a stroke in the making is gone for good. */
  readonly complete: boolean;
}

export interface MarksLayerOptions {
  canvas: HTMLCanvasElement;
  selfId: string;
  authors: (authorId: string) => Author;
  /** How long a stroke is seen after the pen was lifted, in milliseconds; null: marks stay. */
  lifetimeMs: number | null;
  /** Picking of marks while no tool is chosen. */
  selectable?: boolean;
  /** Marks ride on it; without it they stay where they were made. */
  scene?: MarkScene;
  /** The marks themselves, where they outlive this layer; `selfId`, `lifetimeMs` and `scene` are then the board's. */
  board?: MarkBoard;
  /** Milliseconds of a clock that never jumps. */
  nowMs?: () => number;
  random32?: () => number;
}

/** How near to a mark a pointer must come to pick it, in CSS pixels. */
const pickReach = 16;

/** At most one drawing outside of the frames in this time, in milliseconds. */
const leastDrawGapMs = 8;

/** Draws the marks over one picture, and lets one person draw. Owns the canvas until `destroy`. */
export class MarksLayer {
  readonly #options: MarksLayerOptions;
  readonly #canvas: HTMLCanvasElement;
  readonly #board: MarkBoard;
  readonly #input: StrokeInput;
  readonly #gestures: MarkGestures;
  readonly #random32: () => number;
  readonly #emitter = new Emitters<MarksLayerEvents>();
  readonly #stops = new AbortController();
  readonly #stopListening: () => void;
  readonly #resize: ResizeObserver;
  readonly #motion: MediaQueryList | undefined;
  #geometry: PictureGeometry = { pictureWidth: 0, pictureHeight: 0, fit: 'contain', mirrored: false };
  #size = { width: 0, height: 0 };
  #selected: string | undefined;
  #cursors: readonly Cursor[] = [];
  #frame = 0;
  #drawnMs = -Infinity;
  #drawTookMs = 0;
  #refreshPlanned = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownKey = '';

  constructor(options: MarksLayerOptions) {
    this.#options = options;
    this.#canvas = options.canvas;
    this.#board =
      options.board ??
      new MarkBoard({
        selfId: options.selfId,
        lifetimeMs: options.lifetimeMs,
        ...(options.scene ? { scene: options.scene } : {}),
        nowMs: () => this.#nowMs(),
      });
    // Somebody else's pen is a network away already: it is drawn at once, not with the next frame.
    this.#stopListening = this.#board.onChanged((live) => (live ? this.#refreshInTime() : this.#refresh()));
    this.#random32 = options.random32 ?? (() => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
    this.#input = new StrokeInput(options.selfId, this.#random32, {
      began: (mark) => this.#board.riding.anchor(mark),
      live: (datagrams, mark) => {
        const anchor = this.#board.riding.anchorOf(mark);
        datagrams.forEach((datagram) => this.#emitter.emit('live', datagram, anchor));
      },
      drawn: (mark) => {
        this.#board.setLive(mark);
      },
      finished: (mark) => {
        this.#board.show(mark);
        this.#emitter.emit('finished', mark, packMark(mark));
      },
      cancelled: (mark) => {
        this.#board.hide(mark);
      },
    });
    this.#resize = new ResizeObserver(() => this.#measure());
    this.#resize.observe(this.#canvas);
    this.#motion = this.#view?.matchMedia?.('(prefers-reduced-motion: reduce)');
    const { signal } = this.#stops;
    this.#motion?.addEventListener('change', () => this.#refresh(), { signal });
    this.#gestures = new MarkGestures({
      canvas: this.#canvas,
      input: this.#input,
      selectable: options.selectable ?? false,
      signal,
      box: () => this.#box,
      settle: (point) => {
        const { running } = this.#input;
        const { pictureWidth, pictureHeight } = this.#geometry;
        return running ? this.#board.riding.settle(running, point, pictureWidth / pictureHeight) : point;
      },
      nowMs: () => this.#nowMs(),
      textWanted: (request) => this.#emitter.emit('textWanted', request),
      picked: (point) => this.#pick(point),
      pointer: (point) => this.#emitter.emit('pointer', point),
      crosshairMoved: () => this.#refresh(),
    });
    this.#measure();
  }

  on<E extends keyof MarksLayerEvents>(
    event: E,
    listener: (...values: MarksLayerEvents[E]) => void,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Call when the video's size is known or changes, and when fit or mirroring changes. */
  setGeometry(geometry: PictureGeometry): void {
    this.#geometry = geometry;
    this.#measure();
  }

  setLifetime(lifetimeMs: number | null): void {
    this.#board.setLifetime(lifetimeMs);
  }

  /** Chooses a tool by its key; null lets pointers through to what is below. */
  setTool(key: string | null): void {
    this.#gestures.setTool(key);
  }

  get tool(): string | null {
    return this.#gestures.tool;
  }

  setWidth(width: StrokeWidth): void {
    this.#gestures.setWidth(width);
  }

  /** `twoTaps`: arrows and shapes take a tap for each end. With `drag` a tap makes one of a sensible size. */
  setPlacing(placing: 'drag' | 'twoTaps'): void {
    this.#gestures.setPlacing(placing);
  }

  /** Least time between datagrams in milliseconds: 0 by default, more on a weak link. */
  setSendGap(gapMs: number): void {
    this.#input.leastGapMs = gapMs;
  }

  /** A datagram from another participant, and the frame it was made on. False if it is not one of strokes. */
  receive(authorId: string, bytes: Uint8Array, anchor?: MarkAnchor): boolean {
    return this.#board.receive(authorId, bytes, anchor);
  }

  /** A complete mark from the document. Own and already seen ones are no harm. */
  show(mark: Mark): void {
    this.#board.show(mark);
  }

  /** Exactly these marks, for pictures whose marks stay. */
  setMarks(marks: readonly Mark[]): void {
    this.#board.setMarks(marks);
  }

  /** A mark was removed elsewhere. */
  hide(mark: Pick<Mark, 'authorId' | 'id'>): void {
    this.#board.hide(mark);
  }

  setSelected(id: string | undefined): void {
    this.#selected = id;
    this.#refresh();
  }

  setCursors(cursors: readonly Cursor[]): void {
    this.#cursors = cursors;
    this.#refresh();
  }

  /** Draws again: a name or a colour has changed. */
  repaint(): void {
    this.#refresh();
  }

  /** Takes back the own stroke in the making, or the last own one still shown. */
  undo(): UndoneMark | undefined {
    const { running } = this.#input;
    const { selfId } = this.#options;
    const mark = running ?? this.currentMarks().findLast((shown) => shown.mark.authorId === selfId)?.mark;
    if (!mark) return undefined;
    const anchor = this.#board.riding.anchorOf(mark);
    if (running) this.cancelStroke();
    else this.#take([mark]);
    return { mark, anchor, complete: !running };
  }

  /** Puts back what `undo` took, here and for everybody, on the frame it was made on. It is told as `finished`. */
  redo({ mark: taken, anchor }: UndoneMark): void {
    const { mark, datagrams } = repeatStroke(taken, this.#random32() >>> 0);
    if (anchor) this.#board.riding.anchor(mark, anchor);
    this.#board.show(mark);
    for (const datagram of datagrams) this.#emitter.emit('live', datagram, anchor);
    this.#emitter.emit('finished', mark, packMark(mark));
  }

  clearOwn(): void {
    this.cancelStroke();
    this.#take(
      this.currentMarks()
        .map(({ mark }) => mark)
        .filter((mark) => mark.authorId === this.#options.selfId),
    );
  }

  clearAll(): void {
    this.cancelStroke();
    this.#take(this.currentMarks().map(({ mark }) => mark));
  }

  cancelStroke(): void {
    this.#gestures.cancel();
  }

  /** What is on the canvas now, oldest first. */
  currentMarks(): ShownMark[] {
    return this.#board.shown(this.#motion?.matches ?? false);
  }

  /** Another frame is seen: what rides on the scene is drawn anew. */
  sceneMoved(): void {
    if (this.#board.riding.any) this.#refresh(true);
  }

  destroy(): void {
    this.#stops.abort();
    this.#stopListening();
    this.#resize.disconnect();
    this.#view?.cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#emitter.clear();
  }

  get #view(): (Window & typeof globalThis) | null {
    return this.#canvas.ownerDocument.defaultView;
  }

  get #box(): PictureBox {
    return { ...this.#geometry, boxWidth: this.#size.width, boxHeight: this.#size.height };
  }

  #nowMs(): number {
    return this.#options.nowMs?.() ?? performance.now();
  }

  #take(marks: Mark[]): void {
    if (marks.length === 0) return;
    for (const mark of marks) {
      this.#board.hide(mark);
      const datagram = mark.authorId === this.#options.selfId ? cancelDatagram(mark) : undefined;
      if (datagram) this.#emitter.emit('live', datagram, undefined);
    }
    this.#emitter.emit('removed', marks);
  }

  #pick(point: Point): void {
    const marks = this.currentMarks().map(({ mark }) => mark);
    this.#emitter.emit('picked', markAt(marks, toPlace(this.#box, point), this.#box, pickReach));
  }

  #measure(): void {
    this.#size = { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
    this.#refresh();
  }

  /** At once, unless there is a flood: then no more than once a frame, and never for most of the time. */
  #refreshInTime(): void {
    if (this.#refreshPlanned || !this.#view) return;
    const gapMs = this.#nowMs() - this.#drawnMs;
    if (gapMs >= Math.max(leastDrawGapMs, 3 * this.#drawTookMs)) return this.#refresh(true);
    this.#refreshPlanned = true;
    this.#view.requestAnimationFrame(() => {
      this.#refreshPlanned = false;
      this.#refresh();
    });
  }

  /** Something may look different: count at once, draw with the next frame, or at once where every frame counts. */
  #refresh(atOnce = false): void {
    if (this.#stops.signal.aborted) return;
    const marks = this.currentMarks();
    const live = marks.filter((shown) => shown.live).length;
    const key = marks.map((shown) => `${shown.mark.id}${shown.live ? '~' : ''}`).join();
    this.#canvas.dataset.marksShown = String(marks.length);
    this.#canvas.dataset.marksLive = String(live);
    if (key !== this.#shownKey) {
      this.#shownKey = key;
      this.#board.riding.keepOnly(marks.map(({ mark }) => mark).concat(this.#input.running ?? []));
      this.#emitter.emit('changed');
    }
    this.#planRefresh();
    const nowMs = this.#nowMs();
    // A flood of them is drawn with the frames, though.
    if (atOnce && nowMs - this.#drawnMs >= leastDrawGapMs) {
      this.#view?.cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#draw();
    } else if (this.#frame === 0 && this.#view) {
      this.#frame = this.#view.requestAnimationFrame(() => {
        this.#frame = 0;
        this.#draw();
      });
    }
  }

  /** Frames run only while something fades; before that one timer waits. It also counts in hidden pages. */
  #planRefresh(): void {
    clearTimeout(this.#timer);
    const nextMs = this.#board.nextChangeInMs(this.#motion?.matches ?? false);
    if (nextMs === null) return;
    this.#timer = setTimeout(() => this.#refresh(), Math.max(nextMs, 16));
  }

  /** Others' strokes carry names. Where marks stay, that would cover the picture: only the newest ones do. */
  #isNamed({ mark, live }: ShownMark): boolean {
    if (mark.authorId === this.#options.selfId) return false;
    return live || this.#options.lifetimeMs !== null || mark.id === this.#selected;
  }

  #draw(): void {
    const beganMs = this.#nowMs();
    this.#drawnMs = beganMs;
    const context = this.#canvas.getContext('2d');
    const { width, height } = this.#size;
    if (!context || width === 0 || height === 0) return;
    const density = this.#view?.devicePixelRatio ?? 1;
    const wide = Math.round(width * density);
    const high = Math.round(height * density);
    if (this.#canvas.width !== wide || this.#canvas.height !== high) {
      this.#canvas.width = wide;
      this.#canvas.height = high;
    }
    context.setTransform(wide / width, 0, 0, high / height, 0, 0);
    context.clearRect(0, 0, width, height);
    paint(context, {
      box: this.#box,
      authors: this.#options.authors,
      marks: this.currentMarks(),
      named: (shown) => this.#isNamed(shown),
      selected: this.#selected,
      cursors: this.#cursors,
      crosshair: this.#gestures.crosshair,
    });
    this.#drawnMs = this.#nowMs();
    this.#drawTookMs = this.#drawnMs - beganMs;
  }
}
