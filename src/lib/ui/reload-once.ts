/** A page that fails again so soon after it was loaded anew would fail once more. */
const soonMs = 60_000;

/** Where it is kept when the page of an address was loaded anew by itself; a tab's storage is one. */
type Memory = Pick<Storage, 'getItem' | 'setItem'>;

const keyOf = (address: string): string => `reloaded ${address}`;

/** Whether the page of an address may be loaded anew by itself: not soon after it was. Where nothing is kept it may not. */
export function mayReload(memory: Memory | undefined, address: string, nowMs: number): boolean {
  if (!memory) return false;
  const before = memory.getItem(keyOf(address));
  return before === null || Math.abs(nowMs - Number(before)) > soonMs;
}

export function noteReload(memory: Memory | undefined, address: string, nowMs: number): void {
  memory?.setItem(keyOf(address), String(nowMs));
}
