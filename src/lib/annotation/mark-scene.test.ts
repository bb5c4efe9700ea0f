import { describe, expect, test } from 'vitest';
import type { Mark } from '#domain/annotation/marks.ts';
import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import { pictureId } from '#domain/picture/picture-id.ts';
import { moveBy, type SceneMotion } from '#domain/tracking/scene-pose.ts';
import { RidingMarks, type MarkScene } from './mark-scene.ts';
import { paint, type PaintingContext } from './marks-painter.ts';

const mark: Mark = {
  id: 'AAAAAA',
  tool: 'arrow',
  authorId: 'me',
  width: 'medium',
  points: [
    { x: 0.25, y: 0.25 },
    { x: 0.5, y: 0.5 },
  ],
};
const aspect = 16 / 9;
/** A turn of a sixth, a little nearer, and some way to the right and down. */
const motion: SceneMotion = { a: 1.1 * Math.cos(0.5), b: 1.1 * Math.sin(0.5), dx: 0.1, dy: 0.05 };

const frameAt = (atMs: number): MarkAnchor => ({ picture: pictureId('tablet'), atMs });

class TurningScene implements MarkScene {
  motion: SceneMotion | undefined = motion;
  readonly first = frameAt(100);
  anchorNow(): MarkAnchor {
    return this.first;
  }
  motionSince(anchor: MarkAnchor): SceneMotion | undefined {
    return anchor === this.first ? this.motion : undefined;
  }
}

describe('marks that ride on the scene', () => {
  test('B20 a point of a running stroke lies under the pen although the camera has moved since it began', () => {
    const riding = new RidingMarks(new TurningScene());
    riding.anchor(mark);
    const pen = { x: 0.7, y: 0.4 };
    const kept = riding.settle(mark, pen, aspect);
    const shown = moveBy(motion, kept, aspect);
    expect(shown.x).toBeCloseTo(pen.x, 9);
    expect(shown.y).toBeCloseTo(pen.y, 9);
  });

  test('F58 where the scene is not known for a moment, a mark stays where it was last', () => {
    const scene = new TurningScene();
    const riding = new RidingMarks(scene);
    riding.anchor(mark);
    expect(riding.motionOf(mark)).toBe(motion);
    scene.motion = undefined;
    expect(riding.motionOf(mark)).toBe(motion);
  });

  test('B20 a mark keeps the first frame that was told of it, and is forgotten with it', () => {
    const riding = new RidingMarks(new TurningScene());
    const told = frameAt(200);
    riding.anchor(mark, told);
    riding.anchor(mark);
    expect(riding.anchorOf(mark)).toBe(told);
    riding.keepOnly([{ ...mark, id: 'BBBBBB' }]);
    expect(riding.any).toBe(false);
  });

  test('without a scene nothing is anchored and points stay where the pen is', () => {
    const riding = new RidingMarks(undefined);
    riding.anchor(mark);
    expect(riding.any).toBe(false);
    expect(riding.settle(mark, { x: 0.2, y: 0.3 }, aspect)).toEqual({ x: 0.2, y: 0.3 });
  });

  test.each([false, true])(
    'F60 C20 the drawing goes with the scene also where it is mirrored: %s',
    (mirrored) => {
      const box = {
        boxWidth: 800,
        boxHeight: 500,
        pictureWidth: 1280,
        pictureHeight: 720,
        fit: 'contain',
        mirrored,
      } as const;
      let matrix: readonly number[] = [];
      const context = new Proxy({} as PaintingContext, {
        get: (_target, key) =>
          key === 'transform'
            ? (...numbers: number[]) => (matrix = numbers)
            : key === 'measureText'
              ? () => ({ width: 10 })
              : () => undefined,
        set: () => true,
      });
      paint(context, {
        box,
        authors: () => ({ name: '', colour: '#fff' }),
        marks: [{ mark, live: false, opacity: 1, motion }],
        named: () => false,
      });
      const place = (point: { x: number; y: number }) => ({
        x: 0 + (mirrored ? 1 - point.x : point.x) * 800,
        y: 25 + point.y * 450,
      });
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = matrix;
      for (const point of mark.points) {
        const from = place(point);
        const to = place(moveBy(motion, point, aspect));
        expect(a * from.x + c * from.y + e).toBeCloseTo(to.x, 6);
        expect(b * from.x + d * from.y + f).toBeCloseTo(to.y, 6);
      }
    },
  );
});
