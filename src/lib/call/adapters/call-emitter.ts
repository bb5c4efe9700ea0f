import { Emitters } from '#domain/emitter.ts';
import type { CallTransportEvents } from '../call-transport.ts';

type Told = { [E in keyof CallTransportEvents]: Parameters<CallTransportEvents[E]> };

/** Events of a call transport. What a listener throws surfaces as an uncaught error, without stopping the call. */
export class CallEmitter {
  readonly #emitters = new Emitters<Told>((error) =>
    queueMicrotask(() => {
      throw error;
    }),
  );

  on<E extends keyof CallTransportEvents>(event: E, listener: CallTransportEvents[E]): () => void {
    return this.#emitters.on(event, listener as (...args: Told[E]) => void);
  }

  emit<E extends keyof CallTransportEvents>(event: E, ...args: Told[E]): void {
    this.#emitters.emit(event, ...args);
  }

  clear(): void {
    this.#emitters.clear();
  }
}
