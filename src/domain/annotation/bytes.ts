/** Writes small numbers in few bytes. Grows by itself. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  byte(value: number): this {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length] = value & 0xff;
    this.#length += 1;
    return this;
  }

  /** A whole number from 0 to 2^53, seven bits a byte, the lowest first. */
  varint(value: number): this {
    let rest = value;
    while (rest > 127) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    return this.byte(rest);
  }

  /** A whole number of either sign, within 30 bits: -63…63 take one byte. */
  zigzag(value: number): this {
    return this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** `count` bytes of a whole number, the lowest first. */
  fixed(value: number, count: number): this {
    let rest = value;
    for (let i = 0; i < count; i += 1) {
      this.byte(rest % 256);
      rest = Math.floor(rest / 256);
    }
    return this;
  }

  raw(bytes: Uint8Array): this {
    for (const byte of bytes) this.byte(byte);
    return this;
  }

  /** UTF-8 after its length in bytes. */
  text(value: string): this {
    const encoded = encodeUtf8(value);
    return this.varint(encoded.length).raw(encoded);
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Thrown inside the readers below only; `parse…` functions turn it into undefined. */
export class BadBytes extends Error {}

/** Reads what ByteWriter wrote. Throws BadBytes for anything else. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new BadBytes('ended early');
    this.#at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 7; i += 1) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new BadBytes('number too long');
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  fixed(count: number): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < count; i += 1) {
      value += this.byte() * factor;
      factor *= 256;
    }
    return value;
  }

  raw(length: number): Uint8Array {
    if (length > this.left) throw new BadBytes('ended early');
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  text(maxBytes: number): string {
    const length = this.varint();
    if (length > maxBytes) throw new BadBytes('text too long');
    return decodeUtf8(this.raw(length));
  }

  /** Throws if anything is left. */
  end(): void {
    if (this.left > 0) throw new BadBytes('bytes left over');
  }
}

/** Runs a reader; undefined where the bytes are not what it reads. */
export function parseBytes<T>(bytes: unknown, read: (reader: ByteReader) => T): T | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    return read(new ByteReader(bytes));
  } catch (error) {
    if (error instanceof BadBytes) return undefined;
    throw error;
  }
}

// The domain has no TextEncoder: it belongs to the browser and to Node, not to the language.
function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    // A lone surrogate has no UTF-8: the replacement character stands for it, as in TextEncoder.
    const point = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) {
      bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    } else {
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 63),
        0x80 | ((point >> 6) & 63),
        0x80 | (point & 63),
      );
    }
  }
  return Uint8Array.from(bytes);
}

function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i] ?? 0;
    const more = first < 0x80 ? 0 : first >= 0xf0 && first < 0xf8 ? 3 : first >= 0xe0 ? 2 : 1;
    if ((first >= 0x80 && first < 0xc0) || first >= 0xf8) throw new BadBytes('no UTF-8');
    let point = more === 0 ? first : first & (0x3f >> more);
    for (let j = 1; j <= more; j += 1) {
      const next = bytes[i + j];
      if (next === undefined || (next & 0xc0) !== 0x80) throw new BadBytes('no UTF-8');
      point = (point << 6) | (next & 63);
    }
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw new BadBytes('no UTF-8');
    text += String.fromCodePoint(point);
    i += more + 1;
  }
  return text;
}
