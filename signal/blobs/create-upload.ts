import * as v from 'valibot';
import type { ErrorCode } from '#domain/error-codes.ts';
import { ticketFileMetadataSchema, uploadMetadataSchema } from '#domain/protocol/http.ts';
import type { StreamId } from '#domain/protocol/streams.ts';
import { maxScreenshotBytes, screenshotTypes } from '#domain/session/events.ts';
import type { Person } from '#domain/session/subject.ts';
import { ticketFileTypes } from '#domain/ticket/events.ts';
import type { RelayParts } from '../ports.ts';
import { findItem, maySee } from './items.ts';

/** What an upload promises. `sessionId`: the stream that it belongs to, a session or a ticket. */
interface Promised {
  sessionId: StreamId;
  itemId: string;
  sha256: string;
  mediaType: string;
}

export type CreateVerdict =
  { ok: true; metadata: Promised; bytes: number } | { ok: false; reason: ErrorCode };

const refuse = (reason: ErrorCode): CreateVerdict => ({ ok: false, reason });

/**
 * Judges the beginning of an upload by its headers: it must promise exactly what its owner has entered in the
 * stream.
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
  const read = readMetadata(raw);
  if (!read.ok) return refuse(read.reason);
  const { metadata } = read;
  if (!(await maySee(parts, person, metadata.sessionId))) return refuse('not-found');
  const item = await findItem(parts, metadata.sessionId, metadata.itemId);
  if (!item) return refuse('item-unknown');
  if (item.by.id !== person.id || item.by.kind !== person.kind) return refuse('forbidden');
  if (item.bytes !== bytes) return refuse('length-mismatch');
  if (item.sha256 !== metadata.sha256) return refuse('hash-mismatch');
  if (item.mediaType !== metadata.mediaType) return refuse('type-mismatch');
  return { ok: true, metadata, bytes };
}

function readMetadata(
  raw: Record<string, string>,
): { ok: true; metadata: Promised } | { ok: false; reason: ErrorCode } {
  const isTicketFile = raw.kind === 'ticket-file';
  const types: readonly string[] = isTicketFile ? ticketFileTypes : screenshotTypes;
  const wrong = (): { ok: false; reason: ErrorCode } => {
    const known = raw.mediaType === undefined || types.includes(raw.mediaType);
    return { ok: false, reason: known ? 'malformed' : 'type-not-allowed' };
  };
  if (isTicketFile) {
    const parsed = v.safeParse(ticketFileMetadataSchema, raw);
    if (!parsed.success) return wrong();
    const { ticketId: sessionId, itemId, sha256, mediaType } = parsed.output;
    return { ok: true, metadata: { sessionId, itemId, sha256, mediaType } };
  }
  const parsed = v.safeParse(uploadMetadataSchema, raw);
  return parsed.success ? { ok: true, metadata: parsed.output } : wrong();
}

/** Parses `key base64, key base64`; undefined for anything else. */
function parseMetadata(header: string): Record<string, string> | undefined {
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
