import { CodedError, type ErrorCode } from '#domain/error-codes.ts';
import type { ProviderState } from '../document-provider.ts';

/** State of one provider, with its listeners. */
export class ProviderStatus {
  #state: ProviderState = 'connecting';
  #holdsAll = false;
  #failure: ErrorCode | undefined;
  readonly #listeners = new Set<(state: ProviderState) => void>();

  get state(): ProviderState {
    return this.#state;
  }

  get holdsAll(): boolean {
    return this.#holdsAll;
  }

  /** `failure` says why, for `refused` and for the end. */
  set(state: ProviderState, holdsAll: boolean, failure?: ErrorCode): void {
    const same = state === this.#state && holdsAll === this.#holdsAll && failure === this.#failure;
    if (same) return;
    this.#state = state;
    this.#holdsAll = holdsAll;
    this.#failure = failure;
    for (const listener of [...this.#listeners]) listener(state);
  }

  on(listener: (state: ProviderState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves as soon as it is synced; rejects with a CodedError when it is refused or ended. */
  whenSynced(): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (this.#state !== 'synced' && !this.#failure) return;
        stop();
        if (this.#failure) reject(new CodedError(this.#failure));
        else resolve();
      };
      const stop = this.on(check);
      check();
    });
  }
}
