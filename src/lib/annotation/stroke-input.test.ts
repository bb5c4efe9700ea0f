import { describe, expect, test } from 'vitest';
import { parseStrokeDatagram } from '#domain/annotation/live.ts';
import type { Mark } from '#domain/annotation/marks.ts';
import { MarksModel } from './marks-model.ts';
import { StrokeInput } from './stroke-input.ts';
import { findTool } from './tool-registry.ts';
import type { MarkTool } from './tools/mark-tool.ts';

function setUp() {
  const live: Uint8Array[] = [];
  const done: Mark[] = [];
  const cancelled: Mark[] = [];
  const input = new StrokeInput('me', () => 99, {
    began: () => undefined,
    live: (datagrams) => live.push(...datagrams),
    drawn: () => undefined,
    finished: (mark) => done.push(mark),
    cancelled: (mark) => cancelled.push(mark),
  });
  return { input, live, done, cancelled };
}

function tool(key: string): MarkTool {
  const found = findTool(key);
  if (!found) throw new Error(`no tool ${key}`);
  return found;
}

describe('drawing', () => {
  test('F55 on a link that bears little a stroke is told at no more than 30 datagrams a second', () => {
    const { input, live, done } = setUp();
    const there = new MarksModel(5000);
    input.leastGapMs = 30;
    input.begin(tool('pen'), 'thin', { x: 0.1, y: 0.1 }, 0);
    for (let i = 1; i <= 60; i += 1) {
      input.move({ x: 0.1 + i / 100, y: 0.1 + i / 200 }, i * 16);
      input.flush(i * 16);
    }
    expect(live.length).toBeLessThanOrEqual(32);
    input.end({ aspect: 1.5, tap: false }, 1000);
    live.forEach((bytes, i) => there.receive('me', bytes, i * 33));
    expect(done).toHaveLength(1);
    const [seen] = there.shown(1100);
    expect(seen?.mark.points).toHaveLength(done[0]?.points.length ?? 0);
    expect(seen?.live).toBe(false);
    expect(seen?.mark.id).toBe(done[0]?.id);
  });

  test('F55 every point of a stroke goes at once, and after a long time of drawing several go together', () => {
    const { input, live } = setUp();
    const drawFrom = (startMs: number, points: number): number => {
      const before = live.length;
      input.begin(tool('pen'), 'thin', { x: 0.1, y: 0.1 }, startMs);
      for (let i = 1; i < points; i += 1) {
        input.move({ x: 0.1 + (i % 80) / 100, y: 0.1 + (i % 160) / 200 }, startMs + i * 16);
        input.flush(startMs + i * 16);
      }
      input.end({ aspect: 1.5, tap: false }, startMs + points * 16);
      return live.length - before;
    };
    expect(drawFrom(0, 60)).toBe(61);
    drawFrom(2_000, 1_200);
    expect(drawFrom(22_000, 60)).toBeLessThan(15);
    expect(drawFrom(90_000, 60)).toBe(61);
  });

  test('F55 two points of one moment go in one datagram; one that came too soon follows by itself', () => {
    const { input, live } = setUp();
    input.begin(tool('pen'), 'thin', { x: 0.1, y: 0.1 }, 0);
    input.move({ x: 0.2, y: 0.2 }, 12);
    input.move({ x: 0.3, y: 0.3 }, 24);
    input.flush(24);
    expect(live).toHaveLength(2);
    expect(parseStrokeDatagram(live.at(-1))?.points).toHaveLength(3);
    input.move({ x: 0.4, y: 0.4 }, 26);
    input.flush(26);
    expect(live).toHaveLength(2);
    expect(input.dueInMs(26)).toBe(8);
    input.flush(34);
    expect(parseStrokeDatagram(live.at(-1))).toMatchObject({ at: 0, points: { length: 4 } });
    expect(input.dueInMs(34)).toBe(700);
  });

  test('a resting pen gives a sign of life, a moving one no needless datagrams', () => {
    const { input, live } = setUp();
    input.begin(tool('pen'), 'thin', { x: 0.1, y: 0.1 }, 0);
    expect(live).toHaveLength(1);
    input.flush(40);
    input.flush(600);
    expect(live).toHaveLength(1);
    input.flush(720);
    expect(live).toHaveLength(2);
  });

  test('SC 2.5.7 a single tap makes an arrow to that place, a box and a circle around it, a dot of the pen', () => {
    for (const key of ['arrow', 'rectangle', 'ellipse', 'pen']) {
      const { input, done } = setUp();
      input.begin(tool(key), 'medium', { x: 0.5, y: 0.5 }, 0);
      input.end({ aspect: 16 / 9, tap: true }, 80);
      expect(done).toHaveLength(1);
    }
  });

  test('a shape without any size, dragged, is nothing; the others are told', () => {
    const { input, live, done, cancelled } = setUp();
    input.begin(tool('rectangle'), 'medium', { x: 0.5, y: 0.5 }, 0);
    input.end({ aspect: 1, tap: false }, 80);
    expect(done).toEqual([]);
    expect(cancelled).toHaveLength(1);
    expect(parseStrokeDatagram(live.at(-1))).toMatchObject({ cancel: true });
  });

  test('a text is asked for, trimmed, and never sent while it is written', () => {
    const { input, live, done } = setUp();
    input.begin(tool('text'), 'medium', { x: 0.5, y: 0.5 }, 0);
    input.end({ aspect: 1, tap: true, text: '  Check this row first ' }, 900);
    expect(live).toEqual([]);
    expect(done).toMatchObject([{ text: 'Check this row first', tool: 'text' }]);
    input.begin(tool('text'), 'medium', { x: 0.5, y: 0.5 }, 1000);
    input.end({ aspect: 1, tap: true, text: '   ' }, 1900);
    expect(done).toHaveLength(1);
  });

  test('nothing begins beside the picture', () => {
    const { input } = setUp();
    expect(input.begin(tool('pen'), 'medium', { x: 1.01, y: 0.5 }, 0)).toBe(false);
  });
});
