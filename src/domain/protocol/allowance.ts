import { TokenBucket, type Rate } from './token-bucket.ts';

/** How much each participant may ask or send. Times are milliseconds of a clock that does not jump. */
export class Allowance {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** True when it is within what the participant may. */
  take(participantId: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(participantId) ?? new TokenBucket(this.#rate, nowMs);
    this.#buckets.set(participantId, bucket);
    return bucket.take(nowMs);
  }

  forget(participantId: string): void {
    this.#buckets.delete(participantId);
  }
}
