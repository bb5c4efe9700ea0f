import { Emitters } from '#domain/emitter.ts';
import type { Mark, Point, StrokeWidth } from '#domain/annotation/marks.ts';
import { clampToPicture } from '#domain/annotation/coordinates.ts';
import type { MarkBody } from '#domain/annotation/packing.ts';
import type { Author } from './authors.ts';
import { EditorPresence, type SharedPresence } from './editor-presence.ts';
import type { TextRequest } from './mark-gestures.ts';
import { MarksLayer } from './marks-layer.ts';
import { findTool } from './tool-registry.ts';

/** The marks of a screenshot as the editor needs them: a `ScreenshotDocument` is one. */
export interface EditedMarks {
  marks(): readonly Mark[];
  add(body: MarkBody): Mark;
  put(mark: Mark): Mark;
  remove(id: string): boolean;
  clearOwn(): void;
  clearAll(): void;
  undo(): boolean;
  redo(): boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  onChange(listener: () => void): () => void;
}

export interface EditorOptions {
  /** Lies exactly over the picture. */
  canvas: HTMLCanvasElement;
  document: EditedMarks;
  awareness: SharedPresence;
  selfId: string;
  authors: (authorId: string) => Author;
}

/** A mark in the editor's list. */
export interface ListedMark {
  mark: Mark;
  /** False: made with a newer version, kept but not drawn. */
  known: boolean;
  own: boolean;
}

export interface EditorState {
  /** In drawing order. */
  marks: readonly ListedMark[];
  /** Null: selecting. */
  tool: string | null;
  width: StrokeWidth;
  selected: string | undefined;
  canUndo: boolean;
  canRedo: boolean;
  /** Others who have this picture open, by participant. */
  present: readonly string[];
}

export type EditorEvents = { changed: []; textWanted: [request: TextRequest] };

/** Least time between datagrams of a stroke. */
const liveGapMs = 30;

/** A screenshot being edited by several people at once. Every mark is saved as it is made. Knows no framework. */
export class ScreenshotEditor {
  readonly #options: EditorOptions;
  readonly #layer: MarksLayer;
  readonly #presence: EditorPresence;
  readonly #emitter = new Emitters<EditorEvents>();
  readonly #stops: (() => void)[];
  #tool: string | null = null;
  #width: StrokeWidth = 'medium';
  #selected: string | undefined;
  #state: EditorState;

  constructor(options: EditorOptions) {
    this.#options = options;
    const { canvas, document, selfId, authors } = options;
    this.#layer = new MarksLayer({ canvas, selfId, authors, lifetimeMs: null, selectable: true });
    // Presence tells of several datagrams at a time: more of them would only be longer.
    this.#layer.setSendGap(liveGapMs);
    this.#presence = new EditorPresence(options.awareness, selfId);
    this.#state = this.#judge();
    this.#stops = [
      this.#layer.on('finished', (mark) => void document.put(mark)),
      this.#layer.on('removed', (marks) => marks.forEach((mark) => document.remove(mark.id))),
      this.#layer.on('live', (bytes) => this.#presence.tellStroke(bytes)),
      this.#layer.on('pointer', (point) => this.#presence.tellCursor(point)),
      this.#layer.on('textWanted', (request) => this.#emitter.emit('textWanted', request)),
      this.#layer.on('picked', (mark) => this.select(mark?.id)),
      this.#presence.onStroke((authorId, bytes) => void this.#layer.receive(authorId, bytes)),
      this.#presence.onChange(() => {
        this.#layer.setCursors(this.#presence.cursors());
        this.#changed();
      }),
      document.onChange(() => this.#showMarks()),
    ];
    this.#showMarks();
  }

  on<E extends keyof EditorEvents>(event: E, listener: (...values: EditorEvents[E]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** A new object after every change. */
  get state(): EditorState {
    return this.#state;
  }

  /** Once the picture is loaded: its own size, and how it lies in the element. */
  setImageSize(width: number, height: number, fit: 'contain' | 'cover' = 'contain'): void {
    this.#layer.setGeometry({ pictureWidth: width, pictureHeight: height, fit, mirrored: false });
  }

  /** A tool's key, or null to select. */
  setTool(key: string | null): void {
    this.#tool = key;
    this.#layer.setTool(key);
    if (key !== null) this.select(undefined);
    this.#changed();
  }

  setWidth(width: StrokeWidth): void {
    this.#width = width;
    this.#layer.setWidth(width);
    const selected = this.#ownSelected();
    if (selected) this.#options.document.put({ ...selected, width });
    this.#changed();
  }

  setPlacing(placing: 'drag' | 'twoTaps'): void {
    this.#layer.setPlacing(placing);
  }

  select(id: string | undefined): void {
    this.#selected = this.#options.document.marks().some((mark) => mark.id === id) ? id : undefined;
    this.#layer.setSelected(this.#selected);
    this.#changed();
  }

  /** Removes the selected mark if it is an own one. */
  removeSelected(): boolean {
    const removed = this.#selected !== undefined && this.#options.document.remove(this.#selected);
    if (removed) this.select(undefined);
    return removed;
  }

  /** Moves the selected own mark by a share of the picture, as far as all of it stays inside. */
  moveSelected(right: number, down: number): boolean {
    const mark = this.#ownSelected();
    if (!mark) return false;
    const moved = mark.points.map((point): Point => ({ x: point.x + right, y: point.y + down }));
    if (!moved.every((point) => samePlace(point, clampToPicture(point)))) return false;
    this.#options.document.put({ ...mark, points: moved });
    return true;
  }

  undo(): void {
    if (this.#layer.currentMarks().some(({ live, mark }) => live && mark.authorId === this.#options.selfId)) {
      this.#layer.cancelStroke();
    } else this.#options.document.undo();
    this.#changed();
  }

  redo(): void {
    this.#options.document.redo();
    this.#changed();
  }

  clearOwn(): void {
    this.#layer.cancelStroke();
    this.#options.document.clearOwn();
  }

  clearAll(): void {
    this.#layer.cancelStroke();
    this.#options.document.clearAll();
  }

  /** A name or a colour has changed. */
  repaint(): void {
    this.#layer.repaint();
  }

  destroy(): void {
    this.#stops.forEach((stop) => stop());
    this.#layer.destroy();
    this.#presence.destroy();
    this.#emitter.clear();
  }

  #ownSelected(): Mark | undefined {
    const { document, selfId } = this.#options;
    return document.marks().find((mark) => mark.id === this.#selected && mark.authorId === selfId);
  }

  #showMarks(): void {
    const marks = this.#options.document.marks();
    this.#layer.setMarks(marks);
    if (!marks.some((mark) => mark.id === this.#selected)) {
      this.#selected = undefined;
      this.#layer.setSelected(undefined);
    }
    this.#changed();
  }

  #changed(): void {
    this.#state = this.#judge();
    this.#emitter.emit('changed');
  }

  #judge(): EditorState {
    const { document, selfId } = this.#options;
    return {
      marks: document.marks().map((mark) => ({
        mark,
        known: findTool(mark.tool) !== undefined,
        own: mark.authorId === selfId,
      })),
      tool: this.#tool,
      width: this.#width,
      selected: this.#selected,
      canUndo: document.canUndo,
      canRedo: document.canRedo,
      present: this.#presence.present(),
    };
  }
}

const samePlace = (a: Point, b: Point): boolean => a.x === b.x && a.y === b.y;
