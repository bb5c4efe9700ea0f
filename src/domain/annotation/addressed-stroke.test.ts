import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pictureId, pictureSources } from '../picture/picture-id.ts';
import { encodeAddressedStroke, parseAddressedStroke } from './addressed-stroke.ts';

const order = ['tablet', 'erika', 'guest'];
const stroke = Uint8Array.of(0x11, 2, 3, 4);

describe('strokes with the picture they are drawn on', () => {
  test.each(pictureSources.flatMap((source) => [undefined, 0, 0xffff_fffe].map((frame) => [source, frame])))(
    'B20 what goes in comes out: %s, frame %s',
    (source, frame) => {
      const sent = { picture: pictureId('erika', source as 'screen'), frame: frame as number, stroke };
      const bytes = encodeAddressedStroke(sent, order);
      expect(parseAddressedStroke(bytes, order)).toEqual(sent);
    },
  );

  test('P20 a stroke on a camera is told as the version before tells it, and read so', () => {
    const named = Uint8Array.of(0x81, 4, 3, 2, 1, ...stroke);
    const plain = Uint8Array.of(2, ...stroke);
    expect(parseAddressedStroke(named, order)).toEqual({ picture: 'erika', frame: 0x01020304, stroke });
    expect(parseAddressedStroke(plain, order)).toEqual({ picture: 'guest', frame: undefined, stroke });
    expect(encodeAddressedStroke({ picture: pictureId('erika'), frame: 0x01020304, stroke }, order)).toEqual(
      named,
    );
    expect(encodeAddressedStroke({ picture: pictureId('guest'), frame: undefined, stroke }, order)).toEqual(
      plain,
    );
  });

  test("P124 a stroke on another source is none on its owner's camera, for the version before neither", () => {
    const bytes = encodeAddressedStroke(
      { picture: pictureId('erika', 'screen'), frame: undefined, stroke },
      order,
    );
    expect(parseAddressedStroke(bytes, order)?.picture).toBe('erika~screen');
    expect(order[(bytes?.[0] ?? 0) & 0x7f]).toBeUndefined();
  });

  test('T28 nothing is told of a stranger’s picture', () => {
    expect(encodeAddressedStroke({ picture: pictureId('nobody'), frame: 1, stroke }, order)).toBeUndefined();
  });

  test.each([
    ['nothing', []],
    ['a name cut short', [0x80, 1, 2]],
    ['nobody’s picture', [77, 1, 2]],
    ['a long form cut short', [0x7f, 0]],
    ['an unknown source', [0x7f, 0, 99, 1]],
    ['another source of nobody', [0xff, 77, 1, 1, 2, 3, 4]],
  ])('T28 %s is dropped', (_what, bytes) => {
    expect(parseAddressedStroke(Uint8Array.from(bytes), order)).toBeUndefined();
  });

  test('T28 no bytes of anybody make the reader throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const read = parseAddressedStroke(bytes, order);
        if (read) expect(order).toContain(read.picture.split('~')[0]);
      }),
      { numRuns: 2000 },
    );
    for (const bad of [undefined, 'text', [0, 1]]) expect(parseAddressedStroke(bad, order)).toBeUndefined();
  });
});
