import { clampToPicture, type Place } from '#domain/annotation/coordinates.ts';
import { strokeWidths, type Point, type StrokeWidth } from '#domain/annotation/marks.ts';
import type { DrawingContext, Draft, MarkView } from './mark-tool.ts';

/** Line width in canvas units: never thinner than can be seen in the sun. */
export function lineWidth(width: StrokeWidth, view: Pick<MarkView, 'unit'>): number {
  return Math.max(2.5, strokeWidths[width] * view.unit);
}

/** How far the dark casing reaches beyond the line on each side. */
export function casingWidth(width: StrokeWidth, view: Pick<MarkView, 'unit'>): number {
  return Math.max(1.5, lineWidth(width, view) * 0.28);
}

/** Strokes the current path twice: the dark casing, then the author's colour on it. */
export function strokeWithCasing(context: DrawingContext, width: StrokeWidth, view: MarkView): void {
  context.lineCap = 'round';
  context.lineJoin = 'round';
  const line = lineWidth(width, view);
  context.strokeStyle = view.casing;
  context.lineWidth = line + 2 * casingWidth(width, view);
  context.stroke();
  context.strokeStyle = view.colour;
  context.lineWidth = line;
  context.stroke();
}

/** A shape's two corners while it is dragged. */
export const beginShape = (at: Point): Draft => ({ points: [clampToPicture(at), clampToPicture(at)] });

export function advanceShape(draft: Draft, at: Point): Draft {
  const [first] = draft.points;
  return first ? { ...draft, points: [first, clampToPicture(at)] } : beginShape(at);
}

/** A box of about `size` of the shorter side around a point, pushed into the picture. */
export function boxAround(at: Point, size: number, aspect: number): Point[] {
  const halfWidth = (aspect >= 1 ? size / aspect : size) / 2;
  const halfHeight = (aspect >= 1 ? size : size * aspect) / 2;
  const x = Math.min(Math.max(at.x, halfWidth), 1 - halfWidth);
  const y = Math.min(Math.max(at.y, halfHeight), 1 - halfHeight);
  return [
    { x: x - halfWidth, y: y - halfHeight },
    { x: x + halfWidth, y: y + halfHeight },
  ];
}

/** Two corners on the canvas as left, top, width, height. */
export function placedBox(points: readonly Point[], view: MarkView) {
  const a: Place = view.place(points[0] ?? { x: 0, y: 0 });
  const b: Place = view.place(points[1] ?? points[0] ?? { x: 0, y: 0 });
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

/** The middle of the lower edge: names go below a shape, where they do not cover what it surrounds. */
export function belowBox(points: readonly Point[]): Point {
  const [a, b] = points;
  if (!a || !b) return a ?? { x: 0, y: 0 };
  return { x: (a.x + b.x) / 2, y: Math.max(a.y, b.y) };
}

export const samePoint = (a: Point, b: Point): boolean => a.x === b.x && a.y === b.y;
