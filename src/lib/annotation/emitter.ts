type Listeners<Events> = { [E in keyof Events]?: Set<(...values: never[]) => void> };

/** Typed events: data comes in by method and goes out here. */
export class Emitter<Events extends { [E in keyof Events]: unknown[] }> {
  #listeners: Listeners<Events> = {};

  on<E extends keyof Events>(event: E, listener: (...values: Events[E]) => void): () => void {
    const listeners = this.#of(event);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  has(event: keyof Events): boolean {
    return this.#of(event).size > 0;
  }

  emit<E extends keyof Events>(event: E, ...values: Events[E]): void {
    for (const listener of [...this.#of(event)]) listener(...values);
  }

  clear(): void {
    this.#listeners = {};
  }

  #of<E extends keyof Events>(event: E): Set<(...values: Events[E]) => void> {
    const listeners = (this.#listeners[event] ??= new Set());
    return listeners as Set<(...values: Events[E]) => void>;
  }
}
