import type { Runtime } from '../../../src/lib/sync/ports.ts';
import type { Chance } from './chance.ts';

/** Time that passes only when a test lets it. Between two moments everything that is under way may finish. */
export class FakeClock {
  #nowMs = 1_700_000_000_000;
  #timers: { atMs: number; order: number; work: () => void }[] = [];
  #order = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, work: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, work };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** Lets `ms` pass, timer by timer. */
  async run(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const next = this.#next();
      if (!next || next.atMs > endMs) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.work();
      await settle();
    }
    this.#nowMs = endMs;
  }

  /** Lets time pass until the condition holds; throws when it does not within `withinMs`. */
  async until(what: string, condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<number> {
    const startMs = this.#nowMs;
    while (!(await condition())) {
      if (this.#nowMs - startMs >= withinMs) throw new Error(`${what} did not happen within ${withinMs} ms`);
      await this.run(50);
    }
    return this.#nowMs - startMs;
  }

  runtime(chance: Chance): Runtime {
    return {
      nowMs: () => this.#nowMs,
      random: () => chance.next(),
      randomBytes: (length) => Uint8Array.from({ length }, () => chance.below(256)),
      after: (ms, work) => this.after(ms, work),
    };
  }

  #next(): { atMs: number; order: number; work: () => void } | undefined {
    let next = this.#timers[0];
    for (const timer of this.#timers)
      if (next && (timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order)))
        next = timer;
    return next;
  }
}

/** Lets promises and the database of the test finish what they have begun. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
