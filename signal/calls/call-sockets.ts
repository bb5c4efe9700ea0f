import { closeCodes } from '#domain/protocol/version.ts';
import type { RelayParts, TicketClaims } from '../ports.ts';
import type { LiveSocket } from '../wire/socket-door.ts';
import { callStanding } from './call-standing.ts';

/** A socket that belongs to a call, for as long as its holder does. */
export interface CallSocket {
  readonly claims: TicketClaims;
  readonly live: LiveSocket;
}

/**
 * Handles one call socket's frames in order, and ends the socket when the call is over or its holder no longer
 * belongs to it: at every message, and at every change that could have caused it.
 */
export class CallSockets {
  readonly #parts: RelayParts;
  readonly #open = new Set<CallSocket>();
  readonly #stops: (() => void)[];

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#stops = [
      parts.sessions.onAppended((session) => this.#recheck(({ claims }) => claims.sessionId === session.id)),
      parts.people.onChanged((signInId) => this.#recheck(({ claims }) => claims.signInId === signInId)),
    ];
  }

  all(): Iterable<CallSocket> {
    return this.#open;
  }

  /** Whether the socket's holder is in the call now. Ends the socket of someone who has no place there. */
  async inCall(socket: CallSocket): Promise<boolean> {
    const standing = await callStanding(this.#parts, socket.claims);
    if (standing.ok) return standing.inCall && socket.live.isOpen;
    socket.live.close(standing.code, standing.reason);
    return false;
  }

  /**
   * Takes the socket in. `handle` gets its text frames one after the other; false from it means malformed. `ready`
   * is called once, if the holder belongs to the call.
   */
  add(socket: CallSocket, ready: () => void, handle: (text: string) => Promise<boolean>): void {
    const { live } = socket;
    this.#open.add(socket);
    live.onClose(() => this.#open.delete(socket));
    let last = this.#enter(socket, ready);
    live.onFrame((data, isBinary) => {
      last = last.then(() => this.#take(socket, isBinary ? undefined : data.toString('utf8'), handle));
    });
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  async #enter(socket: CallSocket, ready: () => void): Promise<void> {
    try {
      await this.inCall(socket);
      if (socket.live.isOpen) ready();
    } catch (error) {
      this.#fault(socket, error);
    }
  }

  async #take(
    socket: CallSocket,
    text: string | undefined,
    handle: (text: string) => Promise<boolean>,
  ): Promise<void> {
    if (!socket.live.isOpen) return;
    try {
      const wellFormed = text !== undefined && (await handle(text));
      if (!wellFormed) socket.live.close(closeCodes.malformed, 'malformed');
    } catch (error) {
      this.#fault(socket, error);
    }
  }

  #recheck(concerned: (socket: CallSocket) => boolean): void {
    for (const socket of this.#open) {
      if (concerned(socket)) this.inCall(socket).catch((error: unknown) => this.#fault(socket, error));
    }
  }

  #fault(socket: CallSocket, error: unknown): void {
    this.#parts.log.error({ err: error }, 'call socket');
    socket.live.close(1011, 'internal');
  }
}
