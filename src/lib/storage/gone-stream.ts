import { callDocument, screenshotDocument, type DocumentName } from '#domain/protocol/documents.ts';
import type { StreamId } from '#domain/protocol/streams.ts';
import type { VideoSession } from '#domain/session/video-session.ts';

/** A stream that leaves this device, and the documents that belong to it. */
export interface GoneStream {
  streamId: StreamId;
  documents: DocumentName[];
}

/** The documents of a session: the marks of its screenshots, and what was drawn in its calls. */
export function goneSession(session: VideoSession): GoneStream {
  return {
    streamId: session.id,
    documents: [
      ...session.screenshots.map(({ screenshotId }) => screenshotDocument(screenshotId)),
      ...session.calls.map(({ id }) => callDocument(id)),
    ],
  };
}
