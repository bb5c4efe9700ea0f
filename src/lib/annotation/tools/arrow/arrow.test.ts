import { describe, expect, test } from 'vitest';
import { viewOf } from '../../marks-painter.ts';
import type { DrawingContext } from '../mark-tool.ts';
import { arrow } from './arrow.ts';

const box = {
  boxWidth: 800,
  boxHeight: 450,
  pictureWidth: 1280,
  pictureHeight: 720,
  fit: 'contain' as const,
  mirrored: false,
};
const mark = {
  id: 'a',
  tool: 'arrow',
  authorId: 'e',
  width: 'medium' as const,
  points: [
    { x: 0.2, y: 0.8 },
    { x: 0.6, y: 0.4 },
  ],
};

/** The curve's control point and end, as drawn. */
function shaftOf(mirrored: boolean): number[] {
  const curves: number[][] = [];
  const nothing = (): void => undefined;
  const context = {
    beginPath: nothing,
    moveTo: nothing,
    lineTo: nothing,
    stroke: nothing,
    quadraticCurveTo: (...values: number[]) => void curves.push(values),
  } as unknown as DrawingContext;
  arrow.draw(context, mark, viewOf({ ...box, mirrored }, '#fff', false));
  return curves[0] ?? [];
}

describe('F52 arrow', () => {
  test('a tap puts its head where it was tapped, also in the corners', () => {
    for (const at of [
      { x: 0.5, y: 0.5 },
      { x: 0, y: 1 },
      { x: 1, y: 0 },
      { x: 0.02, y: 0.98 },
    ]) {
      const [tail, head] = arrow.finish(arrow.begin(at), { tap: true, aspect: 16 / 9 })?.points ?? [];
      expect(head).toEqual(at);
      expect(Math.hypot((tail?.x ?? 0) - at.x, (tail?.y ?? 0) - at.y)).toBeGreaterThan(0.1);
    }
  });

  test('C20 it bends to the same side of the picture in a mirrored view', () => {
    const [controlX = 0, controlY = 0, headX = 0, headY = 0] = shaftOf(false);
    const mirrored = shaftOf(true);
    expect(mirrored[0]).toBeCloseTo(box.boxWidth - controlX);
    expect(mirrored[1]).toBeCloseTo(controlY);
    expect(mirrored[2]).toBeCloseTo(box.boxWidth - headX);
    expect(mirrored[3]).toBeCloseTo(headY);
  });
});
