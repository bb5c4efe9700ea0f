type Listener<Args extends unknown[]> = (...args: Args) => void;

/** Listeners of one thing. A listener that is added during a call is called from the next one on. */
export class Emitter<Args extends unknown[] = []> {
  readonly #listeners = new Set<Listener<Args>>();
  readonly #onFault: ((error: unknown) => void) | undefined;

  /** @param onFault takes what a listener throws, and the others hear all the same; without it, it is thrown on */
  constructor(onFault?: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  on(listener: Listener<Args>): () => void {
    const own: Listener<Args> = (...args) => listener(...args);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  emit(...args: Args): void {
    for (const listener of [...this.#listeners]) {
      if (!this.#onFault) {
        listener(...args);
        continue;
      }
      try {
        listener(...args);
      } catch (error) {
        this.#onFault(error);
      }
    }
  }

  get size(): number {
    return this.#listeners.size;
  }
}

/** Listeners of several things, by their names. `Events`: what each is told with. */
export class Emitters<Events extends { [E in keyof Events]: unknown[] }> {
  #emitters: { [E in keyof Events]?: Emitter<Events[E]> } = {};
  readonly #onFault: ((error: unknown) => void) | undefined;

  /** @param onFault as an `Emitter` has it */
  constructor(onFault?: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): () => void {
    const emitter: Emitter<Events[E]> = this.#emitters[event] ?? new Emitter(this.#onFault);
    this.#emitters[event] = emitter;
    return emitter.on(listener);
  }

  emit<E extends keyof Events>(event: E, ...values: Events[E]): void {
    this.#emitters[event]?.emit(...values);
  }

  /** Nobody listens any more. */
  clear(): void {
    this.#emitters = {};
  }
}
