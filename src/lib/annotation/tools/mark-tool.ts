import type { Place, PictureRect } from '#domain/annotation/coordinates.ts';
import type { Mark, Point } from '#domain/annotation/marks.ts';

/** The part of a 2D canvas that tools draw with. */
export type DrawingContext = Pick<
  CanvasRenderingContext2D,
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'quadraticCurveTo'
  | 'closePath'
  | 'ellipse'
  | 'roundRect'
  | 'stroke'
  | 'fill'
  | 'fillText'
  | 'measureText'
  | 'lineWidth'
  | 'lineCap'
  | 'lineJoin'
  | 'strokeStyle'
  | 'fillStyle'
  | 'font'
  | 'direction'
  | 'textAlign'
  | 'textBaseline'
>;

/** Where and how a mark is drawn: the picture's place on the canvas, and its author's colour. */
export interface MarkView {
  /** From the picture (normalised, un-mirrored) to canvas units. */
  place(point: Point): Place;
  rect: PictureRect;
  mirrored: boolean;
  /** The picture's shorter side in canvas units: widths and type grow with it. */
  unit: number;
  /** CSS colours: the author's, the dark casing around it, and text on it. */
  colour: string;
  casing: string;
  onColour: string;
  /** The stroke is still drawn. */
  live: boolean;
}

/** A mark in the making, in the picture's coordinates. */
export interface Draft {
  points: Point[];
  text?: string;
}

interface GestureContext {
  /** The picture's width over its height. */
  aspect: number;
  /** The pointer was lifted where it was set down: the mark gets a sensible size of its own. */
  tap: boolean;
}

interface ToolOptions {
  /** The mark holds a text that is asked for when it is placed. */
  needsText: boolean;
  /** How a growing stroke is sent: only new points, the whole few points again, or not at all. */
  live: 'append' | 'whole' | 'none';
}

/** One drawing tool. Gestures are pure; `draw` only draws. */
export interface MarkTool {
  key: string;
  options: ToolOptions;
  begin(at: Point): Draft;
  advance(draft: Draft, at: Point): Draft;
  /** The finished mark; undefined where there is nothing to keep. */
  finish(draft: Draft, context: GestureContext): Draft | undefined;
  /** The mark as this tool understands it; undefined if it cannot be one of this tool. */
  parse(mark: Mark): Mark | undefined;
  draw(context: DrawingContext, mark: Mark, view: MarkView): void;
  /** Where the author's name goes. */
  tail(mark: Mark): Point;
  /** A line along what is seen of the mark, for picking it. Closed shapes end where they begin. */
  outline(mark: Mark): Point[];
}
