import { describe, expect, test } from 'vitest';
import { viewOf } from '../../marks-painter.ts';
import type { DrawingContext } from '../mark-tool.ts';
import { text } from './text.ts';

const mark = (words: string, x: number, y: number) => ({
  id: 'a',
  tool: 'text',
  authorId: 'e',
  width: 'medium' as const,
  points: [{ x, y }],
  text: words,
});

/** Plate and lines as drawn on a 400 × 300 picture. */
function drawn(words: string, x: number, y: number, mirrored = false) {
  const plates: number[][] = [];
  const lines: string[] = [];
  const nothing = (): void => undefined;
  const context = {
    beginPath: nothing,
    stroke: nothing,
    fill: nothing,
    measureText: (line: string) => ({ width: line.length * 7 }),
    roundRect: (...values: number[]) => void plates.push(values),
    fillText: (line: string) => void lines.push(line),
  } as unknown as DrawingContext;
  const box = {
    boxWidth: 400,
    boxHeight: 300,
    pictureWidth: 400,
    pictureHeight: 300,
    fit: 'contain' as const,
    mirrored,
  };
  text.draw(context, mark(words, x, y), viewOf(box, '#fff', false));
  const [left = 0, top = 0, width = 0, height = 0] = plates[0] ?? [];
  return { left, top, width, height, lines };
}

describe('F52 text', () => {
  test('nothing written is no mark', () => {
    const draft = text.begin({ x: 0.5, y: 0.5 });
    expect(text.finish(draft, { tap: true, aspect: 1 })).toBeUndefined();
    expect(text.finish({ ...draft, text: ' \n ' }, { tap: true, aspect: 1 })).toBeUndefined();
    expect(text.parse(mark('  ', 0.5, 0.5))).toBeUndefined();
  });

  test('the plate stays whole at the edges of the picture', () => {
    for (const [x, y] of [
      [0, 0],
      [1, 1],
      [0, 1],
    ] as const) {
      const plate = drawn('Check this row', x, y);
      expect(plate.left).toBeGreaterThanOrEqual(0);
      expect(plate.top).toBeGreaterThanOrEqual(0);
      expect(plate.left + plate.width).toBeLessThanOrEqual(400);
      expect(plate.top + plate.height).toBeLessThanOrEqual(300);
    }
  });

  test('long lines wrap between words, and line breaks are kept', () => {
    const { lines } = drawn(`${'word '.repeat(20)}\nlast`, 0.5, 0.5);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.at(-1)).toBe('last');
    for (const line of lines) expect(line.length * 7).toBeLessThanOrEqual(240);
  });

  test('C20 in a mirrored view it is at the same place of the picture, and reads the same way', () => {
    const plain = drawn('Check', 0.3, 0.5);
    const mirrored = drawn('Check', 0.3, 0.5, true);
    expect(mirrored.left + mirrored.width / 2).toBeCloseTo(400 - (plain.left + plain.width / 2));
    expect(mirrored.lines).toEqual(['Check']);
  });
});
