import { encodeAddressedStroke, parseAddressedStroke } from '#domain/annotation/addressed-stroke.ts';
import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import type { PictureId } from '#domain/picture/picture-id.ts';
import type { CallVision } from '../../state/call-ports.ts';

/** Datagrams of a stroke that carry the name of its frame, so that one lost is no harm; and one now and then. */
const namedAtFirst = 3;
const namedEvery = 16;

export interface StrokeExchangeOptions {
  /** All who ever were in the call, in the order of their joining: pictures are told by their owner's place in it. */
  order: () => readonly string[];
  /** Those who are there now. */
  others: () => readonly string[];
  vision: () => Pick<CallVision, 'frameNameFor' | 'anchorFrom'> | undefined;
  send: (bytes: Uint8Array, to: string) => void;
}

export interface ReceivedStroke {
  picture: PictureId;
  /** For the picture's layer. */
  datagram: Uint8Array;
  anchor: MarkAnchor | undefined;
}

/** Own strokes to all others while they are drawn, and theirs to the layers: who is told which frame, and how often. */
export class StrokeExchange {
  readonly #options: StrokeExchangeOptions;
  readonly #sent = new WeakMap<MarkAnchor, number>();

  constructor(options: StrokeExchangeOptions) {
    this.#options = options;
  }

  send(picture: PictureId, datagram: Uint8Array, anchor: MarkAnchor | undefined): void {
    const { order, others, vision, send } = this.#options;
    const named = anchor && this.#isDue(anchor) ? anchor : undefined;
    for (const to of others()) {
      const frame = named && vision()?.frameNameFor(to, named);
      const bytes = encodeAddressedStroke({ picture, frame, stroke: datagram }, order());
      if (bytes) send(bytes, to);
    }
  }

  /** undefined for a picture that nobody knows. */
  receive(from: string, bytes: Uint8Array): ReceivedStroke | undefined {
    const received = parseAddressedStroke(bytes, this.#options.order());
    if (!received) return undefined;
    const { picture, frame, stroke } = received;
    const anchor = this.#options.vision()?.anchorFrom(from, picture, frame);
    return { picture, datagram: stroke, anchor: anchor && { ...anchor } };
  }

  #isDue(anchor: MarkAnchor): boolean {
    const sent = this.#sent.get(anchor) ?? 0;
    this.#sent.set(anchor, sent + 1);
    return sent < namedAtFirst || sent % namedEvery === 0;
  }
}
