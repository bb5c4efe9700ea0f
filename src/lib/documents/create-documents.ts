import type { ErrorCode } from '#domain/error-codes.ts';
import type { CallId, ScreenshotId, SessionId } from '#domain/ids.ts';
import { callDocument, screenshotDocument, type DocumentName } from '#domain/protocol/documents.ts';
import type { IceServer, SocketTicket } from '#domain/protocol/http.ts';
import type { Result } from '#domain/result.ts';
import { CallDocument } from './call-document.ts';
import type { DocumentProviderFactory } from './document-provider.ts';
import { OpenDocument } from './open-document.ts';
import { ScreenshotDocument } from './screenshot-document.ts';

type DocumentTicketRequest =
  { purpose: 'documents' } | { purpose: 'y-webrtc'; sessionId: SessionId; callId: CallId };

export interface DocumentsOptions {
  /** Names the local databases, and is the author of own marks. */
  personId: string;
  /** `wss://host`, without a slash at the end. */
  socketOrigin: string;
  socketTicket: (request: DocumentTicketRequest) => Promise<Result<SocketTicket, ErrorCode>>;
  WebSocket?: typeof WebSocket;
  random?: () => number;
  /** Straight links between the people in a call; on where the browser has them. */
  peers?: boolean;
}

export interface OpenedScreenshot {
  document: ScreenshotDocument;
  opened: OpenDocument;
  close(): Promise<void>;
}

export interface OpenedCall {
  document: CallDocument;
  opened: OpenDocument;
  close(): Promise<void>;
}

/** Where documents are kept and met. Chosen by the app. */
export interface DocumentPlaces {
  /** Those of every document. */
  always: readonly DocumentProviderFactory[];
  /** Straight links between the people in a call; undefined where there are none. */
  inCall(call: CallOfDocument): DocumentProviderFactory | undefined;
  /** The network is back: try at once. */
  retry(): void;
  /** Deletes the copy on this device. */
  forget(name: DocumentName): Promise<void>;
  destroy(): void;
}

export interface CallOfDocument {
  sessionId: SessionId;
  callId: CallId;
  iceServers?: IceServer[];
}

/** Opens documents: each once, however many ask for it; closed with the last who asked. */
export function createDocuments({ personId, places }: { personId: string; places: DocumentPlaces }) {
  const open = new Map<DocumentName, { opened: OpenDocument; users: number }>();

  const acquire = (name: DocumentName, factories: readonly DocumentProviderFactory[]): OpenDocument => {
    const entry = open.get(name) ?? { opened: new OpenDocument(name, factories), users: 0 };
    entry.users += 1;
    open.set(name, entry);
    return entry.opened;
  };
  const releaseOnce = (name: DocumentName, opened: OpenDocument, also: () => void) => {
    let closed = false;
    return async (): Promise<void> => {
      const entry = open.get(name);
      if (closed || entry?.opened !== opened) return;
      closed = true;
      also();
      entry.users -= 1;
      if (entry.users > 0) return;
      open.delete(name);
      await opened.destroy();
    };
  };

  return {
    openScreenshot(screenshotId: ScreenshotId): OpenedScreenshot {
      const name = screenshotDocument(screenshotId);
      const opened = acquire(name, places.always);
      const document = new ScreenshotDocument(opened.doc, personId);
      return { document, opened, close: releaseOnce(name, opened, () => document.destroy()) };
    },

    openCall(call: CallOfDocument): OpenedCall {
      const name = callDocument(call.callId);
      const peers = places.inCall(call);
      const opened = acquire(name, peers ? [...places.always, peers] : places.always);
      const document = new CallDocument(opened.doc, personId);
      return { document, opened, close: releaseOnce(name, opened, () => document.destroy()) };
    },

    /** The network is back: try at once. */
    retry(): void {
      places.retry();
    },

    /** Closes a document and deletes its copy on this device: it is no longer this person's to see. */
    async forget(name: DocumentName): Promise<void> {
      const entry = open.get(name);
      open.delete(name);
      await entry?.opened.destroy();
      await places.forget(name);
    },

    async destroy(): Promise<void> {
      const all = [...open.values()];
      open.clear();
      await Promise.all(all.map(({ opened }) => opened.destroy()));
      places.destroy();
    },
  };
}

export type Documents = ReturnType<typeof createDocuments>;
