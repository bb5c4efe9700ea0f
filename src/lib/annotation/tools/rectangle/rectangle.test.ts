import { describe, expect, test } from 'vitest';
import { rectangle } from './rectangle.ts';

describe('F52 rectangle', () => {
  test('dragged in any direction it is the same two corners, the name below it', () => {
    const draft = rectangle.advance(rectangle.begin({ x: 0.6, y: 0.7 }), { x: 0.2, y: 0.3 });
    const finished = rectangle.finish(draft, { tap: false, aspect: 1 });
    expect(finished?.points).toEqual([
      { x: 0.6, y: 0.7 },
      { x: 0.2, y: 0.3 },
    ]);
    const mark = { id: 'a', tool: 'rectangle', authorId: 'e', width: 'thin' as const, points: draft.points };
    expect(rectangle.tail(mark)).toEqual({ x: 0.4, y: 0.7 });
  });

  test('tapped it is as wide as high, and whole even at the edge', () => {
    const aspect = 16 / 9;
    const [a, b] = rectangle.finish(rectangle.begin({ x: 1, y: 0 }), { tap: true, aspect })?.points ?? [];
    expect(((b?.x ?? 0) - (a?.x ?? 0)) * aspect).toBeCloseTo((b?.y ?? 0) - (a?.y ?? 0));
    expect(b?.x).toBeCloseTo(1);
    expect(a?.y).toBeCloseTo(0);
  });

  test('its outline comes back to where it began', () => {
    const points = [
      { x: 0.2, y: 0.2 },
      { x: 0.4, y: 0.6 },
    ];
    const outline = rectangle.outline({ id: 'a', tool: 'rectangle', authorId: 'e', width: 'thin', points });
    expect(outline.at(-1)?.x).toBeCloseTo(outline[0]?.x ?? NaN);
    expect(outline.at(-1)?.y).toBeCloseTo(outline[0]?.y ?? NaN);
  });
});
