import {
  isUsableBox,
  pictureRect,
  toPlace,
  type PictureBox,
  type Place,
} from '#domain/annotation/coordinates.ts';
import type { Mark, Point } from '#domain/annotation/marks.ts';
import { directionOf } from '#domain/text-direction.ts';
import { moveBy, type SceneMotion } from '#domain/tracking/scene-pose.ts';
import { casingColour, onWhoColour, type Author } from './authors.ts';
import type { ShownMark } from './marks-model.ts';
import { findTool } from './tool-registry.ts';
import { lineWidth } from './tools/drawing.ts';
import type { DrawingContext, MarkView } from './tools/mark-tool.ts';
import { markFont } from './tools/text/text.ts';

/** What the painter needs of a 2D canvas beside what tools need. */
export type PaintingContext = DrawingContext &
  Pick<CanvasRenderingContext2D, 'save' | 'restore' | 'transform' | 'globalAlpha' | 'setLineDash' | 'arc'>;

export interface Cursor {
  authorId: string;
  at: Point;
}

export interface Painting {
  box: PictureBox;
  authors: (authorId: string) => Author;
  marks: readonly ShownMark[];
  /** Whether this mark carries its author's name. */
  named: (shown: ShownMark) => boolean;
  /** Id of the picked mark. */
  selected?: string | undefined;
  cursors?: readonly Cursor[];
  /** Where the next point goes when drawing by keyboard. */
  crosshair?: Point | undefined;
}

/** Draws everything onto a cleared canvas. Units are those of `box`. */
export function paint(context: PaintingContext, painting: Painting): void {
  const { box, marks } = painting;
  if (!isUsableBox(box)) return;
  // A name at the cursor is enough: the one at the stroke would lie beside it.
  const pointing = new Set((painting.cursors ?? []).map(({ authorId }) => authorId));
  for (const shown of marks) {
    const { mark, live, opacity } = shown;
    const tool = findTool(mark.tool);
    const parsed = tool?.parse(mark);
    if (!tool || !parsed || opacity <= 0) continue;
    const author = painting.authors(mark.authorId);
    const view = viewOf(box, author.colour, live);
    context.save();
    context.globalAlpha = opacity;
    if (shown.motion) ride(context, shown.motion, box);
    if (mark.id === painting.selected) drawSelection(context, parsed, tool.outline(parsed), view);
    tool.draw(context, parsed, view);
    const named = painting.named(shown) && !(live && pointing.has(mark.authorId));
    context.restore();
    if (named && author.name !== '') {
      context.save();
      context.globalAlpha = opacity;
      drawTag(context, author.name, tagPlace(tool.tail(parsed), shown, box, view), view, box);
      context.restore();
    }
  }
  for (const cursor of painting.cursors ?? []) {
    const author = painting.authors(cursor.authorId);
    drawCursor(context, author.name, viewOf(box, author.colour, true), cursor.at, box);
  }
  if (painting.crosshair) drawCrosshair(context, viewOf(box, onWhoColour, true), painting.crosshair);
}

/** The whole drawing goes with the scene: turned and scaled around the picture's upper left corner. */
function ride(context: PaintingContext, { a, b, dx, dy }: SceneMotion, box: PictureBox): void {
  const { left, top, width } = pictureRect(box);
  const turn = box.mirrored ? -b : b;
  const across = box.mirrored ? 1 - a - dx : dx;
  const down = box.mirrored ? b + dy : dy;
  context.transform(
    a,
    turn,
    -turn,
    a,
    left + width * across - a * left + turn * top,
    top + width * down - turn * left - a * top,
  );
}

export function viewOf(box: PictureBox, colour: string, live: boolean): MarkView {
  const rect = pictureRect(box);
  return {
    place: (point) => toPlace(box, point),
    rect,
    mirrored: box.mirrored,
    unit: Math.min(rect.width, rect.height),
    colour,
    casing: casingColour,
    onColour: onWhoColour,
    live,
  };
}

/** Below the tail where the mark goes up from it, above where it goes down: a name never lies on its own stroke. */
function tagPlace(tail: Point, { mark, motion }: ShownMark, box: PictureBox, view: MarkView): Place {
  const aspect = box.pictureWidth / box.pictureHeight;
  const at = view.place(motion ? moveBy(motion, tail, aspect) : tail);
  const next = mark.points.find((point) => point.y !== tail.y);
  const down = next ? next.y <= tail.y : true;
  const gap = lineWidth(mark.width, view) + 6;
  return { x: at.x, y: at.y + (down ? gap : -gap - tagHeight) };
}

