import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { patienceMs } from '#harness/patience.ts';

/** Waits until `check` gives something other than undefined or false; throws after `withinMs`. */
export async function until<T>(check: () => T | undefined | false, withinMs = patienceMs): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const value = check();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${check.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A socket as a page of the relay opens it: with the relay's own origin. */
class SocketFromPage extends WebSocket {
  constructor(url: string) {
    super(url, { perMessageDeflate: false, origin: `http://${new URL(url).host}` });
  }
}

/** A plain socket that keeps what it gets and how it ended. */
export class RawSocket {
  readonly socket: WebSocket;
  readonly frames: Buffer[] = [];
  closed: { code: number; reason: string } | undefined;
  refused: number | undefined;

  constructor(url: string) {
    this.socket = new SocketFromPage(url);
    this.socket.on('message', (data) => this.frames.push(Buffer.from(data as Buffer)));
    this.socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.socket.on('unexpected-response', (_request, response) => {
      this.refused = response.statusCode;
      this.socket.terminate();
    });
    this.socket.on('error', () => this.socket.terminate());
  }

  static async open(url: string): Promise<RawSocket> {
    const raw = new RawSocket(url);
    await until(() => raw.socket.readyState === WebSocket.OPEN || raw.closed !== undefined);
    return raw;
  }

  get messages(): unknown[] {
    return this.frames.map((frame) => JSON.parse(frame.toString('utf8')) as unknown);
  }

  sendJson(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  ended(): Promise<{ code: number; reason: string }> {
    return until(() => this.closed);
  }

  /** Resolves when everything sent so far was read by the other side: pings are answered in order. */
  async flushed(): Promise<void> {
    let answered = false;
    this.socket.once('pong', () => (answered = true));
    this.socket.ping();
    await until(() => answered || this.closed !== undefined);
  }

  close(): void {
    this.socket.terminate();
  }
}

/** A document opened over the relay's document socket, as the app opens it. */
export class DocumentClient {
  readonly doc = new Y.Doc();
  readonly provider: HocuspocusProvider;
  readonly #socket: HocuspocusProviderWebsocket;
  denied: string | undefined;
  scope: string | undefined;
  closedBecause: string | undefined;
  socketClosed: number | undefined;

  constructor(url: string, name: string) {
    this.#socket = new HocuspocusProviderWebsocket({
      url,
      WebSocketPolyfill: SocketFromPage,
      maxAttempts: 1,
      onClose: ({ event }) => {
        this.socketClosed = event.code;
        this.#socket.disconnect();
      },
    });
    this.provider = new HocuspocusProvider({
      websocketProvider: this.#socket,
      name,
      document: this.doc,
      token: 'ticket-was-shown',
      onAuthenticationFailed: ({ reason }) => (this.denied = reason),
      onAuthenticated: ({ scope }) => (this.scope = scope),
      onClose: ({ event }) => (this.closedBecause ??= event.reason),
    });
    this.provider.attach();
  }

  get marks(): Y.Map<unknown> {
    return this.doc.getMap('marks');
  }

  synced(): Promise<true> {
    return until(() => this.provider.isSynced);
  }

  /** Resolves when the relay has acknowledged everything. */
  acknowledged(): Promise<boolean> {
    return until(() => !this.provider.hasUnsyncedChanges);
  }

  close(): void {
    this.provider.destroy();
    this.#socket.destroy();
  }
}

/** Small seeded source of chance, so that a failing run can be played again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of a fuzz run: from `SEED`, or a fresh one. It belongs in the test's title or output. */
export function fuzzSeed(): number {
  return process.env.SEED ? Number(process.env.SEED) : Math.floor(Math.random() * 2 ** 31);
}

export function noise(random: () => number, maxLength: number): Buffer {
  return Buffer.from(
    Array.from({ length: Math.floor(random() * maxLength) }, () => Math.floor(random() * 256)),
  );
}
