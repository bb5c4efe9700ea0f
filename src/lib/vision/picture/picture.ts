/** One picture: gray (one byte a pixel) or RGBA (four), rows from the top. */
export interface VisionFrame {
  readonly width: number;
  readonly height: number;
  /** width × height bytes of gray, or four times as many of RGBA. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Of the frame, on its source's clock. */
  readonly timestampMs: number;
}

/** One level of a gray pyramid. */
export interface GrayLevel {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface ColourLevel {
  readonly width: number;
  readonly height: number;
  /** RGBA */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** True when the frame has the bytes that its size promises. */
export function isUsableFrame({ width, height, data }: VisionFrame): boolean {
  const pixels = width * height;
  const whole = Number.isInteger(width) && Number.isInteger(height) && width >= 16 && height >= 16;
  return whole && (data.length === pixels || data.length === pixels * 4);
}

/** A frame with its smaller versions, each made once and only when asked for. Level n is 2^n times smaller. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly #gray: GrayLevel[] = [];
  readonly #colour: ColourLevel[] = [];

  /** Keeps the frame's bytes: they must not change while the picture is in use. */
  constructor(frame: VisionFrame) {
    const { width, height, data } = frame;
    this.width = width;
    this.height = height;
    if (data.length === width * height) {
      this.#gray.push({ width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) });
    } else {
      this.#colour.push({ width, height, data });
    }
  }

  gray(level: number): GrayLevel {
    this.#gray[0] ??= toGray(this.colour(0));
    for (let i = this.#gray.length; i <= level; i += 1) {
      const above = this.#gray[i - 1];
      if (above) this.#gray.push(halveGray(above));
    }
    return this.#gray[level] as GrayLevel;
  }

  colour(level: number): ColourLevel {
    this.#colour[0] ??= toColour(this.#gray[0] as GrayLevel);
    for (let i = this.#colour.length; i <= level; i += 1) {
      const above = this.#colour[i - 1];
      if (above) this.#colour.push(halveColour(above));
    }
    return this.#colour[level] as ColourLevel;
  }
}

/** RGBA, a pixel in one number: the first byte is the lowest. */
function pixelsOf(data: Uint8Array | Uint8ClampedArray): Uint32Array {
  const whole = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(whole.buffer, whole.byteOffset, whole.length >> 2);
}

function toGray({ width, height, data }: ColourLevel): GrayLevel {
  const gray = new Uint8Array(width * height);
  const pixels = pixelsOf(data);
  for (let i = 0; i < gray.length; i += 1) {
    const one = pixels[i]!;
    gray[i] = ((one & 255) * 77 + ((one >>> 8) & 255) * 150 + ((one >>> 16) & 255) * 29 + 128) >> 8;
  }
  return { width, height, data: gray };
}

function toColour({ width, height, data }: GrayLevel): ColourLevel {
  const colour = new Uint8Array(width * height * 4);
  for (let i = 0, j = 0; i < data.length; i += 1, j += 4) {
    const value = data[i]!;
    colour[j] = value;
    colour[j + 1] = value;
    colour[j + 2] = value;
    colour[j + 3] = 255;
  }
  return { width, height, data: colour };
}

function halveGray(above: GrayLevel): GrayLevel {
  const width = above.width >> 1;
  const height = above.height >> 1;
  const data = new Uint8Array(width * height);
  const from = above.data;
  for (let y = 0, to = 0; y < height; y += 1) {
    let a = y * 2 * above.width;
    let b = a + above.width;
    for (let x = 0; x < width; x += 1, a += 2, b += 2, to += 1) {
      data[to] = (from[a]! + from[a + 1]! + from[b]! + from[b + 1]! + 2) >> 2;
    }
  }
  return { width, height, data };
}

function halveColour(above: ColourLevel): ColourLevel {
  const width = above.width >> 1;
  const height = above.height >> 1;
  const data = new Uint8Array(width * height * 4);
  const from = pixelsOf(above.data);
  const out = new Uint32Array(data.buffer);
  // Every second byte of four pixels at once: their sums have room in two bytes.
  const every = 0x00ff00ff;
  const half = 0x00020002;
  for (let y = 0, to = 0; y < height; y += 1) {
    let at = y * 2 * above.width;
    for (let x = 0; x < width; x += 1, at += 2, to += 1) {
      const a = from[at]!;
      const b = from[at + 1]!;
      const c = from[at + above.width]!;
      const d = from[at + above.width + 1]!;
      const even = (((a & every) + (b & every) + (c & every) + (d & every) + half) >>> 2) & every;
      const odd = ((a >>> 8) & every) + ((b >>> 8) & every) + ((c >>> 8) & every) + ((d >>> 8) & every);
      out[to] = even | ((((odd + half) >>> 2) & every) << 8) | 0xff000000;
    }
  }
  return { width, height, data };
}
