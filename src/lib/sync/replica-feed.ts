import { codeOf, type ErrorCode } from '#domain/error-codes.ts';
import type { StreamId } from '#domain/protocol/streams.ts';
import type { RelayMessage } from '#domain/protocol/sync-messages.ts';
import { goneSession, type GoneStream } from '../storage/gone-stream.ts';
import type { PersonStore } from '../storage/person-store.ts';

export interface ReplicaFeedOptions {
  store: PersonStore;
  /** Everything up to now is here. */
  onCaughtUp(): void;
  /** A batch was written. */
  onApplied(): void;
  /** A stream is about to be purged: what is kept of it outside the store is to go, too. */
  onGone(gone: GoneStream): Promise<void>;
  /** The batch did not fit: connect anew from where the replica stands. */
  onBroken(reason: ErrorCode): void;
}

/** How many events are written in one transaction. */
const maxMerged = 500;
/** How often in a row a batch may not fit, before the replica is thrown away and pulled again from the start. */
const patience = 1;

/**
 * Writes what the relay sends into the replica, strictly one after the other. A batch that does not fit is not
 * written: the connection starts again from the last good position, and if that does not help, from nothing.
 */
export class ReplicaFeed {
  readonly #options: ReplicaFeedOptions;
  readonly #waiting: RelayMessage[] = [];
  #running: Promise<void> | undefined;
  #epoch: string | null = null;
  #misfits = 0;
  /** Set when a batch of this socket did not fit: what comes after it on the same socket is not looked at. */
  #broken = false;
  #caughtUp = false;

  constructor(options: ReplicaFeedOptions) {
    this.#options = options;
  }

  /** Resolves when everything taken so far is written. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  take(message: RelayMessage): void {
    this.#waiting.push(message);
    this.#running ??= this.#work().finally(() => (this.#running = undefined));
  }

  async #work(): Promise<void> {
    for (let message = this.#next(); message; message = this.#next()) {
      try {
        await this.#take(message);
      } catch (error) {
        this.#break(codeOf(error));
      }
    }
  }

  /** The next message; event batches that have piled up are written as one. */
  #next(): RelayMessage | undefined {
    const first = this.#waiting.shift();
    if (first?.t !== 'events') return first;
    const merged = { ...first, events: [...first.events] };
    for (let next = this.#waiting[0]; next?.t === 'events'; next = this.#waiting[0]) {
      if (merged.events.length + next.events.length > maxMerged) break;
      this.#waiting.shift();
      merged.events.push(...next.events);
      merged.position = Math.max(merged.position, next.position);
      merged.done ||= next.done;
    }
    return merged;
  }

  async #take(message: RelayMessage): Promise<void> {
    const { store, onApplied, onCaughtUp } = this.#options;
    switch (message.t) {
      case 'welcome': {
        this.#broken = false;
        this.#caughtUp = false;
        this.#epoch = message.epoch;
        const at = await store.replica.position();
        if (message.reset || at.epoch !== message.epoch) await store.replica.reset(message.epoch);
        return;
      }
      case 'events': {
        if (this.#broken || this.#epoch === null) return;
        const { position, done, events } = message;
        const outcome = await store.replica.apply({ epoch: this.#epoch, events, position });
        if (!outcome.ok) return outcome.reason === 'stale' ? this.#break('stale') : await this.#misfit();
        onApplied();
        // Live batches are 'done', too: only the first such of a socket ends the catching up.
        if (!done || this.#caughtUp) return;
        this.#caughtUp = true;
        this.#misfits = 0;
        await store.outbox.settle();
        for (const gone of await store.replica.leftBehind()) await this.#purge(gone, 0);
        await store.replica.clearLeftBehind();
        return onCaughtUp();
      }
      case 'gone':
        if (this.#broken) return;
        await this.#purge(await goneStream(store, message.streamId), message.position);
        return onApplied();
      default:
        return;
    }
  }

  /** Elsewhere first: what breaks off here is told again, because the position has not moved. */
  async #purge(gone: GoneStream, position: number): Promise<void> {
    await this.#options.onGone(gone);
    await this.#options.store.replica.purge(gone.streamId, position);
  }

  async #misfit(): Promise<void> {
    this.#misfits += 1;
    if (this.#misfits > patience) await this.#options.store.replica.reset(null);
    this.#break('malformed');
  }

  #break(reason: ErrorCode): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#options.onBroken(reason);
  }
}

async function goneStream(store: PersonStore, streamId: StreamId): Promise<GoneStream> {
  const session = await store.replica.get('session', streamId);
  return session ? goneSession(session) : { streamId, documents: [] };
}
