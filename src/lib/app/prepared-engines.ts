import type { CallMode } from '#domain/session/events.ts';
import type { CallEngine } from '../call/call-engine.ts';
import type { EngineInput } from '../state/call-ports.ts';

type Engine = Pick<CallEngine, 'prepare' | 'hangUp'>;
interface Prepared<E> {
  callId: string;
  engine: Promise<E>;
}

/** Engines of calls whose command the relay judges still: at most one, for the call that was pressed last. */
export class PreparedEngines<E extends Engine = CallEngine> {
  readonly #open: (input: EngineInput) => Promise<E>;
  #prepared: Prepared<E> | undefined;

  constructor(open: (input: EngineInput) => Promise<E>) {
    this.#open = open;
  }

  /** Gives the way to take it back; after `take` that does nothing. */
  prepare({ mode, ...input }: EngineInput & { mode: CallMode }): () => void {
    this.#cancel(this.#prepared);
    const engine = this.#open(input);
    const prepared = { callId: input.callId, engine };
    this.#prepared = prepared;
    engine.then(
      (opened) => opened.prepare(mode),
      // Its code is not here, or nobody is signed in: whoever takes it tries again, and is told.
      () => undefined,
    );
    return () => this.#cancel(prepared);
  }

  /** The engine that was got ready for this call, or a fresh one. */
  async take(input: EngineInput): Promise<E> {
    const prepared = this.#prepared;
    if (prepared?.callId !== input.callId) {
      this.#cancel(prepared);
      return this.#open(input);
    }
    this.#prepared = undefined;
    return prepared.engine.catch(() => this.#open(input));
  }

  #cancel(prepared: Prepared<E> | undefined): void {
    if (!prepared || this.#prepared !== prepared) return;
    this.#prepared = undefined;
    prepared.engine.then(
      (engine) => engine.hangUp(),
      () => undefined,
    );
  }
}
