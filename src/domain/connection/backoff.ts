/** How long to wait between tries. Grows by half each time, with jitter, so that many clients do not come at once. */
export interface BackoffPolicy {
  firstMs: number;
  maxMs: number;
}

export const syncBackoff: BackoffPolicy = { firstMs: 500, maxMs: 10_000 };

/**
 * Wait before try number `attempt` (from 0), in milliseconds: between half and the whole of the step.
 * `random` gives a number in [0, 1).
 */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: () => number): number {
  const step = Math.min(policy.maxMs, policy.firstMs * 1.5 ** attempt);
  return Math.round(step / 2 + (step / 2) * random());
}
