/** How much one participant may ask in a second, and at once after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket for each participant. Times are milliseconds of a clock that does not jump. */
export class Allowance {
  readonly #rate: Rate;
  readonly #left = new Map<string, { tokens: number; atMs: number }>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** True when it is within what the participant may. */
  take(participantId: string, nowMs: number): boolean {
    const before = this.#left.get(participantId) ?? { tokens: this.#rate.burst, atMs: nowMs };
    const earned = (Math.max(0, nowMs - before.atMs) / 1000) * this.#rate.perSecond;
    const tokens = Math.min(this.#rate.burst, before.tokens + earned);
    const enough = tokens >= 1;
    this.#left.set(participantId, { tokens: enough ? tokens - 1 : tokens, atMs: nowMs });
    return enough;
  }

  forget(participantId: string): void {
    this.#left.delete(participantId);
  }
}
