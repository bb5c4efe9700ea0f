import type { Mark } from '#domain/annotation/marks.ts';
import type { MarksLayer } from './marks-layer.ts';

/** The links of a call, as far as strokes need them: a `CallTransport` is one. */
export interface LiveLinks {
  sendLive(bytes: Uint8Array): void;
  on(event: 'live', listener: (participantId: string, bytes: Uint8Array) => void): () => void;
}

/** Where a call's finished strokes are kept: a `CallDocument` is one. */
export interface StrokeKeeper {
  add(mark: Mark, atMs: number): void;
  remove(mark: Mark): void;
  onAdded(listener: (stroke: { mark: Mark; atMs: number }) => void): () => void;
  onRemoved(listener: (stroke: { mark: Mark; atMs: number }) => void): () => void;
}

export interface CallMarks {
  layer: MarksLayer;
  links: LiveLinks;
  strokes: StrokeKeeper;
  nowMs: () => number;
  /** Strokes made longer ago than this are not shown when they arrive late, in milliseconds. */
  newestMs?: number;
}

/** A stroke drawn while the links were down is still worth showing when they are back; last hour's is not. */
const defaultNewestMs = 90_000;

/**
 * Joins a marks layer to its call: live strokes go out and come in as datagrams, each finished stroke is kept once,
 * and what others kept is shown even if every datagram of it was lost. Returns the way to end it.
 */
export function connectCallMarks({ layer, links, strokes, nowMs, newestMs }: CallMarks): () => void {
  const newest = newestMs ?? defaultNewestMs;
  const stops = [
    layer.on('live', (bytes) => links.sendLive(bytes)),
    layer.on('finished', (mark) => strokes.add(mark, nowMs())),
    layer.on('removed', (marks) => marks.forEach((mark) => strokes.remove(mark))),
    links.on('live', (participantId, bytes) => void layer.receive(participantId, bytes)),
    strokes.onAdded(({ mark, atMs }) => {
      // The document fills with the call's earlier strokes when it is opened. Clocks may differ by a minute.
      if (Math.abs(nowMs() - atMs) <= newest) layer.show(mark);
    }),
    strokes.onRemoved(({ mark }) => layer.hide(mark)),
  ];
  return () => stops.forEach((stop) => stop());
}
