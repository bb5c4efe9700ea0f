/** The part of `navigator.locks` that is used. */
export type Locks = Pick<LockManager, 'request'>;

export interface HeldLock {
  release(): void;
}

const defaultWaitMs = 1_500;

/**
 * Holds the one place that this browser's devices have in a call, until released or the page is gone. Undefined when
 * another tab has it and keeps it for `waitMs`. (Signalling has a lock of its own, which a tab may take over; the
 * devices follow when the other tab has let go of them.) Where there are no locks everybody gets the place; the
 * relay still allows one device per person.
 */
export async function holdCallLock(
  locks: Locks | undefined,
  callId: string,
  waitMs = defaultWaitMs,
): Promise<HeldLock | undefined> {
  if (!locks) return { release: () => undefined };
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), waitMs);
  return new Promise((resolve, reject) => {
    locks
      .request(`sightline-call-devices-${callId}`, { signal: giveUp.signal }, () => {
        clearTimeout(timer);
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch((error: unknown) => {
        if (giveUp.signal.aborted) resolve(undefined);
        else reject(error);
      });
  });
}
