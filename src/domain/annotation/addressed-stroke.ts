import { readPicture, writePicture, type PictureId } from '../picture/picture-id.ts';
import { ByteWriter, parseBytes } from './bytes.ts';

/**
 * A stroke's datagram (live.ts) on its way through a call, with the picture it is drawn on and the frame it was begun
 * on.
 *
 * Layout: picture (1 or 3 bytes, see `writePicture`; its flag says that a frame's name follows) · name of the frame
 * (4 bytes, the lowest first, only if named) · the stroke's datagram.
 */
export interface AddressedStroke {
  readonly picture: PictureId;
  /** As the receiver's link names it (rtpTimestamp); undefined where it is not told. */
  readonly frame: number | undefined;
  readonly stroke: Uint8Array;
}

/** @param order of the call's participants; undefined for a picture of somebody who is not among them */
export function encodeAddressedStroke(
  { picture, frame, stroke }: AddressedStroke,
  order: readonly string[],
): Uint8Array | undefined {
  const writer = new ByteWriter();
  if (!writePicture(writer, picture, order, frame !== undefined)) return undefined;
  if (frame !== undefined) writer.fixed(frame >>> 0, 4);
  return writer.raw(stroke).done();
}

/** undefined for bytes that are none, and for a picture that nobody here knows. Never throws. */
export function parseAddressedStroke(bytes: unknown, order: readonly string[]): AddressedStroke | undefined {
  return parseBytes(bytes, (reader) => {
    const { picture, flag } = readPicture(reader, order);
    if (picture === undefined) return undefined;
    const frame = flag ? reader.fixed(4) : undefined;
    return { picture, frame, stroke: reader.raw(reader.left) };
  });
}
