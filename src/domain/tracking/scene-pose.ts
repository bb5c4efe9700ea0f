import type { Point } from '../annotation/marks.ts';

/**
 * How the scene of one frame lies, compared with the first frame of its epoch: turned, scaled and moved. Lengths are in
 * widths of the picture on both axes, so that a turn stays a turn: x' = a·x − b·y + dx, y' = b·x + a·y + dy.
 */
export interface ScenePose {
  /** Begins anew (0…255, around) when the scene was not recognised: poses of two epochs cannot be compared. */
  readonly epoch: number;
  readonly a: number;
  readonly b: number;
  readonly dx: number;
  readonly dy: number;
}

/** From the scene of one frame to that of another. */
export interface SceneMotion {
  readonly a: number;
  readonly b: number;
  readonly dx: number;
  readonly dy: number;
}

/** undefined where the two cannot be compared. */
export function motionBetween(from: ScenePose, to: ScenePose): SceneMotion | undefined {
  if (from.epoch !== to.epoch) return undefined;
  const size = from.a * from.a + from.b * from.b;
  if (!(size > 1e-9)) return undefined;
  const a = (to.a * from.a + to.b * from.b) / size;
  const b = (to.b * from.a - to.a * from.b) / size;
  return { a, b, dx: to.dx - a * from.dx + b * from.dy, dy: to.dy - b * from.dx - a * from.dy };
}

/** A point in shares of the picture (0…1 each way) after the motion. @param aspect width by height of the picture */
export function moveBy({ a, b, dx, dy }: SceneMotion, { x, y }: Point, aspect: number): Point {
  const down = y / aspect;
  return { x: a * x - b * down + dx, y: (b * x + a * down + dy) * aspect };
}

/** The motion there and back; undefined for one that shrinks everything to nothing. */
export function reverse({ a, b, dx, dy }: SceneMotion): SceneMotion | undefined {
  const size = a * a + b * b;
  if (!(size > 1e-9)) return undefined;
  const back = { a: a / size, b: -b / size };
  return { ...back, dx: -(back.a * dx - back.b * dy), dy: -(back.b * dx + back.a * dy) };
}

export const still: SceneMotion = { a: 1, b: 0, dx: 0, dy: 0 };
