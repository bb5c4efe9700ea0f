import { CodedError } from '#domain/error-codes.ts';
import type { CallId, ScreenshotId, SessionId } from '#domain/ids.ts';
import type { CallSignalling } from '../call/call-signalling.ts';
import type { Documents, DocumentsOptions } from '../documents/create-documents.ts';
import { documentDatabase, forgetOnDevice } from '../documents/device-databases.ts';
import type { DocumentName } from '#domain/protocol/documents.ts';
import type { CallFactoriesWithFeatures } from '../state/call/call-feature.ts';
import type { KeptStrokes, OpenScreenshot } from '../state/call-ports.ts';
import { fetched, isNotFetched } from './fetched.ts';

export interface CallFactoriesOptions {
  /** Undefined while nobody is signed in. */
  personId: () => string | undefined;
  socketOrigin: string;
  socketTicket: DocumentsOptions['socketTicket'];
  createCallSignalling: (call: { sessionId: string; callId: string }) => CallSignalling;
}

/** Deletes a person's copy of a document, closing it first where it is open. */
type ForgetDocument = (personId: string, name: DocumentName) => Promise<void>;

/** Strokes made longer ago than this are kept but not shown when they come in late. Clocks may differ by a minute. */
const newestMs = 90_000;

/** Calls and documents, loaded when the first is needed: neither is part of the first page. */
export function callFactories(
  options: CallFactoriesOptions,
): CallFactoriesWithFeatures & { forgetDocument: ForgetDocument } {
  let documents: { personId: string; opening: Promise<Documents> } | undefined;

  async function documentsOf(): Promise<Documents> {
    const personId = options.personId();
    if (!personId) throw new CodedError('not-signed-in');
    if (documents?.personId !== personId) {
      void documents?.opening.then((before) => before.destroy());
      const opening = fetched(import('./open-documents.ts')).then(({ openDocuments }) =>
        openDocuments({ personId, socketOrigin: options.socketOrigin, socketTicket: options.socketTicket }),
      );
      documents = { personId, opening };
      // What could not be had is asked for anew the next time.
      opening.catch(() => {
        if (documents?.opening === opening) documents = undefined;
      });
    }
    return documents.opening;
  }

  return {
    async warm() {
      try {
        const { loadPeerJs } = await import('../call/adapters/peerjs/media-socket.ts');
        await Promise.all([
          import('./open-call-engine.ts'),
          import('../call-features/registry.ts'),
          loadPeerJs(),
        ]);
      } catch (cause) {
        // Without a link now there may be one at START.
        if (!isNotFetched(cause)) throw cause;
      }
    },

    async features() {
      const { callFeatures } = await fetched(import('../call-features/registry.ts'));
      return callFeatures;
    },

    async createEngine({ sessionId, callId, selfId, preferredFacing, onLinkUp }) {
      const { openCallEngine } = await fetched(import('./open-call-engine.ts'));
      const signalling = options.createCallSignalling({ sessionId, callId });
      return openCallEngine({ call: { sessionId, callId, selfId }, signalling, preferredFacing, onLinkUp });
    },

    async openStrokes({ sessionId, callId }): Promise<KeptStrokes> {
      const { document, close } = (await documentsOf()).openCall({
        sessionId: sessionId as SessionId,
        callId: callId as CallId,
      });
      return {
        keep: (mark, picture) => document.add(mark, Date.now(), picture),
        keepPath: (part, path) => document.addPath(part, path),
        remove: (marks) => marks.forEach((mark) => document.remove(mark)),
        onAdded: (listener) =>
          document.onAdded(({ mark, atMs, picture }) => {
            if (Math.abs(Date.now() - atMs) <= newestMs) listener(mark, picture);
          }),
        onRemoved: (listener) => document.onRemoved(({ mark }) => listener(mark)),
        close: () => void close(),
      };
    },

    async openVision(input) {
      const { openCallVision } = await fetched(import('./open-call-vision.ts'));
      return openCallVision(input);
    },

    async suggest(...input) {
      const { suggestOn } = await fetched(import('./open-suggestions.ts'));
      await suggestOn(...input);
    },

    async watchFrames(video, listener) {
      const { watchSeenFrames } = await fetched(import('../call/frames/seen-frames.ts'));
      return watchSeenFrames(video, ({ name }) => listener(name));
    },

    async openScreenshot(screenshotId): Promise<OpenScreenshot> {
      const { document, opened, close } = (await documentsOf()).openScreenshot(screenshotId as ScreenshotId);
      return {
        document,
        awareness: opened.awareness,
        saved: () => opened.saved,
        onSaved: (listener) => opened.onChange(listener),
        close: () => void close(),
      };
    },

    async grabFrame(source) {
      const { grabFrame } = await fetched(import('../call/frames/grab-frame.ts'));
      return grabFrame(source);
    },

    async forgetDocument(personId, name) {
      if (documents?.personId === personId) return (await documents.opening).forget(name);
      await forgetOnDevice(documentDatabase(personId, name));
    },

    async forgetScreenshot(screenshotId) {
      await (await documentsOf()).forget(`screenshot:${screenshotId as ScreenshotId}`);
    },
  };
}
