import { Hocuspocus, type Connection, type Document, type WebSocketLike } from '@hocuspocus/server';
import { maxDocumentBytes } from '#domain/protocol/documents.ts';
import { closeCodes } from '#domain/protocol/version.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { SessionId } from '#domain/ids.ts';
import type { Person } from '#domain/session/subject.ts';
import type { MountedPart, RelayParts, TicketClaims } from '../ports.ts';
import { SocketDoor, type LiveSocket } from '../wire/socket-door.ts';
import { guardAwareness } from './awareness-guard.ts';
import { accessTo } from './document-access.ts';
import { DocumentSaver } from './document-saver.ts';
import { maxCatchUpBytes, outgoingMeaning, parseDocumentFrame } from './frame.ts';

export const documentsPath = '/sockets/documents';

const maxDocumentsPerSocket = 64;
const limits = {
  maxFrameBytes: maxCatchUpBytes + 1024,
  rate: { perSecond: 60, burst: 400 },
  maxBufferedBytes: 16 * 1024 * 1024,
};

/** One opened document of one socket. The rights in it are the newest that were asked for. */
interface Context {
  claims: TicketClaims;
  live: LiveSocket;
  rights: { person: Person; mayWrite: boolean; sessionId: SessionId } | undefined;
  /** For each address on the socket the awareness client that it speaks for: the first that it named. */
  speaksFor: Map<string, number>;
}

/** How the document server is told to end one document's connection. Without a message it logs nothing of it. */
class Refusal extends Error {
  readonly code: number;
  readonly reason: ErrorCode;
  constructor(code: number, reason: ErrorCode) {
    super('');
    this.code = code;
    this.reason = reason;
  }
}

/**
 * Yjs documents over `/sockets/documents`. Who may read or write is asked of the session at every message; an
 * update is acknowledged after it is stored.
 */
