import {
  aboveAll,
  addBytes,
  addLong,
  addWide,
  andAll,
  beneathAll,
  choose,
  countBits,
  exclusiveOrLong,
  get,
  instantiate,
  isAny,
  join,
  load4,
  loadLong,
  minus,
  multiplyHigh,
  multiplyLow,
  multiplyWide,
  narrowLong,
  narrowWide,
  number,
  orAll,
  plus,
  repeat,
  set,
  shiftDown,
  splatByte,
  splatWide,
  spreadHigh,
  spreadLow,
  step,
  store4,
  storeShortOfLong,
  subtractBytes,
  times,
  when,
  widenHigh,
  widenLow,
  type Code,
  type WasmFunction,
} from '../deep/wasm-writer.ts';
import { circle } from './fast-circle.ts';

/** All work on addresses and bytes; lines of pixels are taken sixteen at a time, so that they may run over the end. */
export interface SceneKernels {
  /**
   * Flags that are not 0 where nine neighbours in a row on the circle are all lighter or all darker by more than the
   * threshold; there also scores, two bytes each: by how much more all that are so are.
   */
  corners(at: number, width: number, flags: number, scores: number, count: number, threshold: number): void;
  /** Sums of five pixels above each other, two bytes each; `at` is the middle one. */
  columnSums(at: number, width: number, out: number, count: number): void;
  /** A 25th of the sum of five sums beside each other; `at` is the middle one. */
  rowMeans(at: number, out: number, count: number): void;
  /** Two lines of pixels put together, two bytes each: the upper one counts 256 − `share`, the lower one `share`. */
  blend(upper: number, lower: number, share: number, out: number, count: number): void;
  /** Differing bits of a description and each of `count` others, two bytes each. */
  distances(one: number, others: number, out: number, count: number): void;
}

const bytes = 16;
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function corners(): WasmFunction {
  const [at, width, flagsOut, scoresOut, count, threshold, x] = [0, 1, 2, 3, 4, 5, 6];
  const rows = range(7).map((i) => 7 + i);
  const [high, low, flags, lighter, darker, above, beneath] = [14, 15, 16, 17, 18, 19, 20];
  // One group for what is lighter or darker, two to put neighbours together.
  const groups = [0, 1, 2].map((g) => range(16).map((i) => 21 + 16 * g + i));
  const [marks, twos, fours] = [groups[0]!, groups[1]!, groups[2]!];
  const pixel = (i: number): Code => {
    const [dx, dy] = circle[i & 15]!;
    return join(get(rows[dy + 3]!), load4(dx + 3));
  };
  const isOut = (i: number, limit: number, order: Code): Code => join(pixel(i), get(limit), order);
  const maybe = (limit: number, order: Code): Code =>
    join(
      join(isOut(0, limit, order), isOut(8, limit, order), orAll),
      join(isOut(4, limit, order), isOut(12, limit, order), orAll),
      andAll,
    );
  const both = (of: readonly number[], apart: number, i: number): Code =>
    join(get(of[i]!), get(of[(i + apart) & 15]!), andAll);
  const nineInARow = (limit: number, order: Code, into: number): Code =>
    join(
      ...marks.map((mark, i) => join(isOut(i, limit, order), set(mark))),
      ...twos.map((two, i) => join(both(marks, 1, i), set(two))),
      ...fours.map((four, i) => join(both(twos, 2, i), set(four))),
      ...fours.map((_, i) => join(both(fours, 4, i), get(marks[(i + 8) & 15]!), andAll, i > 0 ? orAll : [])),
      set(into),
    );
  const zero = (local: number): Code => join(get(high), get(high), subtractBytes, set(local));
  const sumUp = (widen: Code): Code =>
    join(
      join(zero(above), zero(beneath)),
      ...range(16).map((i) =>
        join(
          join(get(above), pixel(i), get(high), subtractBytes, widen, addWide, set(above)),
          join(get(beneath), get(low), pixel(i), subtractBytes, widen, addWide, set(beneath)),
        ),
      ),
    );
  const more = (sum: number): Code => join(get(sum), number(1), splatWide, addWide);
  const scores = (widen: Code, spread: Code, offset: number): Code =>
    join(
      sumUp(widen),
      join(get(scoresOut), more(above), more(beneath), get(darker), spread, andAll, get(lighter), spread),
      join(choose, store4(offset)),
    );
  const places = join(
    join(get(rows[3]!), load4(3), get(threshold), splatByte, addBytes, set(high)),
    join(get(rows[3]!), load4(3), get(threshold), splatByte, subtractBytes, set(low)),
    zero(flags),
    // Nine in a row hold two neighbouring ones of the four ends: most places are no corners, and end here.
    join(maybe(high, aboveAll), maybe(low, beneathAll), orAll, isAny),
    when(
      join(
        join(nineInARow(high, aboveAll, lighter), nineInARow(low, beneathAll, darker)),
        join(get(lighter), get(darker), orAll, set(flags), get(flags), isAny),
        when(join(scores(widenLow, spreadLow, 0), scores(widenHigh, spreadHigh, bytes))),
      ),
    ),
    join(get(flagsOut), get(flags), store4()),
    ...[...rows, flagsOut, x].map((local) => step(local, bytes)),
    step(scoresOut, 2 * bytes),
  );
  const body = join(
    join(get(at), number(-3), plus, get(width), number(3), times, minus, set(rows[0]!)),
    ...rows.slice(1).map((row, i) => join(get(rows[i]!), get(width), plus, set(row))),
    join(number(0), set(x)),
    repeat(x, count, places),
  );
  return { name: 'corners', parameters: 6, wholeLocals: 8, vectorLocals: 55, body };
}

