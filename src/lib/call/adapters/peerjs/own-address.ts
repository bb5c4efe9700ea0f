import type { MediaConnection } from 'peerjs';
import { backoffMs, type BackoffPolicy } from '#domain/connection/backoff.ts';
import { CodedError, codeOf, type ErrorCode } from '#domain/error-codes.ts';
import type { CallSignalling } from '../../call-signalling.ts';
import { frameNaming } from './frame-naming.ts';
import { loadPeerJs, makeMediaSocket, type MediaSocket } from './media-socket.ts';

const socketBackoff: BackoffPolicy = { firstMs: 500, maxMs: 10_000 };
/** How often the first address is asked for before joining fails. */
const joinAttempts = 4;
/** Refusals that another try may not meet; every other one is the relay's word. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'relay-unreachable',
  'internal',
  'too-many-requests',
  'ticket-invalid',
]);

export interface OwnAddressEvents {
  /** The address before is no more: what did not stand on it begins anew. */
  moved(): void;
  /** From here others can be called: the first address is on its way, or a fresh one was told to them. */
  ready(): void;
  call(call: MediaConnection): void;
  /** There will be no other address. */
  refused(code: ErrorCode): void;
}

/** The address at which the others reach this end: asked for, kept open, and replaced when it is lost. */
export class OwnAddress {
  readonly #signalling: CallSignalling;
  readonly #events: OwnAddressEvents;
  #socket: MediaSocket | undefined;
  #opening: Promise<void> | undefined;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #prepared: Promise<void> | undefined;
  /** Whether the others may know of it: not before the place in the call is there. */
  #mayTell = false;

  constructor(signalling: CallSignalling, events: OwnAddressEvents) {
    this.#signalling = signalling;
    this.#events = events;
  }

  get open(): boolean {
    return this.#socket?.open ?? false;
  }

  /** Undefined while nobody can be called. */
  get peerId(): string | undefined {
    return this.#socket?.usable ? this.#socket.peerId : undefined;
  }

  /** Is the next try due at a later time already? */
  get waiting(): boolean {
    return this.#retry !== undefined;
  }

  call(peerId: string, stream: MediaStream, metadata: unknown): MediaConnection | undefined {
    return this.#socket?.call(peerId, stream, metadata);
  }

  /** Opens an address that nobody is told of, while the relay judges whether there is a place in the call. */
  prepare(): void {
    if (this.#prepared || this.#mayTell) return;
    this.#prepared = this.#openSocket();
    // What fails here is tried again when joining.
    this.#prepared.catch(() => undefined);
  }

  /**
   * Tells the others that this end is there, and of the address as soon as there is one. Rejects with a CodedError
   * when the relay says no, or cannot be reached in a few tries.
   */
  async openFirst(): Promise<void> {
    this.#mayTell = true;
    // Said ahead of the address: the roster that it brings names whom to call as soon as there is one.
    this.#signalling.announce(this.#socket?.open ? this.#socket.peerId : null);
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared && (await settled(prepared)) && this.open) return;
    void loadPeerJs();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#openSocket();
        return;
      } catch (error) {
        const code = codeOf(error);
        if (this.#closed || !passing.has(code) || attempt >= joinAttempts) {
          const reason = passing.has(code) ? 'relay-unreachable' : code;
          throw new CodedError(reason, reason, { cause: error });
        }
        await pause(backoffMs(socketBackoff, attempt, Math.random));
      }
    }
  }

  /** Tries at once for a fresh address, and goes on trying. Links that stand are not touched. */
  renew(): void {
    if (this.#closed || this.#opening) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#openSocket().catch((error: unknown) => {
      const code = codeOf(error);
      if (this.#closed) return;
      if (passing.has(code)) this.#renewLater();
      else if (this.#mayTell) this.#events.refused(code);
    });
  }

  /** No address any more, and no tries. Destroy the socket itself when the links are closed. */
  stop(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  /** Opens a fresh address and moves to it; at most one at a time. Rejects with a CodedError. */
  #openSocket(): Promise<void> {
    this.#opening ??= this.#openFresh().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #openFresh(): Promise<void> {
    const ahead = !this.#mayTell;
    const [credentials] = await Promise.all([this.#signalling.credentials(ahead), frameNaming.warm()]);
    const socket = await makeMediaSocket(this.#signalling.server, credentials);
    if (this.#closed) {
      socket.destroy();
      return;
    }
    const old = this.#socket;
    // The first one is used on its way already: the browser makes its offer while the relay lets it in.
    if (!old) this.#use(socket);
    try {
      await socket.opened;
    } catch (error) {
      if (this.#socket === socket) {
        this.#socket = undefined;
        this.#events.moved();
      }
      throw error;
    }
    if (this.#closed) {
      socket.destroy();
      return;
    }
    if (old) {
      this.#use(socket);
      this.#events.moved();
      old.destroy();
    }
    this.#attempt = 0;
    socket.onClosed(() => {
      if (this.#socket === socket && !this.#closed) this.#renewLater();
    });
    if (!this.#mayTell) return;
    this.#signalling.announce(socket.peerId);
    this.#events.ready();
  }

  #use(socket: MediaSocket): void {
    this.#socket = socket;
    socket.onCall((call) => this.#events.call(call));
    if (!socket.open) this.#events.ready();
  }

  #renewLater(): void {
    if (this.#retry !== undefined || this.#opening) {
      // An attempt under way fails or succeeds on its own; afterwards there is another look.
      return;
    }
    const waitMs = backoffMs(socketBackoff, this.#attempt++, Math.random);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.renew();
    }, waitMs);
  }
}

const settled = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
