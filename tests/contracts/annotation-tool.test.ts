import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Mark, Point } from '#domain/annotation/marks.ts';
import { packMark, parseMark } from '#domain/annotation/packing.ts';
import { viewOf } from '../../src/lib/annotation/marks-painter.ts';
import { toolLook } from '../../src/lib/annotation/tool-looks.ts';
import { findTool, markTools } from '../../src/lib/annotation/tool-registry.ts';
import type { DrawingContext, MarkTool } from '../../src/lib/annotation/tools/mark-tool.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const point = fc.record({ x: share, y: share });
const path = fc.array(point, { minLength: 1, maxLength: 30 });
const aspect = fc.double({ min: 0.3, max: 3, noNaN: true });

/** A canvas that remembers what was done to it, and refuses what a real one cannot take. */
function recordingContext(): { context: DrawingContext; calls: string[] } {
  const calls: string[] = [];
  const styles: Record<string, unknown> = {};
  const context = new Proxy(styles, {
    get: (_target, name: string) => {
      if (name in styles) return styles[name];
      return (...values: unknown[]) => {
        for (const value of values) {
          if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${name}: ${value}`);
        }
        calls.push(name);
        return name === 'measureText' ? { width: String(values[0]).length * 8 } : undefined;
      };
    },
  });
  return { context: context as unknown as DrawingContext, calls };
}

function gesture(tool: MarkTool, points: Point[], tap: boolean, ratio: number): Mark | undefined {
  const [first, ...rest] = points;
  if (!first) return undefined;
  const begun = tool.begin(first);
  const drawn = tap ? begun : rest.reduce((draft, at) => tool.advance(draft, at), begun);
  const draft = tool.options.needsText ? { ...drawn, text: 'Check this row first' } : drawn;
  const finished = tool.finish(draft, { tap, aspect: ratio });
  return finished && { id: 'AAAAAA', tool: tool.key, authorId: 'erika', width: 'medium', ...finished };
}

test('F52 pen, arrow, shapes and text are there', () => {
  expect(markTools.map((tool) => tool.key).sort()).toEqual(['arrow', 'ellipse', 'pen', 'rectangle', 'text']);
});

test('every folder of tools is registered, and each brings its own icon, words and shortcut', () => {
  const folders = readdirSync(new URL('../../src/lib/annotation/tools', import.meta.url), {
    withFileTypes: true,
  });
  expect(markTools.map((tool) => tool.key).sort()).toEqual(
    folders
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort(),
  );
  const looks = markTools.map((tool) => toolLook(tool.key));
  const fresh = [...looks, toolLook('magic-lasso')];
  expect(new Set(fresh.map((look) => look.icon)).size).toBe(fresh.length);
  expect(new Set(fresh.map((look) => look.label())).size).toBe(fresh.length);
  expect(new Set(looks.map((look) => look.shortcut)).size).toBe(looks.length);
  for (const { shortcut } of looks) expect(shortcut).toMatch(/^[a-z]$/);
});

test('a mark of a tool that this version lacks is named so', () => {
  expect(toolLook('magic-lasso').label()).toBe('Made with a newer version');
  expect(findTool('magic-lasso')).toBeUndefined();
});

describe.each(markTools.map((tool) => ({ key: tool.key, tool })))('F52 tool $key', ({ tool }) => {
  test(`a drag and a tap make a mark inside the picture, or none (seed ${seed})`, () => {
    fc.assert(
      fc.property(path, fc.boolean(), aspect, (points, tap, ratio) => {
        const mark = gesture(tool, points, tap, ratio);
        if (tap) expect(mark).toBeDefined();
        for (const { x, y } of mark?.points ?? []) {
          expect(x >= 0 && x <= 1 && y >= 0 && y <= 1).toBe(true);
        }
      }),
      { seed },
    );
  });

  test(`what it makes survives packing and is its own to read (seed ${seed})`, () => {
    fc.assert(
      fc.property(path, fc.boolean(), aspect, (points, tap, ratio) => {
        const mark = gesture(tool, points, tap, ratio);
        if (!mark) return;
        const body = parseMark(packMark(mark));
        expect(body && tool.parse({ ...mark, ...body })).toBeDefined();
      }),
      { seed },
    );
  });

  test(`gestures change no draft that they are given (seed ${seed})`, () => {
    fc.assert(
      fc.property(point, point, (from, to) => {
        const begun = tool.begin(from);
        const before = structuredClone(begun);
        tool.finish(tool.advance(begun, to), { tap: false, aspect: 1 });
        expect(begun).toEqual(before);
      }),
      { seed },
    );
  });

  test(`it draws in the author's colour over a dark casing, in every view, with real numbers (seed ${seed})`, () => {
    const size = fc.integer({ min: 1, max: 3000 });
    const view = fc.record({
      boxWidth: size,
      boxHeight: size,
      pictureWidth: size,
      pictureHeight: size,
      fit: fc.constantFrom('contain' as const, 'cover' as const),
      mirrored: fc.boolean(),
    });
    fc.assert(
      fc.property(path, fc.boolean(), view, fc.boolean(), (points, tap, box, live) => {
        const mark = gesture(tool, points, tap, box.pictureWidth / box.pictureHeight);
        const parsed = mark && tool.parse(mark);
        if (!parsed) return;
        const { context, calls } = recordingContext();
        tool.draw(context, parsed, viewOf(box, '#ffc21a', live));
        expect(calls.indexOf('stroke')).toBeGreaterThanOrEqual(0);
        expect(tool.outline(parsed).length).toBeGreaterThan(0);
        expect(Number.isFinite(tool.tail(parsed).x)).toBe(true);
      }),
      { seed },
    );
  });

  test(`a mark that cannot be one of this tool is refused, not drawn wrong (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 5 }),
        fc.option(fc.string(), { nil: undefined }),
        (points, text) => {
          const mark: Mark = { id: 'x', tool: tool.key, authorId: 'a', width: 'thin', points };
          const parsed = tool.parse(text === undefined ? mark : { ...mark, text });
          if (parsed) tool.draw(recordingContext().context, parsed, viewOf(anyBox, '#fff', false));
        },
      ),
      { seed },
    );
    expect(tool.parse({ id: 'x', tool: tool.key, authorId: 'a', width: 'thin', points: [] })).toBeUndefined();
  });
});

const anyBox = {
  boxWidth: 640,
  boxHeight: 360,
  pictureWidth: 1280,
  pictureHeight: 720,
  fit: 'contain' as const,
  mirrored: false,
};
