import type * as Y from 'yjs';
import { base64Url } from '#domain/ids.ts';
import type { Mark } from '#domain/annotation/marks.ts';
import { parseMark, packMark, type MarkBody } from '#domain/annotation/packing.ts';
import { packScreenshotRecord, parseScreenshotRecord } from './mark-records.ts';

type RandomBytes = (length: number) => Uint8Array;
interface Change {
  id: string;
  before: Uint8Array | undefined;
  after: Uint8Array | undefined;
}

/** More would make the picture unreadable, and the document slow: the oldest stay. */
const maxMarksPerScreenshot = 2000;

/**
 * The marks of one screenshot: a map from the mark's id to its packed record. Each mark is one entry, so that marks
 * made at the same time never touch each other. Undo keeps its own list instead of Yjs's manager, which would keep
 * every deleted mark in the document.
 */
export class ScreenshotDocument {
  readonly #map: Y.Map<unknown>;
  readonly #selfId: string;
  readonly #randomBytes: RandomBytes;
  readonly #parsed = new WeakMap<Uint8Array, { mark: Mark; order: number }>();
  #undo: Change[][] = [];
  #redo: Change[][] = [];
  #marks: Mark[] | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(doc: Y.Doc, selfId: string, randomBytes: RandomBytes = browserRandom) {
    this.#map = doc.getMap('marks');
    this.#selfId = selfId;
    this.#randomBytes = randomBytes;
    this.#map.observe(this.#onMapChange);
  }

  destroy(): void {
    this.#map.unobserve(this.#onMapChange);
    this.#listeners.clear();
  }

  /** In the order in which they were made, the same on every replica. What cannot be read is left out. */
  marks(): readonly Mark[] {
    this.#marks ??= [...this.#map]
      .flatMap(([id, value]) => this.#parse(id, value) ?? [])
      .sort((a, b) => a.order - b.order || (a.mark.id < b.mark.id ? -1 : 1))
      .slice(0, maxMarksPerScreenshot)
      .map(({ mark }) => mark);
    return this.#marks;
  }

  /** Adds an own mark under a fresh id. */
  add(body: MarkBody): Mark {
    const id = base64Url(this.#randomBytes(6));
    return this.put({ ...body, id, authorId: this.#selfId });
  }

  /** Adds an own mark, or changes it in its place. Gives the mark as kept, on the grid. Others' are left alone. */
  put(mark: Mark): Mark {
    const before = this.#parse(mark.id, this.#map.get(mark.id));
    if (mark.authorId !== this.#selfId || (before && before.mark.authorId !== this.#selfId)) return mark;
    const order = before?.order ?? this.#nextOrder();
    this.#commit([{ id: mark.id, before: this.#bytes(mark.id), after: packScreenshotRecord(mark, order) }]);
    return { ...mark, ...parseMark(packMark(mark)) };
  }

  /** Removes an own mark. False for others' and unknown ones. */
  remove(id: string): boolean {
    const found = this.#parse(id, this.#map.get(id));
    if (found?.mark.authorId !== this.#selfId) return false;
    this.#removeAll([id]);
    return true;
  }

  clearOwn(): void {
    const own = this.marks().filter((mark) => mark.authorId === this.#selfId);
    this.#removeAll(own.map((mark) => mark.id));
  }

  /** Everybody's. Whether a person may is the caller's to ask, and the relay's to hold. */
  clearAll(): void {
    this.#removeAll(this.marks().map((mark) => mark.id));
  }

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Takes the last own step back, as far as nobody changed the same mark since. */
  undo(): boolean {
    return this.#step(this.#undo, this.#redo, ({ id, before, after }) => ({
      id,
      before: after,
      after: before,
    }));
  }

  redo(): boolean {
    return this.#step(this.#redo, this.#undo, (change) => change);
  }

  /** Called after every change, own or not. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly #onMapChange = (): void => {
    this.#marks = undefined;
    for (const listener of [...this.#listeners]) listener();
  };

  #removeAll(ids: string[]): void {
    this.#commit(ids.map((id) => ({ id, before: this.#bytes(id), after: undefined })));
  }

  #commit(changes: Change[]): void {
    if (changes.length === 0) return;
    this.#undo.push(changes);
    this.#redo = [];
    this.#apply(changes);
  }

  #step(from: Change[][], to: Change[][], turn: (change: Change) => Change): boolean {
    const changes = from.pop();
    if (!changes) return false;
    to.push(changes);
    this.#apply(changes.map(turn).filter(({ id, before }) => sameBytes(this.#bytes(id), before)));
    return true;
  }

  #apply(changes: Change[]): void {
    this.#map.doc?.transact(() => {
      for (const { id, after } of changes) {
        if (after) this.#map.set(id, after);
        else this.#map.delete(id);
      }
    }, this);
  }

  #bytes(id: string): Uint8Array | undefined {
    const value = this.#map.get(id);
    return value instanceof Uint8Array ? value : undefined;
  }

  #nextOrder(): number {
    let highest = -1;
    for (const [id, value] of this.#map) highest = Math.max(highest, this.#parse(id, value)?.order ?? -1);
    return highest + 1;
  }

  #parse(id: string, value: unknown): { mark: Mark; order: number } | undefined {
    if (!(value instanceof Uint8Array)) return undefined;
    const known = this.#parsed.get(value);
    if (known?.mark.id === id) return known;
    const parsed = parseScreenshotRecord(id, value);
    if (parsed) this.#parsed.set(value, parsed);
    return parsed;
  }
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (!a || !b) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const browserRandom: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));
