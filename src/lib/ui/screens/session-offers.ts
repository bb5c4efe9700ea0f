/** What a person can do with a session from a list or a card: only what would be accepted now. */
export interface SessionOffers {
  start?: () => void;
  /** The call rings or runs and this person is or may be in it. */
  rejoin?: () => void;
  withdraw?: () => void;
  /** A completed call waits for this person's rating: where that is given. */
  rateHref?: string | undefined;
}
