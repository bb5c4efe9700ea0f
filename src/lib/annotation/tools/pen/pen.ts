import { getStroke } from 'perfect-freehand';
import { clampToPicture } from '#domain/annotation/coordinates.ts';
import { maxPointsPerMark, type Point } from '#domain/annotation/marks.ts';
import { casingWidth, lineWidth } from '../drawing.ts';
import type { DrawingContext, MarkTool } from '../mark-tool.ts';

/** Points nearer than this to the last one say nothing new: one pixel of a 2048-wide picture. */
const leastStep = 1 / 2048;

export const pen: MarkTool = {
  key: 'pen',
  options: { needsText: false, live: 'append' },

  begin: (at) => ({ points: [clampToPicture(at)] }),

  advance(draft, at) {
    const point = clampToPicture(at);
    const last = draft.points.at(-1);
    if (last && Math.abs(point.x - last.x) < leastStep && Math.abs(point.y - last.y) < leastStep)
      return draft;
    if (draft.points.length >= maxPointsPerMark) return draft;
    return { ...draft, points: [...draft.points, point] };
  },

  finish: (draft) => (draft.points.length > 0 ? draft : undefined),

  parse: (mark) => (mark.points.length > 0 ? mark : undefined),

  draw(context, mark, view) {
    const size = lineWidth(mark.width, view);
    const places = mark.points.map((point) => view.place(point));
    const outline = getStroke(places, {
      size: size * 1.25,
      thinning: 0.3,
      smoothing: 0.6,
      streamline: 0.35,
      simulatePressure: true,
      // Also while it is drawn the line reaches to its newest point: otherwise it would trail one point behind the pen.
      last: true,
    });
    tracePolygon(context, outline);
    context.lineJoin = 'round';
    context.strokeStyle = view.casing;
    context.lineWidth = 2 * casingWidth(mark.width, view);
    context.stroke();
    context.fillStyle = view.colour;
    context.fill();
  },

  tail: (mark) => mark.points[0] ?? { x: 0, y: 0 },
  outline: (mark): Point[] => mark.points,
};

function tracePolygon(context: DrawingContext, outline: number[][]): void {
  context.beginPath();
  outline.forEach(([x = 0, y = 0], i) => {
    const [nextX = 0, nextY = 0] = outline[(i + 1) % outline.length] ?? [];
    if (i === 0) context.moveTo(x, y);
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  });
  context.closePath();
}
