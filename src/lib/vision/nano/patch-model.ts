/**
 * NanoTrack's backbone is written down for pictures of 255 × 255 pixels alone, but nothing in it depends on that size:
 * the template is a picture of 127 × 127. Frees the sizes of its input and output, and drops the notes on what lies
 * between, which hold for the one size only.
 */
export function freeSizes(model: Uint8Array): Uint8Array<ArrayBuffer> {
  return rewrite(model, (field, value) => (field === modelGraph ? [rewrite(value, graphField)] : [value]));
}

/** Numbers of fields in onnx.proto. */
const modelGraph = 7;
const graphInput = 11;
const graphOutput = 12;
const graphValueInfo = 13;

function graphField(field: number, value: Uint8Array): readonly Uint8Array[] {
  if (field === graphValueInfo) return [];
  if (field !== graphInput && field !== graphOutput) return [value];
  // ValueInfoProto.type → TypeProto.tensor_type → TensorTypeProto.shape → TensorShapeProto.dim
  let dimension = 0;
  const dims = (): Uint8Array => {
    dimension += 1;
    return namedDimension(`${field}-${dimension}`);
  };
  const shape = (one: Uint8Array): Uint8Array => rewrite(one, (at) => (at === 1 ? [dims()] : []));
  const tensor = (one: Uint8Array): Uint8Array => rewrite(one, (at, v) => [at === 2 ? shape(v) : v]);
  const type = (one: Uint8Array): Uint8Array => rewrite(one, (at, v) => [at === 1 ? tensor(v) : v]);
  return [rewrite(value, (at, v) => [at === 2 ? type(v) : v])];
}

/** TensorShapeProto.Dimension with a name (dim_param) instead of a size. */
function namedDimension(name: string): Uint8Array {
  const text = new TextEncoder().encode(name);
  return Uint8Array.from([(2 << 3) | 2, text.length, ...text]);
}

/**
 * A message of protocol buffers with some of its length-delimited fields replaced, doubled or left out; all others stay
 * as they are.
 * @throws RangeError for bytes that are no such message
 */
function rewrite(
  message: Uint8Array,
  replace: (field: number, value: Uint8Array) => readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = message[at];
      if (byte === undefined) break;
      at += 1;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('the bytes end in the middle of a number');
  };
  while (at < message.length) {
    const start = at;
    const key = number();
    const wire = key & 7;
    if (wire === 0) number();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire !== 2) throw new RangeError(`an unknown kind of field: ${wire}`);
    if (wire !== 2) {
      parts.push(message.subarray(start, at));
      continue;
    }
    const head = message.subarray(start, at);
    const length = number();
    const value = message.subarray(at, at + length);
    if (value.length !== length) throw new RangeError('the bytes end in the middle of a field');
    at += length;
    for (const one of replace(key >>> 3, value)) parts.push(head, varint(one.length), one);
  }
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of parts) {
    out.set(part, to);
    to += part.length;
  }
  return out;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}
