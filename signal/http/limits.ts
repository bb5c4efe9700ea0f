import type { Clock } from '../ports.ts';

interface Counted {
  points: number;
  expiresAtMs: number;
}

/** Above this, what has run out is looked for and dropped. */
const sweepAbove = 10_000;

/**
 * Counts against a limit in a fixed window that starts with the first count of a key, on the relay's clock. Kept in
 * memory: a restart forgets.
 */
export class WindowLimit {
  readonly #clock: Clock;
  readonly #points: number;
  readonly #windowMs: number;
  readonly #counted = new Map<string, Counted>();

  constructor(clock: Clock, limit: { points: number; windowMs: number }) {
    this.#clock = clock;
    this.#points = limit.points;
    this.#windowMs = limit.windowMs;
  }

  /** Counts one; false when the key has used up its points, and then nothing is counted. */
  take(key: string): boolean {
    const counted = this.#live(key);
    if (counted.points >= this.#points) return false;
    counted.points += 1;
    return true;
  }

  /** Takes one count back: what was counted turned out to be no failure. */
  giveBack(key: string): void {
    const counted = this.#counted.get(key);
    if (counted && counted.points > 0) counted.points -= 1;
  }

  /** Forgets a key: the row of failures is broken. */
  reset(key: string): void {
    this.#counted.delete(key);
  }

  #live(key: string): Counted {
    const nowMs = this.#clock.nowMs();
    const present = this.#counted.get(key);
    if (present && present.expiresAtMs > nowMs) return present;
    if (this.#counted.size >= sweepAbove)
      for (const [other, { expiresAtMs }] of this.#counted)
        if (expiresAtMs <= nowMs) this.#counted.delete(other);
    const fresh = { points: 0, expiresAtMs: nowMs + this.#windowMs };
    this.#counted.set(key, fresh);
    return fresh;
  }
}
