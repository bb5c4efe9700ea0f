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
  const starts: number[] = [];
  const nothing = (): void => undefined;
  const context = {
    beginPath: nothing,
    stroke: nothing,
    fill: nothing,
    font: '',
    direction: 'inherit',
    // Letters of half their height.
    measureText: (line: string) => ({
      width: (line.length * Number(/(\d+(\.\d+)?)px/.exec(context.font)?.[1])) / 2,
    }),
    roundRect: (...values: number[]) => void plates.push(values),
    fillText: (line: string, x: number) => {
      lines.push(line);
      starts.push(x);
    },
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
  return { left, top, width, height, lines, starts, direction: context.direction };
}

describe('F52 text', () => {
  test('nothing written is no mark', () => {
    const draft = text.begin({ x: 0.5, y: 0.5 });
    expect(text.finish(draft, { tap: true, aspect: 1 })).toBeUndefined();
    expect(text.finish({ ...draft, text: ' \n ' }, { tap: true, aspect: 1 })).toBeUndefined();
    expect(text.parse(mark('  ', 0.5, 0.5))).toBeUndefined();
    expect(text.finish({ ...draft, text: '\u200B\u3164' }, { tap: true, aspect: 1 })).toBeUndefined();
    expect(text.parse(mark('\u00AD \u200B', 0.5, 0.5))).toBeUndefined();
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
    for (const line of lines) expect(line.length * 6.5).toBeLessThanOrEqual(240);
  });

  test.each([
    ['a word without an end', 'W'.repeat(120)],
    ['a word without an end behind others', `See ${'W'.repeat(90)} there`],
    ['as much as a mark holds', 'word '.repeat(400)],
    ['as many lines as a mark holds', 'a\n'.repeat(60)],
  ])('%s stays in the picture, and every letter is there', (_what, words) => {
    for (const [x, y] of [
      [0.5, 0.5],
      [1, 1],
      [0, 0],
    ] as const) {
      const plate = drawn(words, x, y);
      expect(plate.left).toBeGreaterThanOrEqual(0);
      expect(plate.top).toBeGreaterThanOrEqual(0);
      expect(plate.left + plate.width).toBeLessThanOrEqual(400);
      expect(plate.top + plate.height).toBeLessThanOrEqual(300);
      expect(plate.lines.join('').replaceAll(' ', '')).toBe(words.replaceAll(/[ \n]/g, ''));
    }
  });

  test('emoji and letters with marks are not torn apart where a word is broken', () => {
    const family = '👩‍👩‍👧';
    for (const line of drawn(family.repeat(20), 0.5, 0.5).lines) expect(line.replaceAll(family, '')).toBe('');
  });

  test('what is written from the right begins at the right, with its punctuation at its end', () => {
    const { direction, starts, left, width } = drawn('המשאבה דולפת!', 0.5, 0.5);
    expect(direction).toBe('rtl');
    expect(starts[0]).toBeGreaterThan(left + width / 2);
    expect(drawn('Leaks!', 0.5, 0.5).direction).toBe('ltr');
  });

  test('C20 in a mirrored view it is at the same place of the picture, and reads the same way', () => {
    const plain = drawn('Check', 0.3, 0.5);
    const mirrored = drawn('Check', 0.3, 0.5, true);
    expect(mirrored.left + mirrored.width / 2).toBeCloseTo(400 - (plain.left + plain.width / 2));
    expect(mirrored.lines).toEqual(['Check']);
  });
});
