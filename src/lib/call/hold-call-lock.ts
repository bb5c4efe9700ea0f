/** The part of `navigator.locks` that is used. */
export type Locks = Pick<LockManager, 'request'>;

/**
 * Holds the one place that this browser has in a call, until released or the page is gone. Undefined when another
 * tab has it. Where there are no locks everybody gets the place; the relay still allows one device per person.
 */
export async function holdCallLock(
  locks: Locks | undefined,
  callId: string,
): Promise<{ release: () => void } | undefined> {
  if (!locks) return { release: () => undefined };
  return new Promise((resolve, reject) => {
    locks
      .request(`sightline-call-${callId}`, { ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch(reject);
  });
}
