import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pictureId } from '../picture/picture-id.ts';
import {
  encodeTracking,
  maxTrackingDatagramBytes,
  parseTracking,
  type TrackingDatagram,
} from './tracking-datagram.ts';
import { maxHighlights } from './tracking-messages.ts';

const order = ['erika', 'tablet'];
const encode = (one: TrackingDatagram): Uint8Array => encodeTracking(one, order) ?? new Uint8Array();
const object = (index: number) => ({
  index,
  state: 'tracked' as const,
  confidence: 0.9,
  box: { x: 0.4 + index / 100, y: 0.3, width: 0.1, height: 0.08 },
});
const datagram: TrackingDatagram = {
  picture: pictureId('tablet'),
  frame: 4_294_967_290,
  pose: { epoch: 255, a: 0.98, b: -0.12, dx: 0.4, dy: -1.25 },
  objects: [object(0), { ...object(7), state: 'lost' }],
};

describe('tracking datagrams', () => {
  test('F57 what goes in comes out, to a fraction of a pixel', () => {
    const bytes = encode(datagram);
    const read = parseTracking(bytes, order);
    expect(bytes.length).toBeLessThan(50);
    expect(read).toMatchObject({ picture: 'tablet', frame: 4_294_967_290 });
    expect(read?.pose?.epoch).toBe(255);
    expect(read?.pose?.dy).toBeCloseTo(-1.25, 5);
    expect(read?.objects.map(({ index, state }) => [index, state])).toEqual([
      [0, 'tracked'],
      [7, 'lost'],
    ]);
    for (const [i, { box }] of (read?.objects ?? []).entries()) {
      expect(Math.abs(box.x - (datagram.objects[i]?.box.x ?? 0))).toBeLessThan(1 / 4000);
      expect(Math.abs(box.height - (datagram.objects[i]?.box.height ?? 0))).toBeLessThan(1 / 4000);
    }
  });

  test('F57 as many highlights as a picture holds fit into one datagram, however far they are', () => {
    const far = { x: -3.9, y: 3.9, width: 3.9, height: 3.9 };
    const objects = Array.from({ length: maxHighlights }, (_, i) => ({ ...object(255 - i), box: far }));
    const pose = { epoch: 9, a: -200, b: 200, dx: 255, dy: -255 };
    const picture = pictureId('tablet', 'document');
    const bytes = encode({ picture, frame: datagram.frame, pose, objects });
    expect(bytes.length).toBeLessThanOrEqual(maxTrackingDatagramBytes);
    expect(parseTracking(bytes, order)?.objects).toHaveLength(maxHighlights);
  });

  test('F58 a scene out of all bounds is left out, the boxes are not', () => {
    const pose = { epoch: 0, a: Number.NaN, b: 0, dx: 0, dy: 0 };
    const read = parseTracking(encode({ ...datagram, frame: undefined, pose }), order);
    expect(read).toMatchObject({ frame: undefined, pose: undefined });
    expect(read?.objects).toHaveLength(2);
  });

  test('T5 T28 no bytes of anybody make the reader throw or give a box without bounds', () => {
    const good = encode(datagram);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 230 }),
          fc
            .tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }))
            .map(([at, value]) => good.with(at, value)),
        ),
        (bytes) => {
          const read = parseTracking(bytes, order);
          for (const { box } of read?.objects ?? []) {
            for (const value of Object.values(box)) expect(Math.abs(value)).toBeLessThanOrEqual(4);
            expect(box.width).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 2000 },
    );
    for (const bad of [
      undefined,
      'text',
      new Uint8Array(),
      good.subarray(0, 9),
      new Uint8Array(500).fill(0x21),
    ]) {
      expect(parseTracking(bad, order)).toBeUndefined();
    }
  });

  test('T5 the same object twice in a datagram: refused', () => {
    expect(parseTracking(encode({ ...datagram, objects: [object(3), object(3)] }), order)).toBeUndefined();
  });

  test('P123 the boxes of a camera are told as the version before tells them; of another source it reads nobody', () => {
    const bytes = encode(datagram);
    expect([...bytes.subarray(0, 3)]).toEqual([0x21, 1, 3 | (2 << 2)]);
    const other = encode({ ...datagram, picture: pictureId('tablet', 'screen') });
    expect(order[other[1] ?? 0]).toBeUndefined();
    expect(parseTracking(other, order)).toMatchObject({ picture: 'tablet~screen', frame: 4_294_967_290 });
  });

  test('T5 a picture of nobody is told to nobody, and read of nobody; the flag of a stroke is none here', () => {
    expect(encodeTracking({ ...datagram, picture: pictureId('guest') }, order)).toBeUndefined();
    const bytes = encode(datagram);
    expect(parseTracking(bytes, ['erika'])).toBeUndefined();
    expect(parseTracking(bytes.with(1, 0x81), order)).toBeUndefined();
  });
});
