import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  StrokeSender,
  beginLiveStroke,
  cancelDatagram,
  encodeStrokeDatagram,
  joinDatagram,
  maxDatagramBytes,
  parseStrokeDatagram,
  strokeIdOf,
  strokeMarkId,
  strokePoints,
  type LiveStroke,
} from './live.ts';
import type { Point } from './marks.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const strokes = fc.array(fc.record({ x: share, y: share }), { minLength: 1, maxLength: 120 });
const head = { strokeId: 0xdeadbeef, tool: 'pen', width: 'thick', form: 'append' } as const;
const step = 1 / 2047;

/** Datagrams of a stroke that grows by `batch` points at a time. */
function datagramsOf(points: Point[], batch: number): Uint8Array[] {
  const sender = new StrokeSender(head);
  const all: Uint8Array[] = [];
  for (let upTo = batch; upTo < points.length; upTo += batch) all.push(...sender.next(points.slice(0, upTo)));
  return [...all, ...sender.next(points, { end: true })];
}

function receive(datagrams: Uint8Array[]): LiveStroke | undefined {
  let stroke: LiveStroke | undefined;
  for (const bytes of datagrams) {
    const datagram = parseStrokeDatagram(bytes);
    if (datagram) stroke = stroke ? joinDatagram(stroke, datagram) : beginLiveStroke(datagram);
  }
  return stroke;
}

function expectNear(actual: Point[], expected: Point[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((point, i) => {
    expect(Math.abs(point.x - (expected[i]?.x ?? NaN))).toBeLessThanOrEqual(step);
    expect(Math.abs(point.y - (expected[i]?.y ?? NaN))).toBeLessThanOrEqual(step);
  });
}

describe('live strokes as datagrams', () => {
  test(`F55 what is drawn arrives, in any order and twice (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        strokes,
        fc.integer({ min: 1, max: 40 }),
        fc.infiniteStream(fc.nat()),
        (points, batch, keys) => {
          const datagrams = datagramsOf(points, batch);
          for (const bytes of datagrams) expect(bytes.length).toBeLessThanOrEqual(maxDatagramBytes);
          const shuffled = [...datagrams, ...datagrams]
            .map((bytes) => ({ bytes, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ bytes }) => bytes);
          const stroke = receive(shuffled);
          expectNear(stroke ? strokePoints(stroke) : [], points);
          expect(stroke?.endedAt).toBe(points.length);
          expect(stroke).toMatchObject({ tool: 'pen', width: 'thick', strokeId: head.strokeId });
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  test(`losing any two datagrams in a row of one or two points each is healed by the next (seed ${seed})`, () => {
    fc.assert(
      fc.property(strokes, fc.nat(), fc.constantFrom(1, 2), (points, at, batch) => {
        const datagrams = datagramsOf(points, batch);
        fc.pre(datagrams.length > 4);
        const from = 1 + (at % (datagrams.length - 3));
        const stroke = receive(datagrams.filter((_, i) => i !== from && i !== from + 1));
        expectNear(stroke ? strokePoints(stroke) : [], points);
      }),
      { seed, numRuns: 100 },
    );
  });

  test('two new points and the four before take about 21 bytes', () => {
    const points = Array.from({ length: 60 }, (_, i) => ({
      x: 0.1 + 0.008 * i,
      y: 0.3 + 0.1 * Math.sin(i / 5),
    }));
    const bytes = datagramsOf(points, 2).map((datagram) => datagram.length);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(24);
  });

  test('a shape is sent whole: the newest revision wins, whichever comes last', () => {
    const sender = new StrokeSender({ ...head, tool: 'arrow', form: 'whole' });
    const tail = { x: 0.25, y: 0.25 };
    const first = sender.next([tail, { x: 0.3, y: 0.3 }]);
    const last = sender.next([tail, { x: 0.75, y: 0.5 }], { end: true });
    const stroke = receive([...last, ...first]);
    expectNear(stroke ? strokePoints(stroke) : [], [tail, { x: 0.75, y: 0.5 }]);
    expect(stroke?.endedAt).toBe(2);
  });

  test(`any bytes give a datagram or undefined, never an exception (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 260 }), (noise) => {
        parseStrokeDatagram(noise);
        const kind = Uint8Array.from([0x11, ...noise]);
        const datagram = parseStrokeDatagram(kind);
        if (datagram) joinDatagram(beginLiveStroke(datagram), datagram);
      }),
      { seed, numRuns: 5000 },
    );
    expect(parseStrokeDatagram('x')).toBeUndefined();
    expect(parseStrokeDatagram(new Uint8Array(201).fill(0x11))).toBeUndefined();
  });

  test(`the stroke's id is its mark's id (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (strokeId) => {
        expect(strokeIdOf(strokeMarkId(strokeId))).toBe(strokeId);
      }),
      { seed },
    );
    expect(strokeIdOf('no-id')).toBeUndefined();
    const id = strokeMarkId(77);
    expect(parseStrokeDatagram(cancelDatagram({ id, tool: 'pen', width: 'thin' }))).toMatchObject({
      strokeId: 77,
      cancel: true,
    });
  });

  test('a datagram of a tool that this version lacks is read by its key', () => {
    const bytes = encodeStrokeDatagram({
      ...head,
      tool: 'magic-lasso',
      at: 0,
      points: [{ x: 0, y: 0 }],
      end: false,
      cancel: false,
    });
    expect(parseStrokeDatagram(bytes)?.tool).toBe('magic-lasso');
  });
});
