import { joinBytes } from './join-bytes.ts';

/** Second bytes of markers (ITU-T T.81, table B.1). */
const marker = {
  start: 0xd8,
  end: 0xd9,
  scan: 0xda,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app14: 0xee,
  app15: 0xef,
  comment: 0xfe,
} as const;

/** What those parts of a JPEG begin with that say how it is shown. */
const shownParts: ReadonlyMap<number, string> = new Map([
  [marker.app0, 'JFIF\0'],
  [marker.app2, 'ICC_PROFILE\0'],
  [marker.app14, 'Adobe'],
]);
const exif = 'Exif\0\0';
const orientationTag = 0x0112;

export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === marker.start && bytes[2] === 0xff;

/** All up to the end of the first picture: cameras hang further ones behind it, with places of their own. */
export function cleanJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let orientation = 1;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const kind = bytes[at + 1] ?? 0;
    // Any number of these may stand before a marker.
    if (kind === 0xff) {
      at += 1;
      continue;
    }
    if (kind === marker.end) break;
    const end = Math.min(bytes.length, at + 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)));
    const part = bytes.subarray(at, end);
    if (kind === marker.app1) orientation = orientationOf(part) ?? orientation;
    if (isShown(kind, part)) kept.push(part);
    at = end;
    if (kind !== marker.scan) continue;
    const scanEnd = endOfScan(bytes, at);
    kept.push(bytes.subarray(at, scanEnd));
    at = scanEnd;
  }
  // The end is missing where a file was cut; then it is as it came.
  if (bytes[at] === 0xff && bytes[at + 1] === marker.end) kept.push(bytes.subarray(at, at + 2));
  if (orientation !== 1) kept.splice(1, 0, exifWith(orientation));
  return joinBytes(kept);
}

function isShown(kind: number, part: Uint8Array): boolean {
  const isAbout = (kind >= marker.app0 && kind <= marker.app15) || kind === marker.comment;
  if (!isAbout) return true;
  const beginning = shownParts.get(kind);
  return beginning !== undefined && startsWith(part, beginning);
}

const startsWith = (part: Uint8Array, text: string): boolean =>
  [...text].every((letter, at) => part[4 + at] === letter.charCodeAt(0));

/** Where the next marker stands that is no part of the picture's own data. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    const isData = next === undefined || next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
  return bytes.length;
}

/** From 1 to 8, of the first directory (Exif 2.3, 4.6.4). */
function orientationOf(part: Uint8Array): number | undefined {
  if (!startsWith(part, exif)) return undefined;
  const tiff = part.subarray(4 + exif.length);
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return undefined;
  const little = tiff[0] === 0x49;
  const first = view.getUint32(4, little);
  if (first + 2 > tiff.length) return undefined;
  const count = view.getUint16(first, little);
  for (let i = 0; i < count; i += 1) {
    const at = first + 2 + 12 * i;
    if (at + 12 > tiff.length) return undefined;
    if (view.getUint16(at, little) !== orientationTag) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** An Exif part with the orientation and nothing else. */
function exifWith(orientation: number): Uint8Array {
  const directory = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const tiff = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, ...directory];
  const content = [...[...exif].map((letter) => letter.charCodeAt(0)), ...tiff];
  return Uint8Array.from([0xff, marker.app1, 0, content.length + 2, ...content]);
}
