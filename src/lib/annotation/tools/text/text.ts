import { clampToPicture } from '#domain/annotation/coordinates.ts';
import type { Mark, StrokeWidth } from '#domain/annotation/marks.ts';
import { casingWidth } from '../drawing.ts';
import type { DrawingContext, MarkTool, MarkView } from '../mark-tool.ts';

/** Size of the letters as a share of the picture's shorter side. */
const letterSizes: Record<StrokeWidth, number> = { thin: 0.024, medium: 0.03, thick: 0.042 };
const leastLetterSize = 13;
/** A line of text takes at most this share of the picture's width. */
const widestLine = 0.6;
export const markFont = 'Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif';

/** A plate of the author's colour, its middle at the point. Reads the same way round in a mirrored view. */
export const text: MarkTool = {
  key: 'text',
  options: { needsText: true, live: 'none' },
  begin: (at) => ({ points: [clampToPicture(at)] }),
  advance: (draft, at) => ({ ...draft, points: [clampToPicture(at)] }),
  finish: (draft) => ((draft.text ?? '').trim() === '' || draft.points.length === 0 ? undefined : draft),

  parse(mark) {
    const [point] = mark.points;
    const words = (mark.text ?? '').trim();
    return point && words !== '' ? { ...mark, points: [point], text: words } : undefined;
  },

  draw(context, mark, view) {
    const size = Math.max(leastLetterSize, letterSizes[mark.width] * view.unit);
    const lines = fontLines(context, mark, view, size);
    const lineHeight = size * 1.3;
    const padding = size * 0.75;
    const width = Math.max(...lines.map((line) => context.measureText(line).width)) + 2 * padding;
    const height = lines.length * lineHeight + padding;
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
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    lines.forEach((line, i) => {
      context.fillText(line, left + padding, top + padding / 2 + (i + 0.5) * lineHeight);
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

function fontLines(context: DrawingContext, mark: Mark, view: MarkView, size: number): string[] {
  context.font = `640 ${size}px ${markFont}`;
  const widest = Math.max(view.rect.width * widestLine, size * 6);
  const lines: string[] = [];
  for (const paragraph of (mark.text ?? '').split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && context.measureText(longer).width > widest) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}
