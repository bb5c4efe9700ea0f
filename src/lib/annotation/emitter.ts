type Listener<Values extends unknown[]> = (...values: Values) => void;

/** Typed events: data comes in by method and goes out here. */
export class Emitter<Events extends { [E in keyof Events]: unknown[] }> {
  readonly #listeners: { [E in keyof Events]?: Set<Listener<Events[E]>> } = {};

  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): () => void {
    const listeners: Set<Listener<Events[E]>> = this.#listeners[event] ?? new Set();
    this.#listeners[event] = listeners;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<E extends keyof Events>(event: E, ...values: Events[E]): void {
    for (const listener of [...(this.#listeners[event] ?? [])]) listener(...values);
  }

  clear(): void {
    for (const event in this.#listeners) delete this.#listeners[event];
  }
}
