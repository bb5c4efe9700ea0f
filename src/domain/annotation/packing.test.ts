import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxMarkTextLength, maxPointsPerMark, strokeWidths, type StrokeWidth } from './marks.ts';
import { cutText, gridSteps, packMark, parseMark, type MarkBody } from './packing.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const bodies: fc.Arbitrary<MarkBody> = fc.record(
  {
    tool: fc.constantFrom('pen', 'arrow', 'text', 'step-number', 'laser'),
    width: fc.constantFrom(...(Object.keys(strokeWidths) as StrokeWidth[])),
    points: fc.array(fc.record({ x: share, y: share }), { minLength: 1, maxLength: 200 }),
    text: fc.string({ unit: 'grapheme', maxLength: 60 }),
  },
  { requiredKeys: ['tool', 'width', 'points'] },
);

describe('packed marks', () => {
  test(`F51 a mark comes back within half a grid step (seed ${seed})`, () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const back = parseMark(packMark(body));
        expect(back).toMatchObject({ tool: body.tool, width: body.width });
        expect(back?.text).toBe(body.text);
        expect(back?.points).toHaveLength(body.points.length);
        back?.points.forEach((point, i) => {
          expect(Math.abs(point.x - (body.points[i]?.x ?? NaN))).toBeLessThanOrEqual(0.5001 / gridSteps);
          expect(Math.abs(point.y - (body.points[i]?.y ?? NaN))).toBeLessThanOrEqual(0.5001 / gridSteps);
        });
      }),
      { seed },
    );
  });

  test(`packing what was unpacked changes nothing (seed ${seed})`, () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const once = packMark(body);
        const parsed = parseMark(once);
        expect(parsed && packMark(parsed)).toEqual(once);
      }),
      { seed },
    );
  });

  test(`any bytes give a mark or undefined, never an exception (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const mark = parseMark(bytes);
        for (const { x, y } of mark?.points ?? []) {
          expect(x >= 0 && x <= 1 && y >= 0 && y <= 1).toBe(true);
        }
      }),
      { seed, numRuns: 3000 },
    );
    for (const junk of [undefined, null, 'AQA', 7, {}, [1, 2], new Uint8Array()]) {
      expect(parseMark(junk)).toBeUndefined();
    }
  });

  test(`damaged marks give a mark or undefined, and cut ones never more points (seed ${seed})`, () => {
    fc.assert(
      fc.property(bodies, fc.nat(), fc.integer({ min: 0, max: 255 }), (body, at, byte) => {
        const bytes = packMark(body);
        bytes[at % bytes.length] = byte;
        parseMark(bytes);
        expect(parseMark(bytes.subarray(0, bytes.length - 1))?.points.length ?? 0).toBeLessThanOrEqual(
          body.points.length,
        );
      }),
      { seed },
    );
  });

  test('a tool of a newer version keeps its key, and a code of one is named so', () => {
    const body: MarkBody = { tool: 'magic-lasso', width: 'thick', points: [{ x: 0, y: 1 }] };
    expect(parseMark(packMark(body))).toEqual(body);
    const newer = packMark({ ...body, tool: 'pen' });
    newer[1] = 200;
    expect(parseMark(newer)?.tool).toBe('unknown-200');
  });

  test('a 60-point stroke takes about 161 bytes', () => {
    const points = Array.from({ length: 60 }, (_, i) => ({
      x: 0.1 + 0.011 * i,
      y: 0.5 + 0.3 * Math.sin(i / 6),
    }));
    expect(packMark({ tool: 'pen', width: 'medium', points }).length).toBeLessThanOrEqual(190);
  });

  test('too many points and too long a text are cut, also between two halves of a character', () => {
    const points = Array.from({ length: maxPointsPerMark + 9 }, () => ({ x: 0.5, y: 0.5 }));
    const text = `${'a'.repeat(maxMarkTextLength - 1)}😀`;
    const back = parseMark(packMark({ tool: 'text', width: 'thin', points, text }));
    expect(back?.points).toHaveLength(maxPointsPerMark);
    expect(back?.text).toBe('a'.repeat(maxMarkTextLength - 1));
    expect(cutText('😀')).toBe('😀');
  });

  test('points outside of the picture move to its edge', () => {
    const points = [
      { x: -3, y: 0.5 },
      { x: 9, y: 2 },
    ];
    expect(parseMark(packMark({ tool: 'pen', width: 'thin', points }))?.points).toEqual([
      { x: 0, y: Math.round(0.5 * gridSteps) / gridSteps },
      { x: 1, y: 1 },
    ]);
  });
});
