import type { Workspace } from '../sync/workspace.ts';

const caughtUpOnce = new WeakSet<object>();

/**
 * Whether a list is known to be what the person has, also when there is nothing in it: the relay has told all it had
 * once, or there is no link and this device's own is all there is. Right after sign-in it is not: 'there are none'
 * would be a guess.
 */
export function isKnown(
  workspace: Pick<Workspace, 'engine'> | undefined,
  view: { readonly loaded: boolean; readonly list: readonly unknown[] } | undefined,
): boolean {
  if (!workspace || !view?.loaded) return false;
  const { caughtUp, state } = workspace.engine.connection;
  if (caughtUp) caughtUpOnce.add(workspace);
  return view.list.length > 0 || state === 'offline' || caughtUpOnce.has(workspace);
}
