import type { Clock } from '../ports.ts';

/** What a challenge was made for: it is good for nothing else. */
export type ChallengeUse =
  { for: 'sign-in' } | { for: 'add'; signInId: string } | { for: 'join'; invitationId: string };

interface Kept {
  use: string;
  rpId: string;
  endsAtMs: number;
}

/** How long a person may take with their authenticator. */
export const challengeLifetimeMs = 3 * 60_000;
/** More than that at once is nobody's doing: the oldest goes. */
const maxKept = 10_000;

/** Challenges that the relay gave out: each is good once, for what it was made for, for a short while. */
export class Challenges {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param challenge fresh random bytes, base64url */
  keep(challenge: string, use: ChallengeUse, rpId: string): void {
    const endsAtMs = this.#clock.nowMs() + challengeLifetimeMs;
    this.#kept.set(challenge, { use: keyOf(use), rpId, endsAtMs });
    for (const [oldest, kept] of this.#kept) {
      if (this.#kept.size <= maxKept && kept.endsAtMs > this.#clock.nowMs()) break;
      this.#kept.delete(oldest);
    }
  }

  /** Uses a challenge up; true when it was given out for just this and is not too old. */
  take(challenge: string, use: ChallengeUse, rpId: string): boolean {
    const kept = this.#kept.get(challenge);
    this.#kept.delete(challenge);
    if (!kept || kept.endsAtMs <= this.#clock.nowMs()) return false;
    return kept.use === keyOf(use) && kept.rpId === rpId;
  }
}

function keyOf(use: ChallengeUse): string {
  switch (use.for) {
    case 'sign-in':
      return 'sign-in';
    case 'add':
      return `add:${use.signInId}`;
    case 'join':
      return `join:${use.invitationId}`;
  }
}
