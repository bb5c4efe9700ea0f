import type { ErrorCode } from '#domain/error-codes.ts';
import type { CallId, ScreenshotId, SessionId } from '#domain/ids.ts';
import { callDocument, screenshotDocument, type DocumentName } from '#domain/protocol/documents.ts';
import type { IceServer, SocketTicket } from '#domain/protocol/http.ts';
import type { Result } from '#domain/result.ts';
import { CallDocument } from './call-document.ts';
import type { DocumentProviderFactory } from './document-provider.ts';
import { OpenDocument } from './open-document.ts';
import { deviceProvider, forgetOnDevice } from './providers/device-provider.ts';
import { peersProvider } from './providers/peers-provider.ts';
import { RelayConnection } from './providers/relay-provider.ts';
import { ScreenshotDocument } from './screenshot-document.ts';

export type DocumentTicketRequest =
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

/** Opens documents: each once, however many ask for it; closed with the last who asked. */
export function createDocuments(options: DocumentsOptions) {
  const relay = new RelayConnection({
    url: `${options.socketOrigin}/sockets/documents`,
    ticket: () => options.socketTicket({ purpose: 'documents' }),
    ...(options.WebSocket ? { WebSocket: options.WebSocket } : {}),
    ...(options.random ? { random: options.random } : {}),
  });
  const databaseName = (name: string): string => `sightline/${options.personId}/${name}`;
  const base = [deviceProvider(databaseName), relay.provider];
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
      const opened = acquire(name, base);
      const document = new ScreenshotDocument(opened.doc, options.personId);
      return { document, opened, close: releaseOnce(name, opened, () => document.destroy()) };
    },

    openCall(call: { sessionId: SessionId; callId: CallId; iceServers?: IceServer[] }): OpenedCall {
      const name = callDocument(call.callId);
      const { sessionId, callId } = call;
      const withPeers = options.peers ?? typeof RTCPeerConnection !== 'undefined';
      const peers = peersProvider({
        url: `${options.socketOrigin}/sockets/y-webrtc`,
        ticket: () => options.socketTicket({ purpose: 'y-webrtc', sessionId, callId }),
        iceServers: call.iceServers ?? [],
        ...(options.random ? { random: options.random } : {}),
      });
      const opened = acquire(name, withPeers ? [...base, peers] : base);
      const document = new CallDocument(opened.doc, options.personId);
      return { document, opened, close: releaseOnce(name, opened, () => document.destroy()) };
    },

    /** The network is back: try at once. */
    retry(): void {
      relay.retry();
    },

    /** Closes a document and deletes its copy on this device: it is no longer this person's to see. */
    async forget(name: DocumentName): Promise<void> {
      const entry = open.get(name);
      open.delete(name);
      await entry?.opened.destroy();
      await forgetOnDevice(databaseName(name));
    },

    async destroy(): Promise<void> {
      const all = [...open.values()];
      open.clear();
      await Promise.all(all.map(({ opened }) => opened.destroy()));
      relay.destroy();
    },
  };
}

export type Documents = ReturnType<typeof createDocuments>;
