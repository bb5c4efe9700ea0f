import { describe, expect, test } from 'vitest';
import { maxPointsPerMark } from '#domain/annotation/marks.ts';
import { pen } from './pen.ts';

describe('F52 pen', () => {
  test('a hand that rests adds no points', () => {
    const begun = pen.begin({ x: 0.5, y: 0.5 });
    expect(pen.advance(begun, { x: 0.5001, y: 0.5 })).toBe(begun);
    expect(pen.advance(begun, { x: 0.51, y: 0.5 }).points).toHaveLength(2);
  });

  test('a stroke that goes on for ever stops growing', () => {
    let draft = pen.begin({ x: 0, y: 0 });
    for (let i = 0; i < maxPointsPerMark + 50; i += 1) {
      draft = pen.advance(draft, { x: (i % 2) * 0.5, y: (i % 3) * 0.3 });
    }
    expect(draft.points).toHaveLength(maxPointsPerMark);
  });

  test('the name goes where the stroke began', () => {
    const points = [
      { x: 0.1, y: 0.2 },
      { x: 0.3, y: 0.4 },
    ];
    expect(pen.tail({ id: 'a', tool: 'pen', authorId: 'e', width: 'thin', points })).toEqual(points[0]);
  });
});
