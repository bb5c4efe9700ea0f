/** Listeners of one thing. A listener that is added during a call is called from the next one on. */
export class Emitter<Args extends unknown[] = []> {
  readonly #listeners = new Set<(...args: Args) => void>();

  on(listener: (...args: Args) => void): () => void {
    const own = (...args: Args): void => listener(...args);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  emit(...args: Args): void {
    for (const listener of [...this.#listeners]) listener(...args);
  }

  get size(): number {
    return this.#listeners.size;
  }
}
