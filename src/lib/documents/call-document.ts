import * as Y from 'yjs';
import type { Mark } from '#domain/annotation/marks.ts';
import { packCallRecord, parseCallRecord } from './mark-records.ts';

/** A finished stroke and when its pen was lifted, by its author's clock. */
export interface KeptStroke {
  mark: Mark;
  atMs: number;
}

const prefix = 'strokes:';
/** A call holds four people and a few who came and went. */
const maxAuthors = 32;

/**
 * The finished drawings of one call: for each author one list of packed records, `strokes:<participant>`, written at
 * pen-up. A list of one author's own is written by one hand, so that Yjs keeps it as one piece: a 60-point stroke
 * costs about 175 bytes.
 */
export class CallDocument {
  readonly #doc: Y.Doc;
  readonly #selfId: string;
  readonly #added = new Set<(stroke: KeptStroke) => void>();
  readonly #removed = new Set<(stroke: KeptStroke) => void>();
  readonly #watched = new Map<string, (event: Y.YArrayEvent<unknown>) => void>();

  constructor(doc: Y.Doc, selfId: string) {
    this.#doc = doc;
    this.#selfId = selfId;
    for (const authorId of this.#authors()) this.#watch(authorId);
    doc.on('beforeObserverCalls', this.#onTransaction);
  }

  /** All of them, oldest first. What cannot be read is left out. */
  strokes(): KeptStroke[] {
    return this.#authors()
      .flatMap((authorId) =>
        this.#list(authorId)
          .toArray()
          .map((entry) => parseEntry(authorId, entry)),
      )
      .flatMap((stroke) => stroke ?? [])
      .sort((a, b) => a.atMs - b.atMs || (a.mark.id < b.mark.id ? -1 : 1));
  }

  /** Keeps an own finished stroke. Others keep their own. */
  add(mark: Mark, atMs: number): void {
    if (mark.authorId !== this.#selfId) return;
    // In an array of its own, the record joins its neighbours in one piece; a bare Uint8Array would not.
    this.#list(this.#selfId).push([[packCallRecord(mark, atMs)]]);
  }

  /** Takes a stroke away, with what is left of it being a few bytes. */
  remove(mark: Pick<Mark, 'authorId' | 'id'>): void {
    if (!this.#authors().includes(mark.authorId)) return;
    const list = this.#list(mark.authorId);
    const at = list.toArray().findLastIndex((entry) => parseEntry(mark.authorId, entry)?.mark.id === mark.id);
    if (at >= 0) list.delete(at);
  }

  /** Called for each stroke that comes in from now on, own ones included. */
  onAdded(listener: (stroke: KeptStroke) => void): () => void {
    this.#added.add(listener);
    return () => this.#added.delete(listener);
  }

  onRemoved(listener: (stroke: KeptStroke) => void): () => void {
    this.#removed.add(listener);
    return () => this.#removed.delete(listener);
  }

  destroy(): void {
    this.#doc.off('beforeObserverCalls', this.#onTransaction);
    for (const [authorId, observer] of this.#watched) this.#list(authorId).unobserve(observer);
    this.#watched.clear();
  }

  /** Watches the lists of authors that appear, before their first entries are announced. */
  readonly #onTransaction = (): void => {
    for (const authorId of this.#authors()) this.#watch(authorId);
  };

  #authors(): string[] {
    return [...this.#doc.share.keys()]
      .filter((key) => key.startsWith(prefix) && key.length > prefix.length)
      .slice(0, maxAuthors)
      .map((key) => key.slice(prefix.length));
  }

  #list(authorId: string): Y.Array<unknown> {
    return this.#doc.getArray(prefix + authorId);
  }

  #watch(authorId: string): void {
    if (this.#watched.has(authorId)) return;
    const observer = (event: Y.YArrayEvent<unknown>): void => {
      announce(authorId, event.changes.added, this.#added);
      announce(authorId, event.changes.deleted, this.#removed);
    };
    this.#watched.set(authorId, observer);
    this.#list(authorId).observe(observer);
  }
}

function announce(authorId: string, items: Set<Y.Item>, listeners: Set<(stroke: KeptStroke) => void>): void {
  for (const item of items) {
    for (const entry of item.content.getContent() as unknown[]) {
      const stroke = parseEntry(authorId, entry);
      if (stroke) for (const listener of [...listeners]) listener(stroke);
    }
  }
}

function parseEntry(authorId: string, entry: unknown): KeptStroke | undefined {
  return Array.isArray(entry) && entry.length === 1 ? parseCallRecord(authorId, entry[0]) : undefined;
}
