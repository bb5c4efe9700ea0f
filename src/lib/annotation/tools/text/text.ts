import { clampToPicture } from '#domain/annotation/coordinates.ts';
import type { Mark, StrokeWidth } from '#domain/annotation/marks.ts';
import { directionOf } from '#domain/text-direction.ts';
import { written } from '#domain/visible-text.ts';
import { casingWidth } from '../drawing.ts';
import type { DrawingContext, MarkTool, MarkView } from '../mark-tool.ts';
import { wrap } from './wrap.ts';

/** Size of the letters as a share of the picture's shorter side. */
const letterSizes: Record<StrokeWidth, number> = { thin: 0.024, medium: 0.03, thick: 0.042 };
const leastLetterSize = 13;
/** Where that many letters do not fit into the picture otherwise. */
const smallestLetterSize = 1;
/** A line of text takes at most this share of the picture's width. */
const widestLine = 0.6;
export const markFont = 'Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif';

/** A plate of the author's colour, its middle at the point. Reads the same way round in a mirrored view. */
export const text: MarkTool = {
  key: 'text',
  options: { needsText: true, live: 'none' },
  begin: (at) => ({ points: [clampToPicture(at)] }),
  advance: (draft, at) => ({ ...draft, points: [clampToPicture(at)] }),
  finish: (draft) => (written(draft.text ?? '') === '' || draft.points.length === 0 ? undefined : draft),

  parse(mark) {
    const [point] = mark.points;
    const words = written(mark.text ?? '');
    return point && words !== '' ? { ...mark, points: [point], text: words } : undefined;
  },

  draw(context, mark, view) {
    const { lines, size, width, height } = plateOf(context, mark, view);
    const padding = paddingOf(size);
    const middle = view.place(mark.points[0] ?? { x: 0, y: 0 });
    const left = within(middle.x - width / 2, view.rect.left, view.rect.left + view.rect.width - width);
    const top = within(middle.y - height / 2, view.rect.top, view.rect.top + view.rect.height - height);
    context.beginPath();
    context.roundRect(left, top, width, height, size * 0.6);
    context.strokeStyle = view.casing;
    context.lineWidth = 2 * casingWidth('medium', view);
    context.stroke();
    context.fillStyle = view.colour;
    context.fill();
    context.fillStyle = view.onColour;
    const direction = directionOf(mark.text ?? '');
    context.direction = direction;
    context.textAlign = 'start';
    context.textBaseline = 'middle';
    const start = direction === 'ltr' ? left + padding : left + width - padding;
    lines.forEach((line, i) => {
      context.fillText(line, start, top + padding / 2 + (i + 0.5) * lineHeightOf(size));
    });
  },

  tail: (mark) => mark.points[0] ?? { x: 0, y: 0 },

  /** The middle line of the plate, roughly: its width depends on the canvas. */
  outline(mark) {
    const [point] = mark.points;
    if (!point) return [];
    const half = Math.min(widestLine / 2, (mark.text ?? '').length * 0.005);
    return [
      { x: point.x - half, y: point.y },
      { x: point.x + half, y: point.y },
    ];
  },
};

const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));

interface Plate {
  readonly lines: readonly string[];
  /** Of the letters; all in canvas units. */
  readonly size: number;
  readonly width: number;
  readonly height: number;
}

/** As large as the mark wants it, and smaller where it would not fit into the picture. Leaves the font set. */
function plateOf(context: DrawingContext, mark: Mark, { rect, unit }: MarkView): Plate {
  let size = Math.max(leastLetterSize, letterSizes[mark.width] * unit);
  for (;;) {
    context.font = `640 ${size}px ${markFont}`;
    const padding = 2 * paddingOf(size);
    const widest = Math.min(Math.max(rect.width * widestLine, size * 6), rect.width - padding);
    const lines = wrap(mark.text ?? '', widest, (line) => context.measureText(line).width);
    const width = Math.max(...lines.map((line) => context.measureText(line).width)) + padding;
    const height = lines.length * lineHeightOf(size) + padding / 2;
    if ((width <= rect.width && height <= rect.height) || size <= smallestLetterSize)
      return { lines, size, width, height };
    size = Math.max(smallestLetterSize, size * 0.85);
  }
}

const paddingOf = (size: number): number => size * 0.75;
const lineHeightOf = (size: number): number => size * 1.3;
