import {
  addAll,
  and,
  constant4,
  get,
  instantiate,
  join,
  load1,
  load4,
  loadWhole,
  minus,
  multiplyAll,
  number,
  plus,
  repeat,
  set,
  step,
  store4,
  subtractAll,
  times,
  type Code,
  type WasmFunction,
} from '../deep/wasm-writer.ts';
import { placeBytes } from './fourier-kernels.ts';

/**
 * Spectra of eight planes together. For each frequency: the real parts of planes 0, 2, 4, 6, those of 1, 3, 5, 7, then
 * the imaginary parts in the same order.
 */
export const frequencyBytes = 64;
/** Real and imaginary parts of the even planes, and of the odd ones. */
const parts = [
  [0, 32],
  [16, 48],
] as const;

export interface SpectraKernels {
  /** Spectra out of the transforms of four pairs of planes. */
  split(places: number, out: number): void;
  /** The other way round, in the order and with the parts exchanged as the inverse transform wants them. */
  join(spectra: number, places: number, rows: number): void;
  /** Adds the answers of eight planes to the sums, four floats each: real, imaginary. */
  respond(x: number, filter: number, sums: number, count: number): void;
  /** q = conj(x) y + μ f + γ (h − l); adds |x|² and x q to the sums, twelve floats each. */
  gather(
    x: number,
    filter: number,
    near: number,
    dual: number,
    q: number,
    wanted: number,
    sums: number,
    factors: number,
    count: number,
  ): void;
  /** l += (q − conj(x) d) / a */
  solve(x: number, q: number, dual: number, dots: number, factors: number, count: number): void;
  /** l −= h */
  subtract(dual: number, near: number, count: number): void;
}

const vector = (address: number, offset = 0): Code => join(get(address), load4(offset));
const product = (a: Code, b: Code): Code => join(a, b, multiplyAll);
const sum = (a: Code, b: Code): Code => join(a, b, addAll);
const difference = (a: Code, b: Code): Code => join(a, b, subtractAll);
const put = (address: number, offset: number, value: Code): Code => join(get(address), value, store4(offset));
const addTo = (address: number, offset: number, value: Code): Code =>
  put(address, offset, sum(vector(address, offset), value));
const keep = (local: number, value: Code): Code => join(value, set(local));
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function split(size: number): WasmFunction {
  const [places, out, y, limit, row, mirrored] = [0, 1, 2, 3, 4, 5];
  const [a, b, c, d] = [6, 7, 8, 9];
  const half = (value: Code): Code => product(value, constant4(0.5));
  const frequency = (x: number): Code => {
    const own = x * placeBytes;
    const other = ((size - x) & (size - 1)) * placeBytes;
    const to = x * frequencyBytes;
    return join(
      join(keep(a, vector(row, own)), keep(b, vector(row, own + 16))),
      join(keep(c, vector(mirrored, other)), keep(d, vector(mirrored, other + 16))),
      join(put(out, to, half(sum(get(a), get(c)))), put(out, to + 16, half(sum(get(b), get(d))))),
      join(
        put(out, to + 32, half(difference(get(b), get(d)))),
        put(out, to + 48, half(difference(get(c), get(a)))),
      ),
    );
  };
  const rowAt = (line: Code): Code => join(line, number(size * placeBytes), times, get(places), plus);
  const opposite = join(number(size), get(y), minus, number(size - 1), and);
  const lines = join(
    join(keep(row, rowAt(get(y))), keep(mirrored, rowAt(opposite))),
    ...range(size / 2 + 1).map(frequency),
    join(step(out, (size / 2 + 1) * frequencyBytes), step(y, 1)),
  );
  const body = join(keep(y, number(0)), keep(limit, number(size)), repeat(y, limit, lines));
  return { name: 'split', parameters: 2, wholeLocals: 4, vectorLocals: 4, body };
}

function joined(size: number, order: ArrayLike<number>): WasmFunction {
  const [spectra, places, rows, y, limit, row, mirrored] = [0, 1, 2, 3, 4, 5, 6];
  const [r0, r1, i0, i1] = [7, 8, 9, 10];
  const frequency = (x: number): Code => {
    const from = x * frequencyBytes;
    const own = order[x]! * placeBytes;
    const whole = join(
      join(keep(r0, vector(spectra, from)), keep(r1, vector(spectra, from + 16))),
      join(keep(i0, vector(spectra, from + 32)), keep(i1, vector(spectra, from + 48))),
      put(row, own, sum(get(i0), get(r1))),
      put(row, own + 16, difference(get(r0), get(i1))),
    );
    if (x === 0 || x === size / 2) return whole;
    const other = order[size - x]! * placeBytes;
    return join(
      whole,
      put(mirrored, other, difference(get(r1), get(i0))),
      put(mirrored, other + 16, sum(get(r0), get(i1))),
    );
  };
  const rowAt = (offset: number): Code => join(get(rows), loadWhole(offset), get(places), plus);
  const lines = join(
    join(keep(row, rowAt(0)), keep(mirrored, rowAt(4))),
    ...range(size / 2 + 1).map(frequency),
    join(step(spectra, (size / 2 + 1) * frequencyBytes), step(rows, 8), step(y, 1)),
  );
  const body = join(keep(y, number(0)), keep(limit, number(size)), repeat(y, limit, lines));
  return { name: 'join', parameters: 3, wholeLocals: 4, vectorLocals: 4, body };
}

