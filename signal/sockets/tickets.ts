import type { TicketPurpose } from '#domain/protocol/http.ts';
import { ticketLifetimeMs } from '#domain/protocol/version.ts';
import type { Clock, TicketClaims } from '../ports.ts';
import { hashToken, newToken } from '../secrets.ts';

interface Kept {
  claims: TicketClaims;
  expiresAtMs: number;
}

/** Tickets that nobody used, for all people; beyond it the oldest dies. */
const maxTickets = 50_000;

/** One-use tickets for sockets: bound to a purpose, dead after a minute. */
export class Tickets {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  mint(claims: TicketClaims): { ticket: string; expiresAtMs: number } {
    const nowMs = this.#clock.nowMs();
    for (const [hash, kept] of this.#kept) {
      // Kept in the order of their making, so the first that lives ends the search.
      if (kept.expiresAtMs > nowMs && this.#kept.size < maxTickets) break;
      this.#kept.delete(hash);
    }
    const ticket = newToken();
    const expiresAtMs = nowMs + ticketLifetimeMs;
    this.#kept.set(hashToken(ticket), { claims, expiresAtMs });
    return { ticket, expiresAtMs };
  }

  /** Uses a ticket up. Undefined for one that is unknown, used, too old, or for another purpose. */
  take(ticket: string, purpose: TicketPurpose): TicketClaims | undefined {
    const hash = hashToken(ticket);
    const kept = this.#kept.get(hash);
    if (!kept) return undefined;
    this.#kept.delete(hash);
    return kept.expiresAtMs > this.#clock.nowMs() && kept.claims.purpose === purpose
      ? kept.claims
      : undefined;
  }

  /** Kills the tickets of a sign-in that has ended. */
  revoke(signInId: string): void {
    for (const [hash, kept] of this.#kept) if (kept.claims.signInId === signInId) this.#kept.delete(hash);
  }
}
