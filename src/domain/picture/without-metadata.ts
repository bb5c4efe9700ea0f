import { cleanJpeg, isJpeg } from './jpeg-metadata.ts';
import { joinBytes } from './join-bytes.ts';

/** Parts of a PNG that say how it is shown; all others (place, words, times) are about who made it, and where. */
const shownPngParts = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs acTL fcTL fdAT'.split(' '),
);
const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Parts of a WebP that hold metadata, and the bits of its header that say so. */
const webpMetadata = new Set(['EXIF', 'XMP ']);
const webpMetadataBits = 0x0c;

/**
 * A picture without what was not photographed: place, time, owner, device, words, previews, and whatever comes behind its
 * end. The pixels stay as they are, byte by byte, and so do colours; of Exif the orientation alone is kept, so that
 * it is shown upright everywhere. What it is, JPEG, PNG or WebP, is read from its bytes, whatever it is called; anything
 * else is given back as it is. The input is not changed.
 */
export function withoutMetadata(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (isJpeg(bytes)) return cleanJpeg(bytes);
  if (pngSignature.every((value, at) => bytes[at] === value)) return cleanPng(bytes);
  if (letters(bytes, 0, 4) === 'RIFF' && letters(bytes, 8, 4) === 'WEBP') return cleanWebp(bytes);
  return bytes;
}

const letters = (bytes: Uint8Array, at: number, count: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + count));

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Length, name, data and checksum of each part (PNG, 3rd edition, 5.3). */
function cleanPng(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = viewOf(bytes);
  const kept = [bytes.subarray(0, pngSignature.length)];
  let at = pngSignature.length;
  while (at + 12 <= bytes.length) {
    const end = at + 12 + view.getUint32(at);
    const name = letters(bytes, at + 4, 4);
    if (shownPngParts.has(name)) kept.push(bytes.subarray(at, end));
    at = end;
    if (name === 'IEND') break;
  }
  return joinBytes(kept);
}

/** Name, length and data of each part, to an even number of bytes (RFC 9649, 2.3). */
function cleanWebp(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = viewOf(bytes);
  const kept = [bytes.slice(0, 12)];
  let at = 12;
  const whole = Math.min(bytes.length, 8 + view.getUint32(4, true));
  while (at + 8 <= whole) {
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size % 2);
    const name = letters(bytes, at, 4);
    const part = bytes.slice(at, end);
    if (name === 'VP8X' && part[8] !== undefined) part[8] &= ~webpMetadataBits;
    if (!webpMetadata.has(name)) kept.push(part);
    at = end;
  }
  const all = joinBytes(kept);
  viewOf(all).setUint32(4, all.length - 8, true);
  return all;
}
