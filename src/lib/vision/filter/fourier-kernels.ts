import {
  addAll,
  constant4,
  get,
  instantiate,
  join,
  load4,
  multiplyAll,
  number,
  repeat,
  set,
  step,
  stepBy,
  store4,
  subtractAll,
  type Code,
  type WasmFunction,
} from '../deep/wasm-writer.ts';

/** Bytes of one place: four real parts, then four imaginary parts, of four transforms side by side. */
export const placeBytes = 32;

/** Transforms of lines of numbers in bit-reversed order, in place. */
export interface FourierKernels {
  /** Lines whose places lie one after the other. @param stride bytes from one line to the next */
  rows(base: number, count: number, stride: number): void;
  /** Lines whose places lie a row apart. */
  columns(base: number, count: number, stride: number): void;
}

const [base, count, stride, line] = [0, 1, 2, 3];
const [sumRe, sumIm] = [12, 13];
/** Real and imaginary part of four places. */
const real = [4, 6, 8, 10];
const imaginary = [5, 7, 9, 11];

/** a, b → a + w b, a − w b for w = c + i s. */
function butterfly(a: number, b: number, c: number, s: number): Code {
  const [ar, ai, br, bi] = [real[a]!, imaginary[a]!, real[b]!, imaginary[b]!];
  const turned = (one: number, with1: number, sign: Code, other: number, with2: number): Code =>
    join(get(one), constant4(with1), multiplyAll, get(other), constant4(with2), multiplyAll, sign);
  const isWhole = Math.abs(s) < 1e-9;
  const isQuarter = Math.abs(c) < 1e-9;
  // −i (br + i bi) = bi − i br.
  const productRe = isWhole ? get(br) : isQuarter ? get(bi) : turned(br, c, subtractAll, bi, s);
  const productIm = isWhole
    ? get(bi)
    : isQuarter
      ? join(constant4(0), get(br), subtractAll)
      : turned(br, s, addAll, bi, c);
  return join(
    join(productRe, set(sumRe), productIm, set(sumIm)),
    join(get(ar), get(sumRe), subtractAll, set(br), get(ai), get(sumIm), subtractAll, set(bi)),
    join(get(ar), get(sumRe), addAll, set(ar), get(ai), get(sumIm), addAll, set(ai)),
  );
}

/** One transform of `size` places that lie `apart` bytes from each other, written out; two stages at a time. */
function lineCode(size: number, apart: number): Code {
  const turn = (k: number, of: number): readonly [number, number] => [
    Math.cos((2 * Math.PI * k) / of),
    -Math.sin((2 * Math.PI * k) / of),
  ];
  const load = (at: number, into: number): Code =>
    join(
      join(get(base), load4(at * apart), set(real[into]!)),
      join(get(base), load4(at * apart + 16), set(imaginary[into]!)),
    );
  const store = (at: number, from: number): Code =>
    join(
      join(get(base), get(real[from]!), store4(at * apart)),
      join(get(base), get(imaginary[from]!), store4(at * apart + 16)),
    );
  const code: Code[] = [];
  let span = 1;
  for (; span * 4 <= size; span *= 4) {
    for (let start = 0; start < size; start += span * 4) {
      for (let k = 0; k < span; k += 1) {
        const places = [0, 1, 2, 3].map((i) => start + k + i * span);
        code.push(
          ...places.map(load),
          butterfly(0, 1, ...turn(k, span * 2)),
          butterfly(2, 3, ...turn(k, span * 2)),
          butterfly(0, 2, ...turn(k, span * 4)),
          butterfly(1, 3, ...turn(k + span, span * 4)),
          ...places.map(store),
        );
      }
    }
  }
  for (let k = 0; span < size && k < span; k += 1) {
    const places = [k, k + span];
    code.push(...places.map(load), butterfly(0, 1, ...turn(k, size)), ...places.map(store));
  }
  return join(...code);
}

function lines(name: string, size: number, apart: number): WasmFunction {
  const body = join(
    number(0),
    set(line),
    repeat(line, count, join(lineCode(size, apart), stepBy(base, stride), step(line, 1))),
  );
  return { name, parameters: 3, wholeLocals: 1, vectorLocals: 10, body };
}

/** @returns undefined where the browser knows no vectors in WebAssembly or does not allow it */
export function compileFourier(size: number, memory: WebAssembly.Memory): FourierKernels | undefined {
  const functions = [lines('rows', size, placeBytes), lines('columns', size, size * placeBytes)];
  return instantiate(functions, memory) as unknown as FourierKernels | undefined;
}
