import * as v from 'valibot';
import type { ByteReader, ByteWriter } from '../annotation/bytes.ts';
import type { Id } from '../ids.ts';

/** Where a picture comes from. Their places in this list travel in datagrams: new ones come last. */
export const pictureSources = ['camera', 'screen', 'still', 'document'] as const;
export type PictureSource = (typeof pictureSources)[number];

/** What is looked at in a call: a participant's camera, screen, still or document. */
export interface PictureRef {
  readonly participantId: string;
  readonly source: PictureSource;
}

/**
 * A picture's name: `<participant>` for a camera, `<participant>~<source>` for all others. A camera goes by its
 * participant's id alone because the version before knows no other pictures, and reads it so (P20).
 */
export type PictureId = Id<'Picture'>;

const separator = '~';
const maxParticipantIdLength = 64;

export function pictureId(participantId: string, source: PictureSource = 'camera'): PictureId {
  return (source === 'camera' ? participantId : `${participantId}${separator}${source}`) as PictureId;
}

/** undefined for a text that names no picture, and for a source that this version does not know. */
export function parsePictureId(text: string): PictureRef | undefined {
  const [participantId = '', source = 'camera', ...rest] = text.split(separator);
  const known = pictureSources.find((one) => one === source);
  if (!known || rest.length > 0) return undefined;
  if (participantId.length === 0 || participantId.length > maxParticipantIdLength) return undefined;
  // A camera has one name, so that no picture is kept twice.
  return text.endsWith(`${separator}camera`) ? undefined : { participantId, source: known };
}

/** Whose picture it is. */
export function pictureOwner(picture: PictureId): string {
  return picture.split(separator, 1)[0] ?? '';
}

/** What a participant shows of the place that they are at: the one source that is followed by looking at it. */
export const isCamera = (picture: PictureId): boolean => pictureOwner(picture) === picture;

/** A valibot schema for a picture's id. */
export const pictureIdSchema = v.pipe(
  v.string(),
  v.check((text) => parsePictureId(text) !== undefined),
  v.transform((text) => text as PictureId),
);

/** In datagrams: places in the call's order from here on are told in the long form. */
const longForm = 0x7f;

/**
 * A picture in a datagram: one byte with the owner's place in the call's order (0…126) for a camera; 0x7f, place and
 * source for all others (three bytes). The version before reads cameras, and finds nobody at place 127. Returns false,
 * having written nothing, for a picture whose owner is not in the order. `flag` sets the first byte's top bit.
 */
export function writePicture(
  writer: ByteWriter,
  picture: PictureId,
  order: readonly string[],
  flag = false,
): boolean {
  const ref = parsePictureId(picture);
  const place = ref ? order.indexOf(ref.participantId) : -1;
  if (!ref || place < 0 || place > 0xff) return false;
  const top = flag ? 0x80 : 0;
  if (ref.source === 'camera' && place < longForm) writer.byte(top | place);
  else
    writer
      .byte(top | longForm)
      .byte(place)
      .byte(pictureSources.indexOf(ref.source));
  return true;
}

/** undefined for a picture that nobody here knows; the bytes are read all the same. */
export function readPicture(
  reader: ByteReader,
  order: readonly string[],
): { picture: PictureId | undefined; flag: boolean } {
  const first = reader.byte();
  const flag = (first & 0x80) !== 0;
  const short = first & 0x7f;
  const place = short === longForm ? reader.byte() : short;
  const source = short === longForm ? pictureSources[reader.byte()] : 'camera';
  const owner = order[place];
  return { picture: owner !== undefined && source ? pictureId(owner, source) : undefined, flag };
}
