import type { Box } from '#domain/tracking/box.ts';
import { flipBox } from './highlight-mover.ts';

/** A place on the picture as this viewer sees it, in CSS pixels from its upper left. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The picture on the screen, in CSS pixels. */
export interface PictureArea {
  readonly width: number;
  readonly height: number;
}

/** Smallest side of a box that is drawn, in CSS pixels: what a thick finger drew thinner grows to it. */
export const leastSidePx = 24;
/** Side of the square that a tap sets, as a share of the picture's shorter side. */
const tapShare = 0.18;
/** A pointer that moved less than this many CSS pixels was tapped, not dragged: gloves roll. */
export const tapReachPx = 10;
/** How far an arrow key moves or sizes the box, as a share of the picture. */
export const keyStep = 0.02;

const whole: Box = { x: 0, y: 0, width: 1, height: 1 };

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

/** A span of at least this length around the middle of the given one, inside of 0…length. */
function grown(from: number, to: number, least: number, length: number): [number, number] {
  const size = Math.min(length, Math.max(least, to - from));
  const start = clamp((from + to - size) / 2, 0, length - size);
  return [start, size];
}

/** Everything below is in shares (0…1) of the picture as it is seen; `toPictureBox` turns it into what is sent. */
export function dragBox(from: Place, to: Place, area: PictureArea): Box {
  const across = [clamp(from.x, 0, area.width), clamp(to.x, 0, area.width)];
  const down = [clamp(from.y, 0, area.height), clamp(to.y, 0, area.height)];
  const [x, width] = grown(Math.min(...across), Math.max(...across), leastSidePx, area.width);
  const [y, height] = grown(Math.min(...down), Math.max(...down), leastSidePx, area.height);
  return { x: x / area.width, y: y / area.height, width: width / area.width, height: height / area.height };
}

/** The square around a tap, moved into the picture where it would reach out of it. */
export function tapBox(at: Place, area: PictureArea): Box {
  const side = Math.max(leastSidePx, tapShare * Math.min(area.width, area.height));
  const width = Math.min(1, side / area.width);
  const height = Math.min(1, side / area.height);
  return {
    x: clamp(at.x / area.width - width / 2, 0, 1 - width),
    y: clamp(at.y / area.height - height / 2, 0, 1 - height),
    width,
    height,
  };
}

export type BoxKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';
const boxKeys: Record<BoxKey, Place> = {
  ArrowLeft: { x: -keyStep, y: 0 },
  ArrowRight: { x: keyStep, y: 0 },
  ArrowUp: { x: 0, y: -keyStep },
  ArrowDown: { x: 0, y: keyStep },
};
export const isBoxKey = (key: string): key is BoxKey => Object.hasOwn(boxKeys, key);

/** The box one step further, inside of `limits`: the part of the picture that can be seen. */
export function moveBox(box: Box, key: BoxKey, limits: Box = whole): Box {
  const step = boxKeys[key];
  return {
    ...box,
    x: clamp(box.x + step.x, limits.x, Math.max(limits.x, limits.x + limits.width - box.width)),
    y: clamp(box.y + step.y, limits.y, Math.max(limits.y, limits.y + limits.height - box.height)),
  };
}

/** The box one step wider, narrower, higher or lower; its upper left stays. */
export function resizeBox(box: Box, key: BoxKey, area: PictureArea, limits: Box = whole): Box {
  const step = boxKeys[key];
  const widest = Math.max(box.width, limits.x + limits.width - box.x);
  const highest = Math.max(box.height, limits.y + limits.height - box.y);
  return {
    ...box,
    width: clamp(box.width + step.x, Math.min(widest, leastSidePx / area.width), widest),
    height: clamp(box.height + step.y, Math.min(highest, leastSidePx / area.height), highest),
  };
}

/** From the picture as it is seen to shares of the un-mirrored picture. */
export const toPictureBox = (seen: Box, mirrored: boolean): Box => flipBox(seen, mirrored);

export type GestureEnd =
  | { readonly kind: 'tap'; readonly at: Place }
  | { readonly kind: 'drag'; readonly from: Place; readonly to: Place };

/**
 * One pointer that drags or taps: finger, pen, mouse. A second finger takes the gesture back; a pen takes over from the
 * palm that lies before it, and no finger disturbs it.
 */
export class BoxGesture {
  #running: { pointerId: number; from: Place; to: Place; dragged: boolean; pen: boolean } | undefined;
  readonly #down = new Set<number>();

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** What has been dragged so far; undefined while it may still be a tap. */
  get drag(): { from: Place; to: Place } | undefined {
    return this.#running?.dragged ? this.#running : undefined;
  }

  /** `primary`: the first of its kind, so that whatever was down before has gone unnoticed. */
  down(
    pointerId: number,
    at: Place,
    primary: boolean,
    pen = false,
  ): 'begun' | 'taken-over' | 'cancelled' | 'ignored' {
    if (this.#running?.pen) return 'ignored';
    const takesOver = pen && this.#running !== undefined;
    if ((primary && !this.#running) || pen) this.#down.clear();
    this.#down.add(pointerId);
    if (this.#running && !takesOver) {
      this.#running = undefined;
      return 'cancelled';
    }
    if (this.#down.size > 1) return 'ignored';
    this.#running = { pointerId, from: at, to: at, dragged: false, pen };
    return takesOver ? 'taken-over' : 'begun';
  }

  /** True when there is another box to show. */
  move(pointerId: number, at: Place): boolean {
    const running = this.#running;
    if (running?.pointerId !== pointerId) return false;
    running.to = at;
    running.dragged ||= Math.hypot(at.x - running.from.x, at.y - running.from.y) >= tapReachPx;
    return running.dragged;
  }

  up(pointerId: number, at: Place): GestureEnd | undefined {
    this.move(pointerId, at);
    this.#down.delete(pointerId);
    const running = this.#running;
    if (running?.pointerId !== pointerId) return undefined;
    this.#running = undefined;
    // A tapped finger rolls a little: its first place counts.
    return running.dragged
      ? { kind: 'drag', from: running.from, to: running.to }
      : { kind: 'tap', at: running.from };
  }

  /** The system took the pointer away: what it has dragged by then is kept, a tap was perhaps not meant. */
  lost(pointerId: number): GestureEnd | 'cancelled' | undefined {
    this.#down.delete(pointerId);
    const running = this.#running;
    if (running?.pointerId !== pointerId) return undefined;
    this.#running = undefined;
    return running.dragged ? { kind: 'drag', from: running.from, to: running.to } : 'cancelled';
  }

  cancel(): void {
    this.#running = undefined;
  }
}
