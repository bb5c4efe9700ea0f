import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { maxUnpackedBytes } from '#domain/protocol/version.ts';

/** A JSON frame made small (P18). */
export function packFrame(text: string): Uint8Array {
  return deflateRawSync(text, { level: 9, memLevel: 9 });
}

/** The text of a packed frame; undefined for what is none, or would become too large. */
export function unpackFrame(bytes: Uint8Array): string | undefined {
  try {
    return inflateRawSync(bytes, { maxOutputLength: maxUnpackedBytes }).toString('utf8');
  } catch {
    // Noise, or more than may come out of it.
    return undefined;
  }
}
