import { ByteWriter, parseBytes } from '#domain/annotation/bytes.ts';
import type { PictureId } from '#domain/picture/picture-id.ts';
import { maxHighlights, maxLabelLength, tidyLabel } from '#domain/tracking/tracking-messages.ts';
import { parsePath, type PathSample } from '#domain/tracking/tracked-path.ts';

/** A part of the way of one highlight, as the side that followed it wrote it down. */
export interface KeptPath {
  highlightId: string;
  label: string;
  /** The participant who made the highlight. */
  authorId: string;
  /** What it was on. */
  picture: PictureId;
  /** When the part began, by the clock of the side that followed it. */
  beganAtMs: number;
  samples: readonly PathSample[];
}

const recordVersion = 1;
const idBytes = 22;
const maxAuthorIdBytes = 64;
/** 2025-01-01T00:00:00Z, as for strokes. */
const epochMs = 1_735_689_600_000;
/** Twenty seconds of eight highlights take a tenth of it. */
export const maxPathRecordBytes = 16_384 * (maxHighlights / 8);

/** version · highlight id (text) · label · author · time (5 bytes) · packed path. `path` is what `packPath` makes. */
export function packPathRecord(
  part: Pick<KeptPath, 'highlightId' | 'label' | 'authorId' | 'beganAtMs'>,
  path: Uint8Array,
): Uint8Array {
  const sinceMs = Math.min(Math.max(0, Math.round(part.beganAtMs) - epochMs), 2 ** 40 - 1);
  return new ByteWriter()
    .byte(recordVersion)
    .text(part.highlightId)
    .text(part.label)
    .text(part.authorId)
    .fixed(sinceMs, 5)
    .raw(path)
    .done();
}

/** undefined for anything that is none. */
export function parsePathRecord(picture: PictureId, value: unknown): KeptPath | undefined {
  if (!(value instanceof Uint8Array) || value.length > maxPathRecordBytes) return undefined;
  return parseBytes(value, (reader) => {
    if (reader.byte() !== recordVersion) return undefined;
    const highlightId = reader.text(idBytes);
    const label = tidyLabel(reader.text(maxLabelLength * 4));
    const authorId = reader.text(maxAuthorIdBytes);
    const beganAtMs = reader.fixed(5) + epochMs;
    const samples = parsePath(reader.raw(reader.left));
    return samples && { highlightId, label, authorId, picture, beganAtMs, samples };
  });
}