const tagHeight = 26;
const tagFont = `640 13px ${markFont}`;

/** A plate of the author's colour with the name, its upper edge's middle at the place, kept where it is seen. */
function drawTag(
  context: PaintingContext,
  name: string,
  at: Place,
  view: MarkView,
  { boxWidth, boxHeight }: PictureBox,
): void {
  context.font = tagFont;
  const width = context.measureText(name).width + 20;
  const left = Math.max(3, Math.min(at.x - width / 2, boxWidth - width - 3));
  const top = Math.max(3, Math.min(at.y, boxHeight - tagHeight - 3));
  context.beginPath();
  context.roundRect(left, top, width, tagHeight, 8);
  context.strokeStyle = view.casing;
  context.lineWidth = 3;
  context.stroke();
  context.fillStyle = view.colour;
  context.fill();
  context.fillStyle = view.onColour;
  context.direction = directionOf(name);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(name, left + 10, top + tagHeight / 2 + 0.5);
}

function drawCursor(
  context: PaintingContext,
  name: string,
  view: MarkView,
  point: Point,
  box: PictureBox,
): void {
  const { x, y } = view.place(point);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + 5, y + 15);
  context.lineTo(x + 8.5, y + 8.5);
  context.lineTo(x + 15, y + 5);
  context.closePath();
  context.lineJoin = 'round';
  context.strokeStyle = view.casing;
  context.lineWidth = 3;
  context.stroke();
  context.fillStyle = view.colour;
  context.fill();
  if (name !== '') drawTag(context, name, { x: x + 34, y: y + 18 }, view, box);
}

function drawCrosshair(context: PaintingContext, view: MarkView, point: Point): void {
  const { x, y } = view.place(point);
  for (const [colour, width] of [
    [view.casing, 5],
    ['#ffffff', 2],
  ] as const) {
    context.beginPath();
    context.moveTo(x - 14, y);
    context.lineTo(x + 14, y);
    context.moveTo(x, y - 14);
    context.lineTo(x, y + 14);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

function drawSelection(
  context: PaintingContext,
  mark: Mark,
  outline: readonly Point[],
  view: MarkView,
): void {
  const places = outline.map((point) => view.place(point));
  const margin = lineWidth(mark.width, view) + 8;
  const left = Math.min(...places.map((place) => place.x)) - margin;
  const top = Math.min(...places.map((place) => place.y)) - margin;
  const right = Math.max(...places.map((place) => place.x)) + margin;
  const bottom = Math.max(...places.map((place) => place.y)) + margin;
  context.save();
  for (const [colour, width, dash] of [
    [view.casing, 4, []],
    ['#ffffff', 2, [6, 5]],
  ] as const) {
    context.beginPath();
    context.roundRect(left, top, right - left, bottom - top, 8);
    context.setLineDash([...dash]);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
  context.restore();
}

/** The mark nearest to a place, within `reach` canvas units; the topmost wins. */
export function markAt(
  marks: readonly Mark[],
  place: Place,
  box: PictureBox,
  reach: number,
): Mark | undefined {
  for (const mark of [...marks].reverse()) {
    const tool = findTool(mark.tool);
    const parsed = tool?.parse(mark);
    if (!tool || !parsed) continue;
    const line = tool.outline(parsed).map((point) => toPlace(box, point));
    if (distanceToLine(place, line) <= reach) return mark;
  }
  return undefined;
}

function distanceToLine(place: Place, line: readonly Place[]): number {
  const [only] = line;
  if (line.length === 1 && only) return Math.hypot(place.x - only.x, place.y - only.y);
  let least = Infinity;
  for (let i = 1; i < line.length; i += 1) {
    const a = line[i - 1];
    const b = line[i];
    if (!a || !b) continue;
    const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
    const along = length === 0 ? 0 : ((place.x - a.x) * (b.x - a.x) + (place.y - a.y) * (b.y - a.y)) / length;
    const t = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(place.x - a.x - t * (b.x - a.x), place.y - a.y - t * (b.y - a.y)));
  }
  return least;
}