function columnSums(): WasmFunction {
  const [at, width, out, count, x] = [0, 1, 2, 3, 4];
  const rows = range(5).map((i) => 5 + i);
  const sum = (widen: Code): Code =>
    join(...rows.map((row, i) => join(get(row), load4(), widen, i > 0 ? addWide : [])));
  const body = join(
    join(get(at), get(width), minus, get(width), minus, set(rows[0]!)),
    ...rows.slice(1).map((row, i) => join(get(rows[i]!), get(width), plus, set(row))),
    join(number(0), set(x)),
    repeat(
      x,
      count,
      join(
        join(get(out), sum(widenLow), store4()),
        join(get(out), sum(widenHigh), store4(bytes)),
        ...[...rows, x].map((local) => step(local, bytes)),
        step(out, 2 * bytes),
      ),
    ),
  );
  return { name: 'columnSums', parameters: 4, wholeLocals: 6, vectorLocals: 1, body };
}

function rowMeans(): WasmFunction {
  const [at, out, count, x, sum] = [0, 1, 2, 3, 4];
  // 5243 / 2^17 is a 25th, exactly enough for sums of 25 bytes.
  const part = (multiply: Code): Code =>
    join(get(sum), number(5243), splatWide, multiply, number(17), shiftDown);
  const eight = (from: number): Code =>
    join(
      ...range(5).map((i) => join(get(at), load4(from + 2 * i), i > 0 ? addWide : [])),
      set(sum),
      part(multiplyLow),
      part(multiplyHigh),
      narrowLong,
    );
  const body = join(
    join(step(at, -4), number(0), set(x)),
    repeat(
      x,
      count,
      join(
        join(get(out), eight(0), eight(bytes), narrowWide, store4()),
        join(step(at, 2 * bytes), step(out, bytes), step(x, bytes)),
      ),
    ),
  );
  return { name: 'rowMeans', parameters: 3, wholeLocals: 1, vectorLocals: 1, body };
}

function blend(): WasmFunction {
  const [upper, lower, share, out, count, x] = [0, 1, 2, 3, 4, 5];
  const [upperShare, lowerShare] = [6, 7];
  const eight = (widen: Code): Code =>
    join(
      join(get(upper), load4(), widen, get(upperShare), multiplyWide),
      join(get(lower), load4(), widen, get(lowerShare), multiplyWide, addWide),
    );
  const body = join(
    join(get(share), splatWide, set(lowerShare), number(256), get(share), minus, splatWide, set(upperShare)),
    join(number(0), set(x)),
    repeat(
      x,
      count,
      join(
        join(get(out), eight(widenLow), store4(), get(out), eight(widenHigh), store4(bytes)),
        ...[upper, lower, x].map((local) => step(local, bytes)),
        step(out, 2 * bytes),
      ),
    ),
  );
  return { name: 'blend', parameters: 5, wholeLocals: 1, vectorLocals: 2, body };
}

function distances(): WasmFunction {
  const [one, others, out, count, j] = [0, 1, 2, 3, 4];
  const differing = (offset: number): Code =>
    join(get(one), loadLong(offset), get(others), loadLong(offset), exclusiveOrLong, countBits);
  const sum = join(...[0, 8, 16, 24].map((offset, i) => join(differing(offset), i > 0 ? addLong : [])));
  const body = join(
    join(number(0), set(j)),
    repeat(
      j,
      count,
      join(join(get(out), sum, storeShortOfLong), join(step(others, 32), step(out, 2), step(j, 1))),
    ),
  );
  return { name: 'distances', parameters: 4, wholeLocals: 1, vectorLocals: 1, body };
}

/** undefined where the browser knows no vectors in WebAssembly or does not allow it */
export const compileScene = (memory: WebAssembly.Memory): SceneKernels | undefined =>
  instantiate([corners(), columnSums(), rowMeans(), blend(), distances()], memory) as unknown as
    SceneKernels | undefined;
