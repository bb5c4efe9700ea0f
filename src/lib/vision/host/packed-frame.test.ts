import { describe, expect, test } from 'vitest';
import { makeRandom } from '../camera/robust-fit.ts';
import { Picture } from '../picture/picture.ts';
import { bytesOf, packFrame, shrinkPlane, unpackFrame } from './packed-frame.ts';

const random = makeRandom(3);

/** Colours that change slowly, as pictures' do. */
function colours(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i += 1) {
    const x = (i % width) / width;
    const y = Math.floor(i / width) / height;
    data.set([255 * x, 255 * y, 255 * (1 - x), 255], 4 * i);
  }
  return data;
}

describe('frames as they are kept', () => {
  test.each([
    [64, 48],
    [33, 17],
  ])(
    'B20 a colour frame of %i × %i comes back nearly as it was, in less than half of the bytes',
    (width, height) => {
      const frame = { width, height, data: colours(width, height), timestampMs: 7 };
      const packed = packFrame(frame);
      expect(bytesOf(packed)).toBeLessThan(frame.data.length / 2);
      const back = unpackFrame(packed);
      expect(back).toMatchObject({ width, height, timestampMs: 7 });
      const worst = Uint8Array.from(back.data).reduce(
        (most, value, i) => Math.max(most, Math.abs(value - frame.data[i]!)),
        0,
      );
      expect(worst).toBeLessThanOrEqual(14);
      expect(packed.gray).toEqual(new Picture(frame).gray(0).data);
    },
  );

  test('a gray frame keeps its bytes', () => {
    const data = Uint8Array.from({ length: 320 }, () => random() * 255);
    const frame = { width: 20, height: 16, data, timestampMs: 1 };
    const packed = packFrame(frame);
    expect(packed.gray.buffer).toBe(data.buffer);
    expect(unpackFrame(packed)).toEqual(frame);
  });

  test('narrow brightness is stretched: 16 is black, 235 is white', () => {
    const chroma = new Uint8Array(2).fill(128);
    const gray = Uint8Array.from([16, 235, 16, 235]);
    const frame = { width: 2, height: 2, timestampMs: 0, gray, chroma, fullRange: false };
    const { data } = unpackFrame(frame);
    expect([...data.subarray(0, 8)]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
  });

  test.each([1, 2, 3])('a plane shrunk %i times holds means, whatever lies between its rows', (shrink) => {
    const plane = { data: new Uint8Array(400), offset: 5, stride: 30, step: 2, width: 12, height: 12 };
    for (let y = 0; y < 12; y += 1)
      for (let x = 0; x < 12; x += 1) plane.data[5 + 30 * y + 2 * x] = 10 * y + x;
    const side = 12 / shrink;
    const out = new Uint8Array(side * side + 1);
    shrinkPlane(plane, shrink, side, side, out, 1);
    const middle = (shrink - 1) / 2;
    expect(out[0]).toBe(0);
    expect(Math.abs(out[1]! - 11 * middle)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(out[side * side]! - 11 * (11 - middle))).toBeLessThanOrEqual(0.5);
  });
});
