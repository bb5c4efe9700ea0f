import { ByteWriter, parseBytes } from '#domain/annotation/bytes.ts';
import { strokeIdOf, strokeMarkId } from '#domain/annotation/live.ts';
import type { Mark } from '#domain/annotation/marks.ts';
import { packMark, parseMark, readMark } from '#domain/annotation/packing.ts';

/** How marks lie in documents. Everything read from a document was written by somebody else: parsing is total. */

const maxAuthorIdBytes = 64;
/** 2025-01-01T00:00:00Z. Five bytes of milliseconds from there last until 2059. */
const epochMs = 1_735_689_600_000;

/** A screenshot's mark: author · place in the order · packed mark. Its id is the key it lies under. */
export function packScreenshotRecord(mark: Mark, order: number): Uint8Array {
  return new ByteWriter().text(mark.authorId).varint(order).raw(packMark(mark)).done();
}

export function parseScreenshotRecord(id: string, value: unknown): { mark: Mark; order: number } | undefined {
  return parseBytes(value, (reader) => {
    const authorId = reader.text(maxAuthorIdBytes);
    const order = reader.varint();
    return { mark: { id, authorId, ...readMark(reader) }, order };
  });
}

/** A finished stroke of a call: stroke id (4 bytes) · time (5 bytes) · packed mark. Its author names the list. */
export function packCallRecord(mark: Mark, atMs: number): Uint8Array {
  const sinceMs = Math.min(Math.max(0, Math.round(atMs) - epochMs), 2 ** 40 - 1);
  return new ByteWriter()
    .fixed(strokeIdOf(mark.id) ?? 0, 4)
    .fixed(sinceMs, 5)
    .raw(packMark(mark))
    .done();
}

export function parseCallRecord(authorId: string, value: unknown): { mark: Mark; atMs: number } | undefined {
  return parseBytes(value, (reader) => {
    const id = strokeMarkId(reader.fixed(4));
    const atMs = reader.fixed(5) + epochMs;
    const body = parseMark(reader.raw(reader.left));
    return body && { mark: { id, authorId, ...body }, atMs };
  });
}
