/** Single keys in the call window; Ctrl+Z (⌘Z) takes back. Whoever types or is in a dialog means something else. */
export function onCallKey(
  keys: Readonly<Record<string, () => void>>,
  undo: () => void,
): (event: KeyboardEvent) => void {
  return (event) => {
    const target = event.target as HTMLElement;
    if (target.closest('input, textarea, select, [contenteditable], dialog') || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      undo();
    } else if (!event.ctrlKey && !event.metaKey && !event.defaultPrevented) {
      (keys[event.key] ?? keys[event.key.toLowerCase()])?.();
    }
  };
}
