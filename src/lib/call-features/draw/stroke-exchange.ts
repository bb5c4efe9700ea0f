import type { CallVision, MarkAnchor } from '../../state/call-ports.ts';

const namedBit = 0x80;
/** Datagrams of a stroke that carry the name of its frame, so that one lost is no harm; and one now and then. */
const namedAtFirst = 3;
const namedEvery = 16;

export interface StrokeExchangeOptions {
  /** All who ever were in the call, in order: whose picture is meant is told by place. */
  order: () => readonly string[];
  /** Those who are there now. */
  others: () => readonly string[];
  vision: () => CallVision | undefined;
  send: (bytes: Uint8Array, to: string) => void;
}

export interface ReceivedStroke {
  pictureOf: string;
  /** For the picture's layer. */
  datagram: Uint8Array;
  anchor: MarkAnchor | undefined;
}

/**
 * Strokes on their way: before each datagram stands whose picture it is on (one byte, the place in the call's order),
 * and, with the top bit set, the frame it was begun on (four bytes, as the receiver's link names it).
 */
export class StrokeExchange {
  readonly #options: StrokeExchangeOptions;
  readonly #sent = new WeakMap<MarkAnchor, number>();

  constructor(options: StrokeExchangeOptions) {
    this.#options = options;
  }

  send(pictureOf: string, datagram: Uint8Array, anchor: MarkAnchor | undefined): void {
    const { order, others, vision, send } = this.#options;
    const index = order().indexOf(pictureOf);
    if (index < 0 || index >= namedBit) return;
    const named = anchor && this.#isDue(anchor) ? anchor : undefined;
    for (const to of others()) {
      const frame = named && vision()?.frameNameFor(to, named);
      send(withHead(index, frame, datagram), to);
    }
  }

  /** undefined for a picture that nobody knows. */
  receive(from: string, bytes: Uint8Array): ReceivedStroke | undefined {
    const [head = 0] = bytes;
    const pictureOf = this.#options.order()[head & ~namedBit];
    const named = (head & namedBit) !== 0;
    if (pictureOf === undefined || bytes.length < (named ? 5 : 1)) return undefined;
    const frame = named ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true) : undefined;
    const anchor = this.#options.vision()?.anchorFrom(from, pictureOf, frame);
    return { pictureOf, datagram: bytes.subarray(named ? 5 : 1), anchor: anchor && { ...anchor } };
  }

  #isDue(anchor: MarkAnchor): boolean {
    const sent = this.#sent.get(anchor) ?? 0;
    this.#sent.set(anchor, sent + 1);
    return sent < namedAtFirst || sent % namedEvery === 0;
  }
}

function withHead(index: number, frame: number | undefined, datagram: Uint8Array): Uint8Array {
  const length = frame === undefined ? 1 : 5;
  const bytes = new Uint8Array(datagram.length + length);
  bytes[0] = frame === undefined ? index : index | namedBit;
  if (frame !== undefined) new DataView(bytes.buffer).setUint32(1, frame, true);
  bytes.set(datagram, length);
  return bytes;
}
