import { isGone, nextChangeInMs, opacityAt } from '#domain/annotation/fade.ts';
import {
  beginLiveStroke,
  joinDatagram,
  parseStrokeDatagram,
  strokeMarkId,
  strokePoints,
  type LiveStroke,
  type StrokeDatagram,
} from '#domain/annotation/live.ts';
import type { Mark } from '#domain/annotation/marks.ts';
import type { SceneMotion } from '#domain/tracking/scene-pose.ts';
import { findTool } from './tool-registry.ts';

/** A mark as it is to be seen now. */
export interface ShownMark {
  mark: Mark;
  /** Still being drawn. */
  live: boolean;
  /** 0 to 1. */
  opacity: number;
  /** How the scene went since the mark was made, where that is known. */
  motion?: SceneMotion | undefined;
}

/** New points a second that one remote author may bring; more than that, the oldest are dropped. */
export const maxRemotePointsPerSecond = 120;
const queuedPoints = 240;
const maxMarksPerAuthor = 200;
const maxLivePerAuthor = 12;
/** A live stroke of which nothing was heard for so long is taken as finished. */
export const staleMs = 3000;
const tombstones = 400;

interface Kept {
  mark: Mark;
  /** When the pen was lifted, on this side's clock; null while it is drawn. */
  endedAtMs: number | null;
  heardAtMs: number;
  /** The remote stroke as its datagrams tell it; null for own marks and for complete ones. */
  stroke: LiveStroke | null;
}

interface Allowance {
  tokens: number;
  atMs: number;
  queue: { datagram: StrokeDatagram; cost: number }[];
}

/** Which marks are there, without any drawing. Times are `nowMs` of one monotonic clock, given by the caller. */
export class MarksModel {
  #lifetimeMs: number | null;
  readonly #kept = new Map<string, Kept>();
  readonly #allowances = new Map<string, Allowance>();
  /** Strokes that are complete or taken back: late datagrams of them are ignored. */
  readonly #over = new Set<string>();

  /** `lifetimeMs` null: marks stay. */
  constructor(lifetimeMs: number | null) {
    this.#lifetimeMs = lifetimeMs;
  }

  set lifetimeMs(value: number | null) {
    this.#lifetimeMs = value;
  }

