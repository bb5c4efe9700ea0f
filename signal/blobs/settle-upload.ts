import { createHash } from 'node:crypto';
import { maxPicturePixels, maxPictureSide } from '#domain/session/events.ts';
import type { Screenshot } from '#domain/session/video-session.ts';
import type { RelayParts, UploadRow } from '../ports.ts';
import { FileBlobs } from './file-blobs.ts';
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
    const { blobs, sessions } = this.#parts;
    const session = await sessions.get(row.sessionId);
    const shot = session?.screenshots.find((one) => one.screenshotId === row.itemId);
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
    await this.reportStored(shot, row.sessionId);
    return { ok: true, state: 'stored' };
  }

  /** Tells the session's log that the bytes are here, unless it knows. */
  async reportStored(shot: Screenshot, sessionId: UploadRow['sessionId']): Promise<void> {
    if (shot.stored) return;
    const decision = await this.#parts.sessions.submit(sessionId, {
      type: 'relay.store-screenshot',
      screenshotId: shot.screenshotId,
    });
    if (!decision.ok && decision.reason !== 'already-exists') {
      this.#parts.log.error({ reason: decision.reason }, 'screenshot not entered as stored');
    }
  }

  async #bringIn(row: UploadRow, shot: Screenshot, fileName: string): Promise<true | Settled> {
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

/** What is wrong with the bytes of a screenshot, seen beside what its taker entered in the log. */
function problemOf(
  bytes: Uint8Array,
  shot: Screenshot,
): Exclude<Extract<Settled, { ok: false }>['reason'], 'item-unknown'> | undefined {
  if (bytes.length !== shot.bytes) return 'length-mismatch';
  if (createHash('sha256').update(bytes).digest('hex') !== shot.sha256) return 'hash-mismatch';
  const header = readPictureHeader(bytes);
  if (header?.mediaType !== shot.mediaType) return 'type-mismatch';
  const { width, height } = header;
  if (width * height > maxPicturePixels || Math.max(width, height) > maxPictureSide)
    return 'picture-too-large';
  return width === shot.width && height === shot.height ? undefined : 'type-mismatch';
}
