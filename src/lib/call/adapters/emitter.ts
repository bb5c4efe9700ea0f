import type { CallTransportEvents } from '../call-transport.ts';

type Listeners = { [E in keyof CallTransportEvents]?: Set<CallTransportEvents[E]> };

/** Typed events of a call transport. A listener that throws does not keep the others from hearing. */
export class CallEmitter {
  readonly #listeners: Listeners = {};

  on<E extends keyof CallTransportEvents>(event: E, listener: CallTransportEvents[E]): () => void {
    const set = (this.#listeners[event] ??= new Set() as never) as Set<CallTransportEvents[E]>;
    set.add(listener);
    return () => set.delete(listener);
  }

  emit<E extends keyof CallTransportEvents>(event: E, ...args: Parameters<CallTransportEvents[E]>): void {
    const set = this.#listeners[event] as Set<(...args: unknown[]) => void> | undefined;
    for (const listener of [...(set ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        reportError(error);
      }
    }
  }

  clear(): void {
    for (const set of Object.values(this.#listeners)) set.clear();
  }
}

function reportError(error: unknown): void {
  // Surfaces as an uncaught error, as it would from any event target, without stopping the call.
  queueMicrotask(() => {
    throw error;
  });
}
