import type { MediaConnection } from 'peerjs';

const holdMs = 10_000;
const maxHeld = 8;

/** Calls of addresses that the roster does not name yet. They are not answered, and reveal nothing, until it does. */
export class IncomingCalls {
  readonly #held = new Map<string, { call: MediaConnection; sinceMs: number }>();

  hold(call: MediaConnection, nowMs: number): void {
    this.take(call.peer)?.close();
    if (this.#held.size >= maxHeld) call.close();
    else this.#held.set(call.peer, { call, sinceMs: nowMs });
  }

  take(peerId: string): MediaConnection | undefined {
    const held = this.#held.get(peerId);
    this.#held.delete(peerId);
    return held?.call;
  }

  expire(nowMs: number): void {
    for (const [peerId, { call, sinceMs }] of this.#held) {
      if (nowMs - sinceMs < holdMs) continue;
      this.#held.delete(peerId);
      call.close();
    }
  }

  clear(): void {
    for (const { call } of this.#held.values()) call.close();
    this.#held.clear();
  }
}
