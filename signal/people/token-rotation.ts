import type { Clock } from '../ports.ts';
import { hashToken, newToken } from '../secrets.ts';
import type { DirectoryStore, SignInRow } from '../storage/relay-storage.ts';

/** How old the token of a sign-in gets before the browser is given another one. */
export const rotateAfterMs = 24 * 3_600_000;
/** Requests that were on their way when the new token was first used. */
export const retiredGraceMs = 60_000;
/** What is on offer is remembered for so many sign-ins at once. */
const maxOffers = 10_000;

/** What a token that is not the present one of any sign-in turned out to be. */
export type Rotated = { row: SignInRow } | { stolen: SignInRow } | undefined;

/**
 * Gives sign-ins a new token every day. The new one takes the place of the old one when it is first used, so that an
 * answer that was lost locks nobody out. Whoever then still comes with an old one is a thief, or the robbed: the
 * sign-in ends for both.
 */
export class TokenRotation {
  readonly #directory: DirectoryStore;
  readonly #clock: Clock;
  /** By sign-in, so that all tabs of a browser are given the same. */
  readonly #offers = new Map<string, { to: string; token: string }>();

  constructor(directory: DirectoryStore, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async lookUp(tokenHash: string): Promise<Rotated> {
    const found = await this.#directory.rotatedToken(tokenHash);
    const row = found && (await this.#directory.signIn(found.signInId));
    if (!row) return undefined;
    const nowMs = this.#clock.nowMs();
    if (found.retiredAtMs !== null)
      return nowMs - found.retiredAtMs <= retiredGraceMs ? { row } : { stolen: row };
    await this.#directory.promoteToken(row.id, tokenHash, nowMs);
    this.#offers.delete(row.id);
    return { row: { ...row, tokenHash } };
  }

  /** @param sinceMs when the sign-in began; @returns the token to come with from now on, where it is time for one */
  async due({ id, tokenHash }: SignInRow, sinceMs: number): Promise<string | undefined> {
    const nowMs = this.#clock.nowMs();
    if (nowMs - sinceMs < rotateAfterMs) return undefined;
    const lastMs = (await this.#directory.lastRotation(id)) ?? sinceMs;
    if (nowMs - lastMs < rotateAfterMs) return undefined;
    const offered = this.#offers.get(id);
    if (offered?.to === tokenHash) return offered.token;
    const token = newToken();
    for (const oldest of this.#offers.keys()) {
      if (this.#offers.size < maxOffers) break;
      this.#offers.delete(oldest);
    }
    this.#offers.set(id, { to: tokenHash, token });
    await this.#directory.offerToken(id, hashToken(token));
    return token;
  }
}
