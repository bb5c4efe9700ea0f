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

/** Side of a box that was only tapped, as a share of the picture's shorter side. */
const tapSize = 0.24;

/** Two opposite corners. A tap puts a box around it. */
export const rectangle: MarkTool = {
  key: 'rectangle',
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
    const radius = Math.min(view.unit * 0.012, box.width / 2, box.height / 2);
    context.beginPath();
    context.roundRect(box.left, box.top, box.width, box.height, radius);
    strokeWithCasing(context, mark.width, view);
  },

  tail: (mark) => belowBox(mark.points),

  outline(mark) {
    const [a, b] = mark.points;
    if (!a || !b) return mark.points;
    return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }, a];
  },
};