export async function mountDocuments(parts: RelayParts): Promise<MountedPart> {
  const door = new SocketDoor(limits, (error) => parts.log.error({ err: error }, 'document frame'));
  const saver = new DocumentSaver(parts.documents);
  const opened = new Map<Connection<Context>, string>();
  const sockets = new Map<LiveSocket, TicketClaims>();

  const refresh = async (context: Context, name: string): Promise<void> => {
    const access = await accessTo(parts, context.claims.signInId, name);
    if (!access.ok) {
      context.rights = undefined;
      throw new Refusal(closeCodes.notFound, access.reason);
    }
    context.rights = {
      person: access.person,
      mayWrite: access.mayWrite,
      sessionId: access.session.id,
    };
  };

  const hocuspocus = new Hocuspocus<Context>({
    quiet: true,
    debounce: 50,
    maxDebounce: 200,
    timeout: 60 * 60_000,
    maxPendingDocuments: maxDocumentsPerSocket,
    maxUnauthenticatedQueueSize: 2 * maxCatchUpBytes,
    maxUnauthenticatedQueueMessages: 200,
    async onAuthenticate({ context, documentName, connectionConfig }) {
      const own: Context = { ...context, rights: undefined };
      await refresh(own, documentName);
      connectionConfig.readOnly = !own.rights?.mayWrite;
      return own;
    },
    async onLoadDocument({ documentName }) {
      return parts.documents.load(documentName);
    },
    async afterLoadDocument({ documentName, document, context }) {
      if (!context.rights) throw new Refusal(closeCodes.notFound, 'not-found');
      const stored = await parts.documents.load(documentName);
      saver.attach(documentName, document, context.rights.sessionId, stored?.length ?? 0);
    },
    async connected({ connection, context, documentName }) {
      opened.set(connection, documentName);
      connection.onClose(() => opened.delete(connection));
      // The session may have become hidden while the document was loaded.
      await recheck(connection, documentName);
      if (!context.live.isOpen) opened.delete(connection);
    },
    async beforeHandleMessage({ connection, context, documentName }) {
      await refresh(context, documentName);
      connection.readOnly = !context.rights?.mayWrite;
    },
    async beforeHandleAwareness({ states, connection, document }) {
      const context = connection?.context;
      if (!connection || !context?.rights) return states.clear();
      // Clients pass on what they heard elsewhere, too; each is believed about itself alone.
      const own = context.speaksFor.get(connection.messageAddress);
      guardAwareness(states, isTaken(document, own, connection) ? undefined : own, context.rights);
    },
    async onStoreDocument({ documentName }) {
      await saver.saved(documentName);
    },
    async beforeUnloadDocument({ documentName }) {
      await saver.saved(documentName);
    },
    async afterUnloadDocument({ documentName }) {
      saver.detach(documentName);
    },
  });

  /** Ends what a person may no longer see; sets what they may do otherwise. */
  const recheck = async (connection: Connection<Context>, name: string): Promise<void> => {
    try {
      await refresh(connection.context, name);
      connection.readOnly = !connection.context.rights?.mayWrite;
    } catch (error) {
      if (!(error instanceof Refusal)) parts.log.error({ err: error }, 'document rights');
      connection.close({ code: closeCodes.notFound, reason: 'not-found' });
    }
  };

  const acknowledgeWhenStored = (live: LiveSocket, message: Uint8Array, name: string): void => {
    saver.saved(name).then(
      () => live.send(message),
      (error: unknown) => {
        parts.log.error({ err: error }, 'document not stored');
        live.close(closeCodes.restarting, 'storage-full');
      },
    );
  };

  const open = (live: LiveSocket, claims: TicketClaims): void => {
    sockets.set(live, claims);
    /** Documents that the client has asked for and that were not ended since. */
    const active = new Set<string>();
    const speaksFor = new Map<string, number>();
    const asWebSocket: WebSocketLike = {
      get readyState() {
        return live.isOpen ? 1 : 3;
      },
      send: (data) => {
        const message = asBytes(data);
        const meaning = outgoingMeaning(message);
        if (meaning?.kind === 'ended') active.delete(meaning.address);
        if (meaning?.kind === 'acknowledged') acknowledgeWhenStored(live, message, meaning.name);
        else live.send(message);
      },
      close: (code, reason) => live.close(code ?? 1000, reason),
    };
    const request = new Request(`http://relay${documentsPath}`);
    const client = hocuspocus.handleConnection(asWebSocket, request, {
      claims,
      live,
      rights: undefined,
      speaksFor,
    });
    live.onClose((code, reason) => {
      sockets.delete(live);
      client.handleClose({ code, reason });
    });
    live.onFrame((data, isBinary) => {
      const parsed = isBinary ? parseDocumentFrame(data) : ({ ok: false, reason: 'malformed' } as const);
      if (!parsed.ok) {
        const code = parsed.reason === 'malformed' ? closeCodes.malformed : closeCodes.tooLarge;
        return live.close(code, parsed.reason);
      }
      const { address, name, kind, updateBytes, clientId } = parsed.frame;
      if (updateBytes > 0 && saver.sizeOf(name) + updateBytes > maxDocumentBytes) {
        return live.close(closeCodes.tooLarge, 'too-large');
      }
      // The goodbye to a document that was ended here would wait, and end it again when it is opened anew.
      if (kind === 'close' && !active.delete(address)) return;
      if (kind === 'auth') active.add(address);
      if (clientId !== undefined && active.has(address) && !speaksFor.has(address)) {
        speaksFor.set(address, clientId);
      }
      if (active.size > maxDocumentsPerSocket) return live.close(closeCodes.tooMany, 'too-many-requests');
      client.handleMessage(data);
    });
  };

  parts.gate.route(documentsPath, 'documents', (request, socket, head, claims) => {
    door.open(request, socket, head, (live) => open(live, claims));
  });

  const stopSessions = parts.sessions.onAppended((session) => {
    for (const [connection, name] of opened) {
      if (connection.context.rights?.sessionId === session.id) void recheck(connection, name);
    }
  });
  const stopPeople = parts.people.onChanged((signInId) => {
    void endSignedOut(signInId);
    for (const [connection, name] of opened) {
      if (connection.context.claims.signInId === signInId) void recheck(connection, name);
    }
  });
  const endSignedOut = async (signInId: string): Promise<void> => {
    const person = await parts.people.bySignIn(signInId).catch(() => undefined);
    if (person) return;
    for (const [live, claims] of sockets) {
      if (claims.signInId === signInId) live.close(closeCodes.signedOut, 'not-signed-in');
    }
  };

  return {
    async close() {
      stopSessions();
      stopPeople();
      await door.close();
      hocuspocus.flushPendingStores();
      await saver.allSaved();
    },
  };
}

/**
 * Whether somebody else has spoken for the client earlier. An earlier connection of the same person may be left over
 * from a lost link.
 */
function isTaken(document: Document, clientId: number | undefined, self: Connection<Context>): boolean {
  const connections: Connection<Context>[] = document.getConnections();
  return connections
    .slice(0, connections.indexOf(self))
    .some(
      ({ context, messageAddress }) =>
        context.speaksFor.get(messageAddress) === clientId &&
        context.claims.person.id !== self.context.claims.person.id,
    );
}

function asBytes(data: string | ArrayBufferLike | Blob | ArrayBufferView): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError('the document server sends bytes only');
}
