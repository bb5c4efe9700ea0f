import { isInPicture } from '#domain/annotation/coordinates.ts';
import { StrokeSender, strokeMarkId } from '#domain/annotation/live.ts';
import { fullLiveBudget, liveGapMs, spendLive } from '#domain/annotation/live-gap.ts';
import type { Mark, Point, StrokeWidth } from '#domain/annotation/marks.ts';
import { cutText } from '#domain/annotation/packing.ts';
import type { Draft, MarkTool } from './tools/mark-tool.ts';

/** Nobody's hand needs more points than this; the other side takes 120 a second. */
const leastPointGapMs = 10;
/** While the pen rests, a sign of life: the other side takes silence as the end. */
const signOfLifeMs = 700;

export interface StrokeInputEvents {
  /** A stroke begins: its first point is known, nothing of it was sent yet. */
  began: (mark: Mark) => void;
  /** Datagrams for the others, in order. */
  live: (datagrams: Uint8Array[], mark: Mark) => void;
  /** The own stroke as it stands. */
  drawn: (mark: Mark) => void;
  finished: (mark: Mark) => void;
  cancelled: (mark: Mark) => void;
}

interface Running {
  tool: MarkTool;
  mark: Mark;
  draft: Draft;
  sender: StrokeSender;
  /** The draft that the others know. */
  sent: Draft | undefined;
  pointAtMs: number;
  /** A point that came too soon after the one before; the last one counts as soon as it is time, or at the end. */
  late: Point | undefined;
}

/** One person's drawing: from pointer positions to marks and datagrams. Knows no screen; times are given. */
export class StrokeInput {
  readonly #selfId: string;
  readonly #random32: () => number;
  readonly #events: StrokeInputEvents;
  #running: Running | undefined;
  #sentAtMs = -Infinity;
  #budget = fullLiveBudget(0);
  /** Least time between two datagrams of a stroke, in milliseconds: more than 0 where the link bears little. */
  leastGapMs = 0;

  constructor(selfId: string, random32: () => number, events: StrokeInputEvents) {
    this.#selfId = selfId;
    this.#random32 = random32;
    this.#events = events;
  }

  get running(): Mark | undefined {
    return this.#running?.mark;
  }

  begin(tool: MarkTool, width: StrokeWidth, at: Point, nowMs: number): boolean {
    if (this.#running || !isInPicture(at)) return false;
    const strokeId = this.#random32() >>> 0;
    const draft = tool.begin(at);
    const mark: Mark = {
      id: strokeMarkId(strokeId),
      tool: tool.key,
      authorId: this.#selfId,
      width,
      points: draft.points,
    };
    const form = tool.options.live === 'whole' ? 'whole' : 'append';
    const sender = new StrokeSender({ strokeId, tool: tool.key, width, form });
    this.#running = { tool, mark, draft, sender, sent: undefined, pointAtMs: nowMs, late: undefined };
    this.#events.began(mark);
    this.#drawn(this.#running);
    this.flush(nowMs);
    return true;
  }

  /** Another place of the pen. It is sent by the next `flush`, so that several at a time go together. */
  move(at: Point, nowMs: number): void {
    const running = this.#running;
    if (!running) return;
    if (running.tool.options.live === 'append' && nowMs - running.pointAtMs < leastPointGapMs) {
      running.late = at;
      return;
    }
    this.#advance(running, at, nowMs);
  }

  /** How long until `flush` has something to do, in milliseconds; null while nothing is drawn. */
  dueInMs(nowMs: number): number | null {
    const running = this.#running;
    if (!running || running.tool.options.live === 'none') return null;
    const waitMs = running.draft === running.sent ? signOfLifeMs : this.#gapMs(nowMs);
    const sendAtMs = this.#sentAtMs + waitMs;
    const pointAtMs = running.late ? running.pointAtMs + leastPointGapMs : Infinity;
    return Math.max(0, Math.min(sendAtMs, pointAtMs) - nowMs);
  }

  /** Takes the point that came too soon, and sends what is new, if it is time. */
  flush(nowMs: number): void {
    const running = this.#running;
    if (!running) return;
    const { late } = running;
    if (late && nowMs - running.pointAtMs >= leastPointGapMs) this.#advance(running, late, nowMs);
    if (running.tool.options.live === 'none') return;
    if (nowMs - this.#sentAtMs < this.#gapMs(nowMs)) return;
    const again = nowMs - this.#sentAtMs >= signOfLifeMs;
    const changed = running.draft !== running.sent;
    const datagrams = changed || again ? running.sender.next(running.draft.points, { again }) : [];
    running.sent = running.draft;
    if (datagrams.length === 0) return;
    this.#sentAtMs = nowMs;
    this.#tell(datagrams, running.mark, nowMs);
  }

  /** Ends the stroke. Gives a function that says the end once more, for links that lose datagrams. */
  end(context: { aspect: number; tap: boolean; text?: string }, nowMs: number): (() => void) | undefined {
    const running = this.#running;
    if (!running) return undefined;
    if (running.late) this.#advance(running, running.late, nowMs);
    const text = context.text === undefined ? undefined : cutText(context.text.trim());
    const draft = text === undefined ? running.draft : { ...running.draft, text };
    const finished = running.tool.finish(draft, context);
    if (!finished) {
      this.cancel();
      return undefined;
    }
    this.#running = undefined;
    this.#sentAtMs = -Infinity;
    const { tool, sender } = running;
    const mark: Mark = { ...running.mark, points: finished.points };
    if (finished.text !== undefined) mark.text = finished.text;
    this.#events.finished(mark);
    if (tool.options.live === 'none') return undefined;
    const sayEnd = (): void => this.#tell(sender.next(finished.points, { end: true }), mark, nowMs);
    sayEnd();
    return sayEnd;
  }

  cancel(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    this.#sentAtMs = -Infinity;
    this.#events.cancelled(running.mark);
    if (running.tool.options.live !== 'none') this.#events.live([running.sender.cancel()], running.mark);
  }

  #advance(running: Running, at: Point, nowMs: number): void {
    running.late = undefined;
    const draft = running.tool.advance(running.draft, at);
    if (draft === running.draft) return;
    running.draft = draft;
    running.pointAtMs = nowMs;
    this.#drawn(running);
  }

  #gapMs(nowMs: number): number {
    return liveGapMs(this.#budget, nowMs, this.leastGapMs);
  }

  #tell(datagrams: Uint8Array[], mark: Mark, nowMs: number): void {
    const bytes = datagrams.reduce((sum, datagram) => sum + datagram.length, 0);
    this.#budget = spendLive(this.#budget, bytes, nowMs);
    this.#events.live(datagrams, mark);
  }

  #drawn(running: Running): void {
    running.mark = { ...running.mark, points: running.draft.points };
    if (running.tool.options.live !== 'none') this.#events.drawn(running.mark);
  }
}
