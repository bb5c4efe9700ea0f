import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { backoffMs, syncBackoff } from '#domain/connection/backoff.ts';
import { CodedError, type ErrorCode } from '#domain/error-codes.ts';
import type { SocketTicket } from '#domain/protocol/http.ts';
import type { Result } from '#domain/result.ts';
import type { DocumentProvider, DocumentProviderFactory } from '../document-provider.ts';
import { ProviderStatus } from './provider-status.ts';

export interface RelayConnectionOptions {
  /** `wss://host/sockets/documents`, without a query. */
  url: string;
  /** A fresh one-use ticket. Asked for at every attempt. */
  ticket: () => Promise<Result<SocketTicket, ErrorCode>>;
  /** Where the platform has none. */
  WebSocket?: typeof WebSocket;
  random?: () => number;
}

/** One socket for all documents. It is open while at least one document is. */
export class RelayConnection {
  readonly #socket: TicketedSocket;
  readonly #random: () => number;
  #opened = 0;

  constructor(options: RelayConnectionOptions) {
    this.#random = options.random ?? Math.random;
    this.#socket = new TicketedSocket(options);
  }

  readonly provider: DocumentProviderFactory = ({ name, doc, awareness }) => {
    const status = new ProviderStatus();
    let refusals = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let destroyed = false;

    const report = (): void => {
      if (destroyed) return;
      const synced = provider.isSynced && this.#socket.status === 'connected';
      status.set(synced ? 'synced' : 'connecting', synced && !provider.hasUnsyncedChanges);
    };
    // A document may be unknown only because the event that made it is still on its way: ask again.
    const refused = (): void => {
      if (destroyed) return;
      status.set('refused', false, 'not-found');
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          provider.detach();
          provider.attach();
        },
        backoffMs(syncBackoff, refusals, this.#random),
      );
      refusals += 1;
    };

    const provider = new HocuspocusProvider({
      websocketProvider: this.#socket,
      name,
      document: doc,
      awareness,
      // The ticket has said who this is; the document server wants some token all the same.
      token: 'ticket',
      onSynced: () => {
        refusals = 0;
        report();
      },
      onUnsyncedChanges: report,
      onAuthenticationFailed: refused,
      onClose: ({ event }) => {
        if (destroyed) return;
        // The socket is open, the relay ended this document only: hidden, or gone.
        if (event.code === 1000 && this.#socket.status === 'connected') refused();
        else status.set('offline', false);
      },
      onOpen: () => status.set('connecting', false),
    });
    provider.attach();
    this.#opened += 1;
    if (this.#opened === 1) void this.#socket.connect();

    return {
      name: 'relay',
      get state() {
        return status.state;
      },
      get holdsAll() {
        return status.holdsAll;
      },
      onState: (listener) => status.on(listener),
      whenSynced: () => status.whenSynced(),
      destroy: async () => {
        if (destroyed) return;
        destroyed = true;
        clearTimeout(timer);
        // Its own destroy() would end the awareness that other providers share.
        awareness.off('update', provider.boundAwarenessUpdateHandler);
        provider.configuration.awareness = null;
        provider.destroy();
        // Listeners of its own that stay on the awareness read it from here.
        provider.configuration.awareness = awareness;
        status.set('offline', status.holdsAll, 'relay-unreachable');
        this.#opened -= 1;
        if (this.#opened === 0) this.#socket.rest();
      },
    } satisfies DocumentProvider;
  };

  /** Tries at once instead of waiting for the next attempt. */
  retry(): void {
    if (this.#opened > 0 && this.#socket.status !== 'connected') void this.#socket.connect();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** The document socket with a fresh ticket in the address of each attempt. */
class TicketedSocket extends HocuspocusProviderWebsocket {
  readonly #options: RelayConnectionOptions;
  #attempt = 0;
  #asking = false;
  #address = '';

  constructor(options: RelayConnectionOptions) {
    super({
      url: options.url,
      autoConnect: false,
      preserveTrailingSlash: true,
      delay: syncBackoff.firstMs,
      minDelay: syncBackoff.firstMs / 2,
      factor: 1.5,
      maxDelay: syncBackoff.maxMs,
      ...(options.WebSocket ? { WebSocketPolyfill: options.WebSocket } : {}),
    });
    this.#options = options;
  }

  override get url(): string {
    return this.#address;
  }

  /** Every document that is attached asks for this; one attempt is enough for all. */
  override async connect(): Promise<unknown> {
    return this.#asking ? undefined : super.connect();
  }

  override async createWebSocketConnection(): Promise<unknown> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#asking = true;
    const answer = await this.#options.ticket().finally(() => {
      if (attempt === this.#attempt) this.#asking = false;
    });
    if (!answer.ok) throw new CodedError(answer.reason);
    // While the ticket was fetched, a newer attempt may have begun, or nobody wants a socket any more.
    if (attempt !== this.#attempt || !this.shouldConnect) throw new CodedError('relay-unreachable');
    const query = new URLSearchParams({ ticket: answer.value.ticket });
    this.#address = `${this.#options.url}?${query.toString()}`;
    return super.createWebSocketConnection();
  }

  /** Closes the socket until `connect` is called again. */
  rest(): void {
    this.#attempt += 1;
    this.#asking = false;
    this.disconnect();
  }
}