  /** Takes a remote datagram. False if it is none, or none of strokes. */
  receive(authorId: string, bytes: Uint8Array, nowMs: number): boolean {
    const datagram = parseStrokeDatagram(bytes);
    if (!datagram) return false;
    const allowance = this.#allowances.get(authorId) ?? {
      tokens: maxRemotePointsPerSecond,
      atMs: nowMs,
      queue: [],
    };
    this.#allowances.set(authorId, allowance);
    allowance.queue.push({ datagram, cost: this.#newPoints(authorId, datagram) });
    let queued = allowance.queue.reduce((sum, entry) => sum + entry.cost, 0);
    while (queued > queuedPoints && allowance.queue.length > 1) queued -= allowance.queue.shift()?.cost ?? 0;
    this.#drain(authorId, allowance, nowMs);
    return true;
  }

  /** Own stroke while it is drawn. */
  setLive(mark: Mark, nowMs: number): void {
    this.#kept.set(keyOf(mark.authorId, mark.id), { mark, endedAtMs: null, heardAtMs: nowMs, stroke: null });
  }

  /** A complete mark, own or from the document. One seen live before keeps its time. */
  add(mark: Mark, nowMs: number, endedAtMs: number = nowMs): void {
    const key = keyOf(mark.authorId, mark.id);
    const before = this.#kept.get(key);
    // Seen live and faded already, before the document came.
    if (!before && this.#over.has(key)) return;
    this.#kept.set(key, { mark, endedAtMs: before?.endedAtMs ?? endedAtMs, heardAtMs: nowMs, stroke: null });
    this.#finish(key);
    this.#limit(mark.authorId);
  }

  /** Exactly these complete marks, in this order; strokes being drawn stay. */
  setAll(marks: readonly Mark[], nowMs: number): void {
    const live = [...this.#kept].filter(([, kept]) => kept.endedAtMs === null);
    this.#kept.clear();
    for (const mark of marks) {
      const key = keyOf(mark.authorId, mark.id);
      this.#kept.set(key, { mark, endedAtMs: nowMs, heardAtMs: nowMs, stroke: null });
      this.#finish(key);
    }
    for (const [key, kept] of live) if (!this.#kept.has(key)) this.#kept.set(key, kept);
  }

  remove(authorId: string, id: string): boolean {
    const key = keyOf(authorId, id);
    this.#finish(key);
    return this.#kept.delete(key);
  }

  /** What is seen now, oldest first. Forgets what is gone. */
  shown(nowMs: number, reducedMotion = false): ShownMark[] {
    this.#settle(nowMs);
    return [...this.#kept.values()].map(({ mark, endedAtMs }) => ({
      mark,
      live: endedAtMs === null,
      opacity: endedAtMs === null ? 1 : opacityAt(nowMs - endedAtMs, this.#lifetimeMs, reducedMotion),
    }));
  }

  /** How long until something looks different by itself, in milliseconds; null: never. */
  nextChangeInMs(nowMs: number, reducedMotion = false): number | null {
    let next: number | null = null;
    const sooner = (ms: number | null): void => {
      if (ms !== null && (next === null || ms < next)) next = Math.max(0, ms);
    };
    for (const kept of this.#kept.values()) {
      if (kept.endedAtMs !== null)
        sooner(nextChangeInMs(nowMs - kept.endedAtMs, this.#lifetimeMs, reducedMotion));
      if (kept.stroke && (kept.endedAtMs === null || this.#lifetimeMs === null))
        sooner(kept.heardAtMs + staleMs - nowMs);
    }
    for (const allowance of this.#allowances.values()) if (allowance.queue.length > 0) sooner(50);
    return next;
  }

  #settle(nowMs: number): void {
    for (const [authorId, allowance] of this.#allowances) this.#drain(authorId, allowance, nowMs);
    for (const [key, kept] of this.#kept) {
      if (kept.stroke && nowMs - kept.heardAtMs >= staleMs) {
        // Where marks stay, the document brings what is complete; what it did not bring, nobody finished.
        if (this.#lifetimeMs === null) this.#kept.delete(key);
        else kept.endedAtMs ??= kept.heardAtMs;
      }
      if (kept.endedAtMs !== null && isGone(nowMs - kept.endedAtMs, this.#lifetimeMs)) {
        this.#finish(key);
        this.#kept.delete(key);
      }
    }
  }

  #drain(authorId: string, allowance: Allowance, nowMs: number): void {
    const earned = ((nowMs - allowance.atMs) / 1000) * maxRemotePointsPerSecond;
    allowance.tokens = Math.min(maxRemotePointsPerSecond, allowance.tokens + Math.max(0, earned));
    allowance.atMs = nowMs;
    for (;;) {
      const [first] = allowance.queue;
      if (!first || (first.cost > allowance.tokens && allowance.tokens < maxRemotePointsPerSecond)) return;
      allowance.queue.shift();
      allowance.tokens -= first.cost;
      this.#apply(authorId, first.datagram, nowMs);
    }
  }

  #apply(authorId: string, datagram: StrokeDatagram, nowMs: number): void {
    const id = strokeMarkId(datagram.strokeId);
    const key = keyOf(authorId, id);
    if (datagram.cancel) {
      this.#finish(key);
      this.#kept.delete(key);
      return;
    }
    if (this.#over.has(key)) return;
    const before = this.#kept.get(key);
    const stroke = before?.stroke ? joinDatagram(before.stroke, datagram) : beginLiveStroke(datagram);
    const points = strokePoints(stroke);
    if (points.length === 0) return;
    const drawn: Mark = { id, tool: stroke.tool, authorId, width: stroke.width, points };
    // A tool that this version lacks, or points it cannot use, are not drawn; the kept mark is listed later.
    if (!findTool(stroke.tool)?.parse(drawn)) return;
    const endedAtMs = stroke.endedAt === null ? null : (before?.endedAtMs ?? nowMs);
    this.#kept.set(key, { mark: drawn, endedAtMs, heardAtMs: nowMs, stroke });
    if (!before) this.#limit(authorId);
  }

  /** Of the datagram's points, those that are news. At least one: empty datagrams are no way around the limit. */
  #newPoints(authorId: string, datagram: StrokeDatagram): number {
    const known =
      this.#kept.get(keyOf(authorId, strokeMarkId(datagram.strokeId)))?.stroke?.points.length ?? 0;
    if (datagram.form === 'whole') return 1;
    return Math.max(1, datagram.at + datagram.points.length - Math.max(known, datagram.at));
  }

  #finish(key: string): void {
    this.#over.add(key);
    if (this.#over.size > tombstones) {
      const [oldest] = this.#over;
      if (oldest !== undefined) this.#over.delete(oldest);
    }
  }

  #limit(authorId: string): void {
    // Where marks stay, the document's own cap holds.
    if (this.#lifetimeMs === null) return;
    const own = [...this.#kept].filter(([, kept]) => kept.mark.authorId === authorId);
    const live = own.filter(([, kept]) => kept.endedAtMs === null);
    for (const [key] of live.slice(0, Math.max(0, live.length - maxLivePerAuthor))) this.#kept.delete(key);
    for (const [key] of own.slice(0, Math.max(0, own.length - maxMarksPerAuthor))) this.#kept.delete(key);
  }
}

const keyOf = (authorId: string, id: string): string => `${authorId} ${id}`;
