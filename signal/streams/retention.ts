import type { Logger } from 'pino';
import type { SessionId } from '#domain/ids.ts';
import { purgeOf, remnantOf } from '#domain/session/retention.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { FileBlobs } from '../blobs/file-blobs.ts';
import type { StreamLog } from './stream-log.ts';

/** Erases sessions that have been kept long enough: stream, documents, files, and their links in tickets. */
export class Retention {
  readonly #streams: StreamLog;
  readonly #files: FileBlobs;
  readonly #log: Logger;

  constructor(streams: StreamLog, dataDir: string, log: Logger) {
    this.#streams = streams;
    this.#files = new FileBlobs(dataDir);
    this.#log = log;
  }

  /** Removes files of erased sessions that a crash left behind, or that came late. For the start. */
  async sweep(): Promise<void> {
    await this.#files.prepare();
    const erased = new Map<string, boolean>();
    for (const { fileName, streamId } of await this.#files.blobs()) {
      const known = erased.get(streamId) ?? (await this.#streams.isErased(streamId as SessionId));
      erased.set(streamId, known);
      if (known) await this.#files.removeBlob(fileName);
    }
  }

  async purge(session: VideoSession): Promise<void> {
    const purge = purgeOf(session);
    if (!purge) return;
    for (const ticketId of session.ticketIds)
      await this.#streams.submit('ticket', ticketId, {
        type: 'relay.unlink-session',
        sessionId: session.id,
      });
    const summary = purge.keeps === 'remnant' ? remnantOf(session) : null;
    for (const fileName of await this.#streams.erase(session.id, summary))
      await this.#files
        .removeBlob(fileName)
        .catch((error: unknown) => this.#log.error({ err: error, fileName }, 'file of an erased session'));
  }
}
