/** A list of listeners. One that throws does not keep the others from hearing. */
export class Listeners<A extends unknown[]> {
  readonly #all = new Set<(...args: A) => void>();
  readonly #onFault: (error: unknown) => void;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Adds a listener; returns the way to remove it. */
  add(listener: (...args: A) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(...args: A): void {
    for (const listener of [...this.#all]) {
      try {
        listener(...args);
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}
