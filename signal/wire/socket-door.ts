import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeCodes, heartbeatMs } from '#domain/protocol/version.ts';
import { TokenBucket, type Rate } from '#domain/protocol/token-bucket.ts';

export interface SocketLimits {
  /** Largest frame, in bytes; a larger one closes the socket with 1009. */
  maxFrameBytes: number;
  rate: Rate;
  /** How much may wait for a client that does not read, in bytes. */
  maxBufferedBytes: number;
}

/** One open socket. Sending and closing never throw; after the end they do nothing. */
export interface LiveSocket {
  readonly isOpen: boolean;
  /** What waits to go out, in bytes. */
  readonly bufferedBytes: number;
  send(data: string | Uint8Array): void;
  close(code: number, reason?: string): void;
  onFrame(listener: (data: Buffer, isBinary: boolean) => void): void;
  onPong(listener: () => void): void;
  onClose(listener: (code: number, reason: string) => void): void;
}

/**
 * Turns upgrades that the gate let through into sockets with caps: size and rate of what comes in, amount of what
 * waits to go out, and a ping that finds half-open ones. Nothing that a client sends can throw out of here.
 */
export class SocketDoor {
  readonly #server: WebSocketServer;
  readonly #limits: SocketLimits;
  readonly #unanswered = new WeakMap<WebSocket, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #onFault: (error: unknown) => void;

  constructor(limits: SocketLimits, onFault: (error: unknown) => void) {
    this.#limits = limits;
    this.#onFault = onFault;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: limits.maxFrameBytes,
      perMessageDeflate: false,
    });
    this.#timer = setInterval(() => this.#ping(), heartbeatMs);
    this.#timer.unref();
  }

  open(request: IncomingMessage, socket: Duplex, head: Buffer, onOpen: (live: LiveSocket) => void): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => onOpen(this.#guard(webSocket)));
  }

  /** Ends every socket; clients see that the relay restarts. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const clients = [...this.#server.clients];
    for (const client of clients) client.close(closeCodes.restarting);
    this.#server.close();
    await Promise.race([
      Promise.all(clients.map((client) => closed(client))),
      new Promise((resolve) => setTimeout(resolve, 500).unref()),
    ]);
    for (const client of clients) client.terminate();
  }

  #ping(): void {
    for (const client of this.#server.clients) {
      const unanswered = this.#unanswered.get(client) ?? 0;
      if (unanswered >= 2) client.terminate();
      else if (client.readyState === client.OPEN) {
        this.#unanswered.set(client, unanswered + 1);
        client.ping();
      }
    }
  }

  #guard(webSocket: WebSocket): LiveSocket {
    const limits = this.#limits;
    const bucket = new TokenBucket(limits.rate, performance.now());
    const close = (code: number, reason = '') => {
      if (webSocket.readyState === webSocket.OPEN) webSocket.close(code, reason);
    };
    // Without a listener one bad frame would end the process; `ws` closes the socket itself.
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('pong', () => this.#unanswered.set(webSocket, 0));
    return {
      get isOpen() {
        return webSocket.readyState === webSocket.OPEN;
      },
      get bufferedBytes() {
        return webSocket.bufferedAmount;
      },
      send: (data) => {
        if (webSocket.readyState !== webSocket.OPEN) return;
        if (webSocket.bufferedAmount > limits.maxBufferedBytes) webSocket.terminate();
        else webSocket.send(data);
      },
      close,
      onFrame: (listener) =>
        webSocket.on('message', (data, isBinary) => {
          if (webSocket.readyState !== webSocket.OPEN) return;
          this.#unanswered.set(webSocket, 0);
          if (!bucket.take(performance.now())) return close(closeCodes.tooMany, 'too-many-requests');
          try {
            listener(toBuffer(data), isBinary);
          } catch (error) {
            this.#onFault(error);
            close(closeCodes.malformed, 'malformed');
          }
        }),
      onPong: (listener) => webSocket.on('pong', listener),
      onClose: (listener) => webSocket.on('close', (code, reason) => listener(code, reason.toString())),
    };
  }
}

function toBuffer(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

function closed(client: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (client.readyState === client.CLOSED) resolve();
    else client.once('close', () => resolve());
  });
}
