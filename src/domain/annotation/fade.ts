/** The last part of a mark's time, in which it fades, in milliseconds. */
export const fadeMs = 600;

/**
 * How visible a mark is, 0 to 1. `ageMs` is the time since the pen was lifted (below 0: still drawn); `lifetimeMs`
 * null keeps it for ever. With reduced motion it stays whole to its end and is then gone.
 */
export function opacityAt(ageMs: number, lifetimeMs: number | null, reducedMotion = false): number {
  if (lifetimeMs === null || ageMs < 0) return 1;
  const leftMs = lifetimeMs - ageMs;
  if (leftMs <= 0) return 0;
  const spanMs = Math.min(fadeMs, lifetimeMs);
  return reducedMotion || leftMs >= spanMs ? 1 : leftMs / spanMs;
}

export function isGone(ageMs: number, lifetimeMs: number | null): boolean {
  return lifetimeMs !== null && ageMs >= lifetimeMs;
}

/** How long from now until the mark looks different, in milliseconds: 0 while it fades, null if it never will. */
export function nextChangeInMs(
  ageMs: number,
  lifetimeMs: number | null,
  reducedMotion = false,
): number | null {
  if (lifetimeMs === null) return null;
  if (ageMs >= lifetimeMs) return 0;
  const stillMs = reducedMotion ? lifetimeMs : Math.max(0, lifetimeMs - fadeMs);
  return Math.max(0, stillMs - ageMs);
}
