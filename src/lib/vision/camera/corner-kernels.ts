import {
  addAll,
  addLongs,
  constant4,
  get,
  instantiate,
  join,
  load4,
  loadWide,
  minus,
  multiplyAll,
  multiplyHighSigned,
  multiplyLowSigned,
  number,
  plus,
  repeat,
  rootAll,
  set,
  step,
  store4,
  subtractAll,
  subtractLongs,
  subtractWide,
  toFloats,
  type Code,
  type WasmFunction,
} from '../deep/wasm-writer.ts';

/** Addresses in bytes; whole lines, that may run over the end by eight. */
export interface CornerKernels {
  /** Adds the three products of the gradients of a line's pixels to three lines of sums, `apart` bytes apart. */
  add(at: number, width: number, sums: number, apart: number, count: number): void;
  /** Takes them away. */
  remove(at: number, width: number, sums: number, apart: number, count: number): void;
  /** Smaller eigenvalues of the sums of five neighbours each. */
  scores(sums: number, apart: number, out: number, count: number): void;
}

function products(name: string, combine: Code): WasmFunction {
  const [at, width, sums, apart, count, x, above, below, to] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const [dx, dy] = [9, 10];
  const put = (a: number, b: number): Code =>
    join(
      ...[multiplyLowSigned, multiplyHighSigned].map((multiply, i) =>
        join(get(to), get(to), load4(16 * i), get(a), get(b), multiply, combine, store4(16 * i)),
      ),
      join(get(to), get(apart), plus, set(to)),
    );
  const body = join(
    join(get(at), number(-1), plus, set(at)),
    join(get(at), get(width), minus, set(above), get(at), get(width), plus, set(below)),
    join(number(0), set(x)),
    repeat(
      x,
      count,
      join(
        join(get(at), loadWide(2), get(at), loadWide(0), subtractWide, set(dx)),
        join(get(below), loadWide(1), get(above), loadWide(1), subtractWide, set(dy)),
        join(get(sums), set(to), put(dx, dx), put(dx, dy), put(dy, dy)),
        ...[at, above, below, x].map((local) => step(local, 8)),
        step(sums, 32),
      ),
    ),
  );
  return { name, parameters: 5, wholeLocals: 4, vectorLocals: 2, body };
}

function scores(): WasmFunction {
  const [sums, apart, out, count, x, from] = [0, 1, 2, 3, 4, 5];
  const [a, b, c, half] = [6, 7, 8, 9];
  const five = (into: number): Code =>
    join(
      ...[0, 1, 2, 3, 4].map((i) => join(get(from), load4(4 * i), i > 0 ? addLongs : [])),
      join(toFloats, set(into), get(from), get(apart), plus, set(from)),
    );
  const halfOf = (order: Code): Code => join(get(a), get(c), order, constant4(0.5), multiplyAll);
  const body = join(
    join(number(0), set(x)),
    repeat(
      x,
      count,
      join(
        join(get(sums), set(from), five(a), five(b), five(c), halfOf(subtractAll), set(half)),
        join(get(out), halfOf(addAll)),
        join(get(half), get(half), multiplyAll, get(b), get(b), multiplyAll, addAll, rootAll, subtractAll),
        join(constant4(1 / 25), multiplyAll, store4()),
        join(step(sums, 16), step(out, 16), step(x, 4)),
      ),
    ),
  );
  return { name: 'scores', parameters: 4, wholeLocals: 2, vectorLocals: 4, body };
}

/** @returns undefined where the browser knows no vectors in WebAssembly or does not allow it */
export const compileCorners = (memory: WebAssembly.Memory): CornerKernels | undefined =>
  instantiate([products('add', addLongs), products('remove', subtractLongs), scores()], memory) as unknown as
    CornerKernels | undefined;
