import * as v from 'valibot';
import type { ErrorCode } from '#domain/error-codes.ts';
import { uploadMetadataSchema, type UploadMetadata } from '#domain/protocol/http.ts';
import { maxScreenshotBytes, screenshotTypes } from '#domain/session/events.ts';
import { visible } from '#domain/session/permissions.ts';
import type { Person } from '#domain/session/subject.ts';
import type { RelayParts } from '../ports.ts';

export type CreateVerdict =
  { ok: true; metadata: UploadMetadata; bytes: number } | { ok: false; reason: ErrorCode };

const refuse = (reason: ErrorCode): CreateVerdict => ({ ok: false, reason });

/**
 * Judges the beginning of an upload by its headers: it must promise exactly what its owner has entered in the
 * session's log.
 */
export async function judgeCreate(
  parts: RelayParts,
  person: Person,
  headers: Headers,
): Promise<CreateVerdict> {
  // A length that comes later, or a file put together of others, could not be judged here.
  if (headers.has('upload-defer-length') || headers.has('upload-concat')) return refuse('malformed');
  const length = headers.get('upload-length') ?? '';
  if (!/^(0|[1-9][0-9]{0,15})$/.test(length)) return refuse('malformed');
  const bytes = Number(length);
  if (bytes > maxScreenshotBytes) return refuse('too-large');

  const raw = parseMetadata(headers.get('upload-metadata') ?? '');
  if (!raw) return refuse('malformed');
  const parsed = v.safeParse(uploadMetadataSchema, raw);
  if (!parsed.success) {
    const known = screenshotTypes.some((type) => type === raw.mediaType);
    return refuse(raw.mediaType !== undefined && !known ? 'type-not-allowed' : 'malformed');
  }
  const metadata = parsed.output;
  const session = await parts.sessions.get(metadata.sessionId);
  if (!session || !visible(person, session)) return refuse('not-found');
  const shot = session.screenshots.find((one) => one.screenshotId === metadata.itemId);
  if (!shot) return refuse('item-unknown');
  if (shot.takenBy.id !== person.id || shot.takenBy.kind !== person.kind) return refuse('forbidden');
  if (shot.bytes !== bytes) return refuse('length-mismatch');
  if (shot.sha256 !== metadata.sha256) return refuse('hash-mismatch');
  if (shot.mediaType !== metadata.mediaType) return refuse('type-mismatch');
  return { ok: true, metadata, bytes };
}

/** Parses `key base64, key base64`; undefined for anything else. */
export function parseMetadata(header: string): Record<string, string> | undefined {
  if (header.length > 2048) return undefined;
  const fields = new Map<string, string>();
  for (const pair of header.split(',')) {
    const match = /^ ?([A-Za-z0-9]{1,32}) ([A-Za-z0-9+/]*={0,2})$/.exec(pair);
    const [, key, value] = match ?? [];
    if (key === undefined || value === undefined || fields.has(key)) return undefined;
    fields.set(key, Buffer.from(value, 'base64').toString('utf8'));
  }
  return Object.fromEntries(fields);
}
