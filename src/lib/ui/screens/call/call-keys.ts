import { shortcuts, type KeyPress } from '../../shortcuts.ts';

/** Single keys in the call window; Ctrl+Z (⌘Z) takes back. */
export function onCallKey(
  keys: Readonly<Record<string, () => void>>,
  undo: () => void,
): (event: KeyPress) => void {
  return shortcuts(
    Object.entries(keys).map(([key, run]) => ({ key, run })),
    { undo },
  );
}
