/** What is read of a `KeyboardEvent`. */
export type KeyPress = Pick<
  KeyboardEvent,
  | 'key'
  | 'code'
  | 'keyCode'
  | 'repeat'
  | 'isComposing'
  | 'altKey'
  | 'ctrlKey'
  | 'metaKey'
  | 'shiftKey'
  | 'defaultPrevented'
  | 'target'
  | 'preventDefault'
>;

export interface Shortcut {
  /** A small Latin letter, or the name of a key, such as 'Escape'. */
  readonly key: string;
  readonly run: () => void;
}

/** Missing: the keys of it do nothing. */
export interface Rewind {
  readonly undo?: (() => void) | undefined;
  readonly redo?: (() => void) | undefined;
}

const elsewhere =
  'input, textarea, select, [contenteditable]:not([contenteditable=false]), dialog, [role=dialog]';

/** Has letters or their signs, none of them Latin: Cyrillic, Greek, Hebrew, Arabic, Thai ... */
const isForeign = (key: string) => /[\p{L}\p{M}]/u.test(key) && !/\p{Script=Latin}/u.test(key);

/**
 * What a press means: a small letter, or the key's name. On a layout without Latin letters a letter goes by the key's
 * place, so that the keys are the same ones for everybody.
 */
export function keyOf({ key, code }: Pick<KeyPress, 'key' | 'code'>): string {
  const place = isForeign(key) ? /^Key([A-Z])$/.exec(code)?.[1] : undefined;
  return place?.toLowerCase() ?? (key.length === 1 ? key.toLowerCase() : key);
}

/** Is this press a part of writing a word, for which Enter and Escape are no commands? Safari tells it by 229 alone. */
export function isComposing(press: Pick<KeyPress, 'isComposing' | 'keyCode'>): boolean {
  return press.isComposing || press.keyCode === 229;
}

/**
 * Listener for a window: single keys do what `list` says, Ctrl+Z (⌘Z) takes back, Ctrl+Y and Ctrl+Shift+Z (⌘⇧Z) put
 * back. Each once a press, however long it is held. Whoever types or is in a dialog means something else.
 */
export function shortcuts(list: readonly Shortcut[], { undo, redo }: Rewind = {}): (press: KeyPress) => void {
  return (press) => {
    if (press.defaultPrevented || press.altKey || isComposing(press) || meansElse(press.target)) return;
    const key = keyOf(press);
    const run =
      press.ctrlKey || press.metaKey
        ? key === 'z'
          ? press.shiftKey
            ? redo
            : undo
          : key === 'y' && !press.metaKey && !press.shiftKey
            ? redo
            : undefined
        : list.find((one) => one.key === key)?.run;
    if (!run) return;
    // The browser has its own use of Ctrl+Z; a plain key it may keep.
    if (press.ctrlKey || press.metaKey) press.preventDefault();
    if (!press.repeat) run();
  };
}

/** Enter that sends what was written: not with Shift, not within a word that is being composed; held, it sends once. */
export function isSend(
  press: Pick<KeyPress, 'key' | 'shiftKey' | 'isComposing' | 'keyCode' | 'repeat' | 'preventDefault'>,
): boolean {
  if (press.key !== 'Enter' || press.shiftKey || isComposing(press)) return false;
  press.preventDefault();
  return !press.repeat;
}

/** Enter held on a button or in a field of one line presses again and again: all but the first press are dropped. */
export function dropHeldEnter(press: Pick<KeyPress, 'key' | 'repeat' | 'target' | 'preventDefault'>): void {
  if (press.key !== 'Enter' || !press.repeat) return;
  if (closest(press.target, 'button, a[href], summary, input, [role=button]')) press.preventDefault();
}

function meansElse(target: EventTarget | null): boolean {
  if (closest(target, elsewhere)) return true;
  // The focus may lie on the page below while a dialog is over it.
  const page = (target as Partial<Element> | null)?.ownerDocument;
  return page ? page.querySelector('dialog:modal') !== null : false;
}

function closest(target: EventTarget | null, selector: string): boolean {
  const element = target as Partial<Element> | null;
  return element?.closest?.(selector) != null;
}
