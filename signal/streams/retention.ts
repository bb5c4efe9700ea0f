import type { Logger } from 'pino';
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
