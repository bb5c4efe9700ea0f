/** A page that fails again so soon after it was loaded anew would fail once more. */
const soonMs = 60_000;

/**
 * Whether the page of an address may be loaded anew by itself, which counts as done: not soon after it was, and not where
 * the tab cannot remember it.
 */
export function takeReload(
  memory: Pick<Storage, 'getItem' | 'setItem'> | undefined,
  address: string,
  nowMs: number,
): boolean {
  const key = `reloaded ${address}`;
  const before = memory?.getItem(key) ?? null;
  if (!memory || (before !== null && Math.abs(nowMs - Number(before)) <= soonMs)) return false;
  try {
    memory.setItem(key, String(nowMs));
    return true;
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    return false;
  }
}
