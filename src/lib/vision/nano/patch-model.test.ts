import { describe, expect, test } from 'vitest';
import { freeSizes } from './patch-model.ts';

const field = (number: number, bytes: readonly number[]): number[] => [
  (number << 3) | 2,
  bytes.length,
  ...bytes,
];
const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const sized = (size: number): number[] => [1 << 3, size];
const named = (name: string): number[] => field(2, text(name));
const tensor = (dims: readonly (readonly number[])[]): number[] =>
  field(
    2,
    field(1, [
      1 << 3,
      1,
      ...field(
        2,
        dims.flatMap((dim) => field(1, dim)),
      ),
    ]),
  );
const valueInfo = (name: string, dims: readonly (readonly number[])[]): number[] => [
  ...field(1, text(name)),
  ...tensor(dims),
];

describe('a model for pictures of any size', () => {
  test('sizes of input and output get names, notes on what lies between are dropped, all else stays', () => {
    const node = field(1, text('a node'));
    const model = [
      1 << 3,
      7,
      ...field(7, [
        ...node,
        ...field(11, valueInfo('in', [sized(1), sized(3)])),
        ...field(12, valueInfo('out', [sized(1)])),
        ...field(13, valueInfo('between', [sized(9)])),
      ]),
      ...field(8, [2 << 3, 14]),
    ];
    const wanted = [
      1 << 3,
      7,
      ...field(7, [
        ...node,
        ...field(11, valueInfo('in', [named('11-1'), named('11-2')])),
        ...field(12, valueInfo('out', [named('12-1')])),
      ]),
      ...field(8, [2 << 3, 14]),
    ];
    expect([...freeSizes(Uint8Array.from(model))]).toEqual(wanted);
  });

  test.each([
    ['ends in the middle of a field', [(7 << 3) | 2, 20, 1, 2]],
    ['ends in the middle of a number', [(7 << 3) | 2, 0x80]],
    ['has an unknown kind of field', [(7 << 3) | 6, 1]],
  ])('T5 what %s is refused', (_what, bytes) => {
    expect(() => freeSizes(Uint8Array.from(bytes))).toThrow(RangeError);
  });
});