/** Runs over all frequencies; the pointers go on by so many bytes with each. */
function overFrequencies(
  count: number,
  j: number,
  body: Code,
  pointers: readonly (readonly [local: number, bytes: number])[],
): Code {
  const steps = pointers.map(([local, bytes]) => step(local, bytes));
  return join(keep(j, number(0)), repeat(j, count, join(body, ...steps, step(j, 1))));
}

function respond(): WasmFunction {
  const [x, filter, sums, count, j] = [0, 1, 2, 3, 4];
  const [xr, xi, fr, fi] = [5, 6, 7, 8];
  const plane = ([re, im]: readonly [number, number]): Code =>
    join(
      join(keep(xr, vector(x, re)), keep(xi, vector(x, im))),
      join(keep(fr, vector(filter, re)), keep(fi, vector(filter, im))),
      addTo(sums, 0, difference(product(get(xr), get(fr)), product(get(xi), get(fi)))),
      addTo(sums, 16, sum(product(get(xr), get(fi)), product(get(xi), get(fr)))),
    );
  const pointers = [[x, frequencyBytes] as const, [filter, frequencyBytes] as const, [sums, 32] as const];
  const body = overFrequencies(count, j, join(...parts.map(plane)), pointers);
  return { name: 'respond', parameters: 4, wholeLocals: 1, vectorLocals: 4, body };
}

function gather(): WasmFunction {
  const [x, filter, near, dual, q, wanted, sums, factors, count, j] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const [xr, xi, qr, qi, yr, yi, mu, gamma] = [10, 11, 12, 13, 14, 15, 16, 17];
  const pulled = (offset: number): Code =>
    sum(
      product(get(mu), vector(filter, offset)),
      product(get(gamma), difference(vector(near, offset), vector(dual, offset))),
    );
  const dot = (a: number, b: number, order: Code): Code =>
    join(product(get(xr), get(a)), product(get(xi), get(b)), order);
  const plane = ([re, im]: readonly [number, number]): Code =>
    join(
      join(keep(xr, vector(x, re)), keep(xi, vector(x, im))),
      keep(qr, sum(dot(yr, yi, addAll), pulled(re))),
      keep(qi, sum(dot(yi, yr, subtractAll), pulled(im))),
      join(put(q, re, get(qr)), put(q, im, get(qi))),
      addTo(sums, 0, dot(xr, xi, addAll)),
      addTo(sums, 16, dot(qr, qi, subtractAll)),
      addTo(sums, 32, dot(qi, qr, addAll)),
    );
  const all = [x, filter, near, dual, q].map((local) => [local, frequencyBytes] as const);
  const wantedNow = join(
    join(keep(yr, join(get(wanted), load1(0))), keep(yi, join(get(wanted), load1(4)))),
    ...parts.map(plane),
  );
  const body = join(
    join(keep(mu, join(get(factors), load1(0))), keep(gamma, join(get(factors), load1(4)))),
    overFrequencies(count, j, wantedNow, [...all, [wanted, 8], [sums, 48]]),
  );
  return { name: 'gather', parameters: 9, wholeLocals: 1, vectorLocals: 8, body };
}

function solve(): WasmFunction {
  const [x, q, dual, dots, factors, count, j] = [0, 1, 2, 3, 4, 5, 6];
  const [xr, xi, dr, di, scale] = [7, 8, 9, 10, 11];
  const dot = (a: number, b: number, order: Code): Code =>
    join(product(get(xr), get(a)), product(get(xi), get(b)), order);
  const rest = (offset: number, taken: Code): Code =>
    addTo(dual, offset, product(difference(vector(q, offset), taken), get(scale)));
  const plane = ([re, im]: readonly [number, number]): Code =>
    join(
      join(keep(xr, vector(x, re)), keep(xi, vector(x, im))),
      rest(re, dot(dr, di, addAll)),
      rest(im, dot(di, dr, subtractAll)),
    );
  const frequency = join(
    join(keep(dr, join(get(dots), load1(0))), keep(di, join(get(dots), load1(4)))),
    ...parts.map(plane),
  );
  const all = [x, q, dual].map((local) => [local, frequencyBytes] as const);
  const body = join(
    keep(scale, join(get(factors), load1(8))),
    overFrequencies(count, j, frequency, [...all, [dots, 8]]),
  );
  return { name: 'solve', parameters: 6, wholeLocals: 1, vectorLocals: 5, body };
}

function subtract(): WasmFunction {
  const [dual, near, count, j] = [0, 1, 2, 3];
  const four = (offset: number): Code =>
    put(dual, offset, difference(vector(dual, offset), vector(near, offset)));
  const pointers = [[dual, frequencyBytes] as const, [near, frequencyBytes] as const];
  const body = overFrequencies(count, j, join(...[0, 16, 32, 48].map(four)), pointers);
  return { name: 'subtract', parameters: 3, wholeLocals: 1, vectorLocals: 1, body };
}

/**
 * @param order where each number of a line belongs before its transform
 * @returns undefined where the browser knows no vectors in WebAssembly or does not allow it
 */
export function compileSpectra(
  size: number,
  order: ArrayLike<number>,
  memory: WebAssembly.Memory,
): SpectraKernels | undefined {
  const functions = [split(size), joined(size, order), respond(), gather(), solve(), subtract()];
  return instantiate(functions, memory) as unknown as SpectraKernels | undefined;
}
