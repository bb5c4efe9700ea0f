import {
  addAll,
  and,
  constant4,
  get,
  instantiate,
  join,
  load4,
  loadByte,
  number,
  or,
  plus,
  repeat,
  set,
  shiftLeft,
  shiftRight,
  step,
  stepBy,
  store4,
  times,
  type Code,
  type WasmFunction,
} from '../deep/wasm-writer.ts';

/** Bytes of the sums of one cell and of one row of the table: twelve floats. */
export const sumBytes = 48;

export interface ColourKernels {
  /**
   * Sums of the table's rows for the colours of the pixels of cells beside each other.
   * @param table a row for each of 16³ colours
   * @param stride bytes from one line of pixels to the next
   */
  sums(rgb: number, table: number, out: number, cells: number, stride: number): void;
}

function sums(cell: number): WasmFunction {
  const [rgb, table, out, cells, stride, i, line, row] = [0, 1, 2, 3, 4, 5, 6, 7];
  const totals = [8, 9, 10];
  const colour = (x: number): Code =>
    join(
      join(get(line), loadByte(3 * x), number(4), shiftRight, number(8), shiftLeft),
      join(get(line), loadByte(3 * x + 1), number(0xf0), and, or),
      join(get(line), loadByte(3 * x + 2), number(4), shiftRight, or),
    );
  const pixel = (x: number): Code =>
    join(
      join(colour(x), number(sumBytes), times, get(table), plus, set(row)),
      ...totals.map((total, k) => join(get(total), get(row), load4(16 * k), addAll, set(total))),
    );
  const pixels = Array.from({ length: cell }, (_, x) => pixel(x));
  const lines = Array.from({ length: cell }, () => join(...pixels, stepBy(line, stride)));
  const body = join(
    join(number(0), set(i)),
    repeat(
      i,
      cells,
      join(
        ...totals.map((total) => join(constant4(0), set(total))),
        join(get(rgb), set(line)),
        ...lines,
        ...totals.map((total, k) => join(get(out), get(total), store4(16 * k))),
        join(step(rgb, 3 * cell), step(out, sumBytes), step(i, 1)),
      ),
    ),
  );
  return { name: 'sums', parameters: 5, wholeLocals: 3, vectorLocals: 3, body };
}

/** @returns undefined where the browser knows no vectors in WebAssembly or does not allow it */
export const compileColours = (cell: number, memory: WebAssembly.Memory): ColourKernels | undefined =>
  instantiate([sums(cell)], memory) as unknown as ColourKernels | undefined;
