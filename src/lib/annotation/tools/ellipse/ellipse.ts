import {
  advanceShape,
  beginShape,
  belowBox,
  boxAround,
  placedBox,
  samePoint,
  strokeWithCasing,
} from '../drawing.ts';
import type { MarkTool } from '../mark-tool.ts';

/** Diameter of a circle that was only tapped, as a share of the picture's shorter side. */
const tapSize = 0.24;
const outlineSteps = 32;

/** Two opposite corners of the box around it. A tap puts a circle around it. */
export const ellipse: MarkTool = {
  key: 'ellipse',
  options: { needsText: false, live: 'whole' },
  begin: beginShape,
  advance: advanceShape,

  finish(draft, { tap, aspect }) {
    const [a, b] = draft.points;
    if (!a || !b) return undefined;
    if (tap) return { ...draft, points: boxAround(b, tapSize, aspect) };
    return samePoint(a, b) ? undefined : draft;
  },

  parse: (mark) => (mark.points.length >= 2 ? { ...mark, points: mark.points.slice(0, 2) } : undefined),

  draw(context, mark, view) {
    const box = placedBox(mark.points, view);
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    context.beginPath();
    context.ellipse(x, y, box.width / 2, box.height / 2, 0, 0, 2 * Math.PI);
    strokeWithCasing(context, mark.width, view);
  },

  tail: (mark) => belowBox(mark.points),

  outline(mark) {
    const [a, b] = mark.points;
    if (!a || !b) return mark.points;
    return Array.from({ length: outlineSteps + 1 }, (_, i) => {
      const angle = (i / outlineSteps) * 2 * Math.PI;
      return {
        x: (a.x + b.x) / 2 + (Math.abs(b.x - a.x) / 2) * Math.cos(angle),
        y: (a.y + b.y) / 2 + (Math.abs(b.y - a.y) / 2) * Math.sin(angle),
      };
    });
  },
};
