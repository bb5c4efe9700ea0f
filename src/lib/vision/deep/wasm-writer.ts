/** Writes small WebAssembly modules: the kernels stand as source beside this and need no other compiler. */
export type Code = readonly number[];

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const more = rest > 127;
    bytes.push((rest & 127) | (more ? 128 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && (byte & 64) === 0) || (rest === -1 && (byte & 64) !== 0);
    bytes.push(done ? byte : byte | 128);
    if (done) return bytes;
  }
}

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const number = (value: number): Code => [0x41, ...signed(value)];
export const plus: Code = [0x6a];
export const minus: Code = [0x6b];
export const times: Code = [0x6c];
const below: Code = [0x49];
export const multiplyAll: Code = simd(0xe6);
export const addAll: Code = simd(0xe4);
export const subtractAll: Code = simd(0xe5);
export const minAll: Code = simd(0xe8);
export const maxAll: Code = simd(0xe9);
/** a × b + c, rounded once where the processor can; newer than the other vector operations. */
export const multiplyAddAll: Code = simd(0x105);
export const splat: Code = simd(0x13);
/** Four floats from the address on the stack plus `offset` bytes. */
export const load4 = (offset = 0): Code => [...simd(0x00), 2, ...unsigned(offset)];
/** One float, four times. */
export const load1 = (offset = 0): Code => [...simd(0x09), 2, ...unsigned(offset)];
export const store4 = (offset = 0): Code => [...simd(0x0b), 2, ...unsigned(offset)];

/** Sixteen bytes side by side. `aboveAll` and `beneathAll` give 255 where they hold; sums and differences stop at 0 and 255. */
export const aboveAll: Code = simd(0x28);
export const beneathAll: Code = simd(0x26);
export const addBytes: Code = simd(0x70);
export const subtractBytes: Code = simd(0x73);
export const andAll: Code = simd(0x4e);
export const orAll: Code = simd(0x50);
export const isAny: Code = simd(0x53);
export const splatByte: Code = simd(0x0f);
/** From the first where the third has ones, from the second elsewhere. */
export const choose: Code = simd(0x52);
/** The lower and the upper eight of sixteen bytes as numbers of 16 bits, their sums, and back; marks stay marks. */
export const spreadLow: Code = simd(0x87);
export const spreadHigh: Code = simd(0x88);
export const widenLow: Code = simd(0x89);
export const widenHigh: Code = simd(0x8a);
export const addWide: Code = simd(0x8e);
export const multiplyWide: Code = simd(0x95);
export const narrowWide: Code = simd(0x66);
/** Products of the lower and the upper four of eight numbers of 16 bits, with 32 bits; shifted; and back. */
export const multiplyLow: Code = simd(0xbe);
export const multiplyHigh: Code = simd(0xbf);
export const splatWide: Code = simd(0x10);
export const shiftDown: Code = simd(0xad);
export const narrowLong: Code = simd(0x86);

/** Eight bytes from the address on the stack plus `offset` as numbers of 16 bits; differences of such; products, 32 bits. */
export const loadWide = (offset = 0): Code => [...simd(0x02), 0, ...unsigned(offset)];
export const subtractWide: Code = simd(0x91);
export const multiplyLowSigned: Code = simd(0xbc);
export const multiplyHighSigned: Code = simd(0xbd);
/** Four numbers of 32 bits, and as floats. */
export const addLongs: Code = simd(0xae);
export const subtractLongs: Code = simd(0xb1);
export const toFloats: Code = simd(0xfa);
export const rootAll: Code = simd(0xe3);

export const loadWhole = (offset = 0): Code => [0x28, 2, ...unsigned(offset)];
/** One byte from the address on the stack plus `offset`; whole numbers of 32 bits. */
export const loadByte = (offset = 0): Code => [0x2d, 0, ...unsigned(offset)];
export const and: Code = [0x71];
export const or: Code = [0x72];
export const shiftLeft: Code = [0x74];
export const shiftRight: Code = [0x76];

/** Whole numbers of 64 bits. */
export const loadLong = (offset: number): Code => [0x29, 3, ...unsigned(offset)];
export const exclusiveOrLong: Code = [0x85];
export const countBits: Code = [0x7b];
export const addLong: Code = [0x7c];
/** Two bytes of a number of 64 bits to the address below it on the stack. */
export const storeShortOfLong: Code = [0xa7, 0x3b, 1, 0];

/** Four times the same float. */
export const constant4 = (value: number): Code => [
  ...simd(0x0c),
  ...new Uint8Array(Float32Array.of(value, value, value, value).buffer),
];

export const join = (...parts: readonly Code[]): number[] => parts.flat();

/** Adds a constant to a local. */
export const step = (local: number, by: number): Code => join(get(local), number(by), plus, set(local));
export const stepBy = (local: number, by: number): Code => join(get(local), get(by), plus, set(local));

/** Runs the body, then again as long as local `counter` is below local `limit`; at least once. */
export const repeat = (counter: number, limit: number, body: Code): Code =>
  join([0x03, 0x40], body, get(counter), get(limit), below, [0x0d, 0x00, 0x0b]);

/** Runs the body where the number on the stack is not 0. */
export const when = (body: Code): Code => join([0x04, 0x40], body, [0x0b]);

export interface WasmFunction {
  readonly name: string;
  /** Whole numbers, the first locals. */
  readonly parameters: number;
  /** Further locals: whole numbers, then vectors of four floats. */
  readonly wholeLocals: number;
  readonly vectorLocals: number;
  readonly body: Code;
}

const i32 = 0x7f;
const v128 = 0x7b;

/** A module that takes its memory as `host.memory` and exports its functions by name. */
function writeModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const text = (value: string): number[] => [
    ...unsigned(value.length),
    ...[...value].map((c) => c.charCodeAt(0)),
  ];
  const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content];
  const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
  const types = functions.map(({ parameters }) => [
    0x60,
    ...list(Array.from({ length: parameters }, () => [i32])),
    0,
  ]);
  const bodies = functions.map(({ wholeLocals, vectorLocals, body }) => {
    const locals = list([
      [...unsigned(wholeLocals), i32],
      [...unsigned(vectorLocals), v128],
    ]);
    const code = [...locals, ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([[...text('host'), ...text('memory'), 2, 0, 1]])),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(7, list(functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]))),
    ...section(10, list(bodies)),
  ]);
}

/**
 * The functions of a module on this memory; undefined where the browser knows no vectors in WebAssembly or does not
 * allow it.
 */
export function instantiate(
  functions: readonly WasmFunction[],
  memory: WebAssembly.Memory,
): WebAssembly.Exports | undefined {
  const bytes = writeModule(functions);
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes)) return undefined;
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } }).exports;
  } catch (error) {
    // A content security policy may forbid it.
    if (error instanceof WebAssembly.CompileError || error instanceof EvalError) return undefined;
    throw error;
  }
}
