import { createSubscriber } from 'svelte/reactivity';
import type { ErrorCode } from '#domain/error-codes.ts';
import { Emitter } from '#domain/emitter.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';

/** Whether this device keeps what is done on it. */
export class StorageState {
  readonly #slot: WorkspaceSlot;
  readonly #changed = new Emitter();
  readonly #touch: () => void;
  #persisted: boolean | undefined;

  constructor(slot: WorkspaceSlot) {
    this.#slot = slot;
    this.#touch = createSubscriber((update) => {
      const stops = [slot.storage.on(update), this.#changed.on(update)];
      return () => stops.forEach((stop) => stop());
    });
  }

  /**
   * 'not-saved-here': only in memory; 'update-needed': a newer version runs in another tab, reload; 'open-elsewhere':
   * an older version in another tab holds the store.
   */
  get problem(): ErrorCode | undefined {
    this.#touch();
    return this.#slot.current?.problem;
  }

  /** Whether the browser has promised not to clear it by itself; undefined while not known. */
  get persisted(): boolean | undefined {
    this.#touch();
    return this.#persisted;
  }

  setPersisted(persisted: boolean): void {
    this.#persisted = persisted;
    this.#changed.emit();
  }
}
