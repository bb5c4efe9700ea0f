import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxAt, packPath, parsePath, PathRecorder, pathVersion, type PathSample } from './tracked-path.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const boxes = fc.record({ x: share, y: share, width: share, height: share });
const paths = fc
  .array(fc.record({ gapMs: fc.nat(2000), box: fc.option(boxes, { nil: undefined }) }), { maxLength: 60 })
  .map((steps) => {
    let atMs = 0;
    return steps.map(({ gapMs, box }): PathSample => ({ atMs: (atMs += gapMs), box }));
  });

describe('the tracked path as packed numbers', () => {
  test(`F57 comes back as it was, to half a step of the grid (seed ${seed})`, () => {
    fc.assert(
      fc.property(paths, (path) => {
        const back = parsePath(packPath(path)) ?? [];
        expect(back.map(({ atMs, box }) => [atMs, box === undefined])).toEqual(
          path.map(({ atMs, box }) => [atMs, box === undefined]),
        );
        path.forEach(({ box }, i) => {
          if (box) expect(Math.abs((back[i]?.box?.x ?? 9) - box.x)).toBeLessThan(0.51 / 4095);
        });
      }),
      { seed },
    );
  });

  test(`T5 whatever bytes come, it is a path or nothing (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const tagged = Uint8Array.from([pathVersion, ...bytes]);
        for (const one of [bytes, tagged]) expect(() => parsePath(one)).not.toThrow();
      }),
      { seed },
    );
    expect(parsePath('path')).toBeUndefined();
    expect(parsePath(Uint8Array.of(pathVersion + 1, 0))).toBeUndefined();
  });

  test('a box that moves a little takes few bytes', () => {
    const path = Array.from({ length: 100 }, (_, i) => ({
      atMs: i * 66,
      box: { x: 0.2 + i * 0.002, y: 0.3 + i * 0.001, width: 0.1, height: 0.1 },
    }));
    expect(packPath(path).length).toBeLessThan(100 * 7);
  });

  test('F58 the recorder keeps every loss and return, and no more than a replay needs', () => {
    const recorder = new PathRecorder();
    const box = { x: 0.1, y: 0.1, width: 0.2, height: 0.2 };
    for (let ms = 1000; ms < 2000; ms += 20) recorder.add(ms, ms >= 1500 && ms < 1580 ? undefined : box);
    const { samples } = recorder;
    expect(samples.filter((one) => !one.box).map(({ atMs }) => atMs)).toEqual([500]);
    expect(boxAt(samples, 490)).toEqual(box);
    expect(boxAt(samples, 550)).toBeUndefined();
    expect(boxAt(samples, 580)).toEqual(box);
    expect(samples.length).toBeLessThan(22);
  });

  test('between two samples it is on the way', () => {
    const at = (x: number): { x: number; y: number; width: number; height: number } => ({
      x,
      y: 0,
      width: 1,
      height: 1,
    });
    const path = [
      { atMs: 0, box: at(0) },
      { atMs: 100, box: at(1) },
    ];
    expect(boxAt(path, 25)?.x).toBeCloseTo(0.25);
    expect(boxAt(path, 500)?.x).toBe(1);
    expect(boxAt(path, -1)).toBeUndefined();
    expect(boxAt([], 0)).toBeUndefined();
  });
});
