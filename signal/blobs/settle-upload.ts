import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { maxPicturePixels, maxPictureSide } from '#domain/session/events.ts';
import type { RelayParts, UploadRow } from '../ports.ts';
import { FileBlobs } from './file-blobs.ts';
import { findItem, reportStored, type Item } from './items.ts';
import { readPictureHeader } from './picture-header.ts';

export type Settled =
  | { ok: true; state: 'stored' | 'under-way' }
  | {
      ok: false;
      reason: 'item-unknown' | 'hash-mismatch' | 'length-mismatch' | 'type-mismatch' | 'picture-too-large';
    };

/**
 * Brings an upload as far as it can go: verified, moved among the blobs, entered, reported to the session's log.
 * Each step is safe to repeat, so it is simply called again after a crash at any point, by the next request for the
 * upload or at the next start. Calls for one item wait for each other.
 */
export class UploadSettler {
  readonly #parts: RelayParts;
  readonly #files: FileBlobs;
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(parts: RelayParts, files: FileBlobs) {
    this.#parts = parts;
    this.#files = files;
  }

  settle(row: UploadRow): Promise<Settled> {
    const name = FileBlobs.fileName(row);
    const before = this.#running.get(name) ?? Promise.resolve();
    const mine = before.then(() => this.#settle(row));
    // Whoever waits next starts after this one, however it ended.
    const end = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#running.set(name, end);
    void end.then(() => {
      if (this.#running.get(name) === end) this.#running.delete(name);
    });
    return mine;
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #settle(row: UploadRow): Promise<Settled> {
    const { blobs } = this.#parts;
    const shot = await findItem(this.#parts, row.sessionId, row.itemId);
    if (!shot) return this.#drop(row, 'item-unknown');
    const fileName = FileBlobs.fileName(row);
    if (!(await blobs.find(row.sessionId, row.itemId))) {
      const moved = await this.#bringIn(row, shot, fileName);
      if (moved !== true) return moved;
      await blobs.insert({
        sessionId: row.sessionId,
        itemId: row.itemId,
        sha256: row.sha256,
        bytes: row.bytes,
        mediaType: row.mediaType,
        fileName,
      });
    }
    await this.#reportStored(shot, row.sessionId);
    return { ok: true, state: 'stored' };
  }

  /** Tells the stream that the bytes are here, unless it knows. */
  async #reportStored(item: Item, streamId: UploadRow['sessionId']): Promise<void> {
    if (item.stored) return;
    const reason = await reportStored(this.#parts, streamId, item);
    if (reason) this.#parts.log.error({ reason }, 'item not entered as stored');
  }

  async #bringIn(row: UploadRow, shot: Item, fileName: string): Promise<true | Settled> {
    const here = await this.#files.uploadedBytes(row.uploadId);
    if (here === undefined) {
      // Moved by an earlier run that was cut off before it could enter the blob.
      if (!(await this.#files.hasBlob(fileName))) return { ok: true, state: 'under-way' };
      const problem = problemOf(await this.#files.readBlob(fileName), shot);
      if (!problem) return true;
      await this.#files.removeBlob(fileName);
      return this.#drop(row, problem);
    }
    if (here < row.bytes) return { ok: true, state: 'under-way' };
    const problem = problemOf(await this.#files.readUpload(row.uploadId), shot);
    if (problem) return this.#drop(row, problem);
    await this.#files.keep(row.uploadId, fileName);
    return true;
  }

  async #drop(row: UploadRow, reason: Extract<Settled, { ok: false }>['reason']): Promise<Settled> {
    await this.#files.removeUpload(row.uploadId);
    await this.#parts.uploads.remove(row.uploadId);
    return { ok: false, reason };
  }
}

/** What is wrong with bytes, seen beside what their owner entered in the stream. */
function problemOf(
  bytes: Uint8Array,
  shot: Item,
): Exclude<Extract<Settled, { ok: false }>['reason'], 'item-unknown'> | undefined {
  if (bytes.length !== shot.bytes) return 'length-mismatch';
  if (createHash('sha256').update(bytes).digest('hex') !== shot.sha256) return 'hash-mismatch';
  if (!shot.mediaType.startsWith('image/'))
    return looksLike(bytes, shot.mediaType) ? undefined : 'type-mismatch';
  const header = readPictureHeader(bytes);
  if (header?.mediaType !== shot.mediaType) return 'type-mismatch';
  const { width, height } = header;
  if (width * height > maxPicturePixels || Math.max(width, height) > maxPictureSide)
    return 'picture-too-large';
  if (!shot.size) return undefined;
  return width === shot.size.width && height === shot.size.height ? undefined : 'type-mismatch';
}

/** By what the bytes are, not by what they are called: a PDF by its mark, a text by being one. */
function looksLike(bytes: Uint8Array, mediaType: string): boolean {
  if (mediaType === 'application/pdf')
    return Buffer.from(bytes.subarray(0, 5)).toString('latin1') === '%PDF-';
  return mediaType === 'text/plain' && isUtf8(bytes) && !bytes.includes(0);
}
