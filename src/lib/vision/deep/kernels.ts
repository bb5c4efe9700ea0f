import {
  addAll,
  get,
  instantiate,
  join,
  load1,
  load4,
  maxAll,
  minAll,
  multiplyAddAll,
  multiplyAll,
  number,
  plus,
  repeat,
  set,
  splat,
  step,
  stepBy,
  store4,
  times,
  type Code,
  type WasmFunction,
} from './wasm-writer.ts';

/** Addresses and counts are in bytes and numbers of floats; all counts of channels are multiples of 8. */
export interface Kernels {
  /** out[p][o] = clip(Σ x[p][i] w[i][o] + bias[o]) for a multiple of 4 pixels. Clipped to 0…6 or not at all. */
  pointwise(
    x: number,
    weights: number,
    bias: number,
    out: number,
    pixels: number,
    inputs: number,
    outputs: number,
    clipped: number,
  ): void;
  /** One row of a 3 × 3 filter per channel, clipped to 0…6. */
  depthwise(
    x: number,
    weights: number,
    bias: number,
    out: number,
    pixels: number,
    channels: number,
    inputRowBytes: number,
    stride: number,
  ): void;
}

const f32 = (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
const times4 = (local: number): Code => join(get(local), number(4), times);
/** sum += a × b: in one step, where the browser knows that, or in two. */
type AddProduct = (sum: number, a: Code, b: Code) => Code;
const inTwoSteps: AddProduct = (sum, a, b) => join(get(sum), a, b, multiplyAll, addAll, set(sum));
const inOneStep: AddProduct = (sum, a, b) => join(a, b, get(sum), multiplyAddAll, set(sum));

function pointwise(addProduct: AddProduct): WasmFunction {
  const [x, weights, bias, out, pixels, inputs, outputs, clipped] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [p, o, i, inputBytes, outputBytes, x0, x1, x2, x3, w, o0] = [
    8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
  ];
  // Eight sums: four pixels times two vectors of outputs; two of weights; limits.
  const sums = [19, 20, 21, 22, 23, 24, 25, 26];
  const [wa, wb, low, high, value] = [27, 28, 29, 30, 31];
  const rows = [x0, x1, x2, x3];
  const input = (offset: number): Code =>
    join(
      join(get(w), load4(0), set(wa), get(w), load4(16), set(wb)),
      ...rows.map((row, k) =>
        join(
          join(get(row), load1(offset), set(value)),
          addProduct(sums[2 * k]!, get(value), get(wa)),
          addProduct(sums[2 * k + 1]!, get(value), get(wb)),
        ),
      ),
      stepBy(w, outputBytes),
    );
  // Four inputs at a time: their number is a multiple of that.
  const inner = join(...[0, 4, 8, 12].map(input), ...rows.map((row) => step(row, 16)), step(i, 4));
  const clip = (sum: number): Code => join(get(sum), get(low), maxAll, get(high), minAll);
  const block = join(
    get(x),
    set(x0),
    ...[x1, x2, x3].map((row, k) => join(get(rows[k]!), get(inputBytes), plus, set(row))),
    get(weights),
    times4(o),
    plus,
    set(w),
    ...[0, 1, 2, 3].map((k) =>
      join(
        join(get(bias), times4(o), plus, load4(0), set(sums[2 * k]!)),
        join(get(bias), times4(o), plus, load4(16), set(sums[2 * k + 1]!)),
      ),
    ),
    number(0),
    set(i),
    repeat(i, inputs, inner),
    get(out),
    times4(o),
    plus,
    set(o0),
    ...[0, 1, 2, 3].map((k) =>
      join(
        join(get(o0), clip(sums[2 * k]!), store4(0)),
        join(get(o0), clip(sums[2 * k + 1]!), store4(16)),
        stepBy(o0, outputBytes),
      ),
    ),
    step(o, 8),
  );
  const body = join(
    times4(inputs),
    set(inputBytes),
    times4(outputs),
    set(outputBytes),
    // Clipped or not: the limits are 0 and 6, or so wide that they do nothing.
    f32(-1e30),
    splat,
    set(low),
    f32(1e30),
    splat,
    set(high),
    get(clipped),
    [0x04, 0x40],
    f32(0),
    splat,
    set(low),
    f32(6),
    splat,
    set(high),
    [0x0b],
    number(0),
    set(p),
    repeat(
      p,
      pixels,
      join(
        number(0),
        set(o),
        repeat(o, outputs, block),
        ...[0, 1, 2, 3].map(() => join(stepBy(x, inputBytes), stepBy(out, outputBytes))),
        step(p, 4),
      ),
    ),
  );
  return { name: 'pointwise', parameters: 8, wholeLocals: 11, vectorLocals: 13, body };
}

function depthwise(addProduct: AddProduct): WasmFunction {
  const [x, weights, bias, out, pixels, channels, inputRowBytes, stride] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [p, c, channelBytes, at, w, stepBytes, bytes] = [8, 9, 10, 11, 12, 13, 14];
  const [sum, low, high] = [15, 16, 17];
  const tap = (): Code =>
    join(addProduct(sum, join(get(at), load4()), join(get(w), load4())), stepBy(w, channelBytes));
  const line = join(tap(), stepBy(at, channelBytes), tap(), stepBy(at, channelBytes), tap());
  // From the third tap of a line to the first of the next.
  const nextLine = join(
    stepBy(at, inputRowBytes),
    get(at),
    get(channelBytes),
    number(-2),
    times,
    plus,
    set(at),
  );
  const block = join(
    join(get(x), get(bytes), plus, set(at)),
    join(get(weights), get(bytes), plus, set(w)),
    join(get(bias), get(bytes), plus, load4(), set(sum)),
    line,
    nextLine,
    line,
    nextLine,
    line,
    join(get(out), get(bytes), plus, get(sum), get(low), maxAll, get(high), minAll, store4()),
    step(bytes, 16),
    step(c, 4),
  );
  const body = join(
    times4(channels),
    set(channelBytes),
    get(channelBytes),
    get(stride),
    times,
    set(stepBytes),
    f32(0),
    splat,
    set(low),
    f32(6),
    splat,
    set(high),
    number(0),
    set(p),
    repeat(
      p,
      pixels,
      join(
        number(0),
        set(c),
        number(0),
        set(bytes),
        repeat(c, channels, block),
        stepBy(x, stepBytes),
        stepBy(out, channelBytes),
        step(p, 1),
      ),
    ),
  );
  return { name: 'depthwise', parameters: 8, wholeLocals: 7, vectorLocals: 3, body };
}

/** Compiled for this memory; undefined where the browser knows no vectors in WebAssembly or does not allow it. */
export function compileKernels(memory: WebAssembly.Memory): Kernels | undefined {
  const compile = (by: AddProduct) => instantiate([pointwise(by), depthwise(by)], memory);
  return (compile(inOneStep) ?? compile(inTwoSteps)) as unknown as Kernels | undefined;
}
