import { createSubscriber } from 'svelte/reactivity';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { LinkState } from '../sync/sync-connection.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';

/** How the link to the relay stands. */
export class ConnectionState {
  readonly #slot: WorkspaceSlot;
  readonly #touch: () => void;

  constructor(slot: WorkspaceSlot) {
    this.#slot = slot;
    this.#touch = createSubscriber((update) => slot.connection.on(update));
  }

  get state(): LinkState {
    this.#touch();
    return this.#slot.current?.engine.connection.state ?? 'offline';
  }

  /** Device time since which it is so. */
  get sinceMs(): number {
    this.#touch();
    return this.#slot.current?.engine.connection.sinceMs ?? 0;
  }

  /** What the relay had for this person is here. */
  get caughtUp(): boolean {
    this.#touch();
    return this.#slot.current?.engine.connection.caughtUp ?? false;
  }

  /** Why there is no link; undefined while there is one or nothing is wrong yet. */
  get reason(): ErrorCode | undefined {
    this.#touch();
    return this.#slot.current?.engine.connection.reason;
  }

  /** The relay's clock minus the device's, in milliseconds. */
  get clockOffsetMs(): number {
    this.#touch();
    return this.#slot.current?.engine.connection.clockOffsetMs ?? 0;
  }

  /** The relay's time as far as it is known. */
  nowMs(): number {
    return this.#slot.current?.relayNowMs() ?? Date.now();
  }

  /** Tries again now. */
  retry(): void {
    this.#slot.current?.engine.wake();
  }
}
