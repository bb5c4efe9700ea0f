import type { Outcome } from './outcome.ts';

/** A guest's link, shown this one time. */
interface MadeGuestLink {
  /** Behind the app's address, with the token. */
  path: string;
  expiresAtMs: number;
}

/** Links by which guests join a session. Asked of the relay at once, and kept nowhere. Never rejects. */
export interface GuestLinks {
  /** Makes the session's link; the one before ends. */
  make(sessionId: string): Promise<Outcome<MadeGuestLink>>;
  /** Ends the link, and the part of everybody who came in by it. */
  withdraw(sessionId: string): Promise<Outcome>;
}
