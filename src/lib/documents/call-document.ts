import * as Y from 'yjs';
import type { Mark } from '#domain/annotation/marks.ts';
import { parsePictureId, type PictureId } from '#domain/picture/picture-id.ts';
import { packCallRecord, parseCallRecord } from './mark-records.ts';
import { packPathRecord, parsePathRecord, type KeptPath } from './path-records.ts';

/** A finished stroke and when its pen was lifted, by its author's clock. */
export interface KeptStroke {
  mark: Mark;
  atMs: number;
  /** What it was drawn on. */
  picture: PictureId;
}

const prefix = 'strokes:';
const pathsPrefix = 'paths:';
/** A call holds four people and a few who came and went; each may draw on every picture. */
const maxLists = 64;

/**
 * The finished drawings of one call: for each author and picture one list of packed records,
 * `strokes:<author>:<picture>`, written at pen-up. A list is written by one hand alone, so that Yjs keeps it as one
 * piece: a 60-point stroke costs about 175 bytes. The ways of highlights lie beside them, in
 * `paths:<who looked>:<picture>`. Lists of pictures from a source that this version does not know stay, unread.
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
    for (const key of this.#keys()) this.#watch(key);
    doc.on('beforeObserverCalls', this.#onTransaction);
  }

  /** All of them, oldest first. What cannot be read is left out. */
  strokes(): KeptStroke[] {
    return this.#keys()
      .flatMap((key) =>
        this.#list(key)
          .toArray()
          .map((entry) => parseEntry(key, entry)),
      )
      .flatMap((stroke) => stroke ?? [])
      .sort((a, b) => a.atMs - b.atMs || (a.mark.id < b.mark.id ? -1 : 1));
  }

  /** Keeps an own finished stroke. Others keep their own. */
  add(mark: Mark, atMs: number, picture: PictureId): void {
    if (mark.authorId !== this.#selfId) return;
    // In an array of its own, the record joins its neighbours in one piece; a bare Uint8Array would not.
    this.#list(keyOf(this.#selfId, picture)).push([[packCallRecord(mark, atMs)]]);
  }

  /** Takes a stroke away, with what is left of it being a few bytes. */
  remove(mark: Pick<Mark, 'authorId' | 'id'>): void {
    for (const key of this.#keys()) {
      if (partsOf(key)?.authorId !== mark.authorId) continue;
      const list = this.#list(key);
      const at = list.toArray().findLastIndex((entry) => parseEntry(key, entry)?.mark.id === mark.id);
      if (at >= 0) return list.delete(at);
    }
  }

  /** Keeps a part of a highlight's way on a picture that this side looks at. @param path as `packPath` makes it */
  addPath(
    part: Pick<KeptPath, 'highlightId' | 'label' | 'authorId' | 'beganAtMs' | 'picture'>,
    path: Uint8Array,
  ): void {
    this.#list(`${pathsPrefix}${this.#selfId}:${part.picture}`).push([[packPathRecord(part, path)]]);
  }

  /** All of them, oldest first. What cannot be read is left out. */
  paths(): KeptPath[] {
    return [...this.#doc.share.keys()]
      .flatMap((key) => {
        const parts = partsOf(key, pathsPrefix);
        return parts ? [{ key, picture: parts.picture }] : [];
      })
      .slice(0, maxLists)
      .flatMap(({ key, picture }) =>
        this.#list(key)
          .toArray()
          .map((entry) => (Array.isArray(entry) ? parsePathRecord(picture, entry[0]) : undefined)),
      )
      .flatMap((path) => path ?? [])
      .sort((a, b) => a.beganAtMs - b.beganAtMs || (a.highlightId < b.highlightId ? -1 : 1));
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
    for (const [key, observer] of this.#watched) this.#list(key).unobserve(observer);
    this.#watched.clear();
  }

  /** Finds the lists that appear with this transaction, before its changes are announced. */
  readonly #onTransaction = (): void => {
    for (const key of this.#keys()) {
      if (this.#watched.has(key)) continue;
      // A list that came from outside has no type before it is asked for, and its first change no observer.
      const typed = this.#doc.share.get(key) instanceof Y.Array;
      this.#watch(key);
      if (typed) continue;
      for (const entry of this.#list(key).toArray()) announceEntry(key, entry, this.#added);
    }
  };

  #keys(): string[] {
    return [...this.#doc.share.keys()].filter((key) => partsOf(key) !== undefined).slice(0, maxLists);
  }

  #list(key: string): Y.Array<unknown> {
    return this.#doc.getArray(key);
  }

  #watch(key: string): void {
    if (this.#watched.has(key)) return;
    const observer = (event: Y.YArrayEvent<unknown>): void => {
      announce(key, event.changes.added, this.#added);
      announce(key, event.changes.deleted, this.#removed);
    };
    this.#watched.set(key, observer);
    this.#list(key).observe(observer);
  }
}

const keyOf = (authorId: string, picture: PictureId): string => `${prefix}${authorId}:${picture}`;

/** undefined for other keys, and for a picture from a source that this version does not know. */
function partsOf(key: string, start = prefix): { authorId: string; picture: PictureId } | undefined {
  if (!key.startsWith(start)) return undefined;
  const [authorId, picture = '', ...rest] = key.slice(start.length).split(':');
  if (!authorId || rest.length > 0 || !parsePictureId(picture)) return undefined;
  return { authorId, picture: picture as PictureId };
}

function announce(key: string, items: Set<Y.Item>, listeners: Set<(stroke: KeptStroke) => void>): void {
  for (const item of items) {
    for (const entry of item.content.getContent() as unknown[]) announceEntry(key, entry, listeners);
  }
}

function announceEntry(key: string, entry: unknown, listeners: Set<(stroke: KeptStroke) => void>): void {
  const stroke = parseEntry(key, entry);
  if (stroke) for (const listener of [...listeners]) listener(stroke);
}

function parseEntry(key: string, entry: unknown): KeptStroke | undefined {
  const parts = partsOf(key);
  if (!parts || !Array.isArray(entry) || entry.length !== 1) return undefined;
  const record = parseCallRecord(parts.authorId, entry[0]);
  return record ? { ...record, picture: parts.picture } : undefined;
}
