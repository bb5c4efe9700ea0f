import type { Place } from '#domain/annotation/coordinates.ts';
import { clampToPicture } from '#domain/annotation/coordinates.ts';
import type { Mark, Point } from '#domain/annotation/marks.ts';
import { advanceShape, beginShape, lineWidth, samePoint, strokeWithCasing } from '../drawing.ts';
import type { MarkTool, MarkView } from '../mark-tool.ts';

/** Length of an arrow that was only tapped, as a share of the picture's shorter side. */
const tapLength = 0.22;
/** How much the shaft bends, as a share of its length: it then stands out from the straight edges of machines. */
const bend = 0.14;

/** From the tail to the head. A tap puts the head where it was tapped. */
export const arrow: MarkTool = {
  key: 'arrow',
  options: { needsText: false, live: 'whole' },
  begin: beginShape,
  advance: advanceShape,

  finish(draft, { tap, aspect }) {
    const [tail, head] = draft.points;
    if (!tail || !head) return undefined;
    if (!tap) return samePoint(tail, head) ? undefined : draft;
    const across = (tapLength * Math.SQRT1_2) / Math.max(1, aspect);
    const down = tapLength * Math.SQRT1_2 * Math.min(1, aspect);
    // From the lower left, unless there is no room there.
    const from = {
      x: head.x - across < 0 ? head.x + across : head.x - across,
      y: head.y + down > 1 ? head.y - down : head.y + down,
    };
    return { ...draft, points: [clampToPicture(from), head] };
  },

  parse: (mark) => (mark.points.length >= 2 ? { ...mark, points: mark.points.slice(0, 2) } : undefined),

  draw(context, mark, view) {
    const { tail, head, control } = shaft(mark, view);
    const span = Math.hypot(head.x - tail.x, head.y - tail.y);
    const size = Math.min(Math.max(14, lineWidth(mark.width, view) * 4), Math.max(6, span * 0.6));
    const angle = Math.atan2(head.y - control.y, head.x - control.x);
    const side = (turn: number): Place => ({
      x: head.x - size * Math.cos(angle + turn),
      y: head.y - size * Math.sin(angle + turn),
    });
    const left = side(0.56);
    const right = side(-0.56);
    context.beginPath();
    context.moveTo(tail.x, tail.y);
    context.quadraticCurveTo(control.x, control.y, head.x, head.y);
    context.moveTo(left.x, left.y);
    context.lineTo(head.x, head.y);
    context.lineTo(right.x, right.y);
    strokeWithCasing(context, mark.width, view);
  },

  tail: (mark) => mark.points[0] ?? { x: 0, y: 0 },
  outline: (mark): Point[] => mark.points,
};

/** The bend is on the same side of the picture for everybody, mirrored or not. */
function shaft(mark: Mark, view: MarkView): { tail: Place; head: Place; control: Place } {
  const tail = view.place(mark.points[0] ?? { x: 0, y: 0 });
  const head = view.place(mark.points[1] ?? { x: 0, y: 0 });
  const side = view.mirrored ? -bend : bend;
  return {
    tail,
    head,
    control: {
      x: (tail.x + head.x) / 2 + (head.y - tail.y) * side,
      y: (tail.y + head.y) / 2 - (head.x - tail.x) * side,
    },
  };
}
