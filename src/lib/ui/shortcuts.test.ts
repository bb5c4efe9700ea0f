import { expect, it, vi } from 'vitest';
import { dropHeldEnter, isSend, keyOf, shortcuts, type KeyPress } from './shortcuts.ts';

const noKeys = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };

/** A press on the page; `within`: what the focused element lies in. */
function press(key: string, code: string, more: Partial<KeyPress> & { within?: string } = {}) {
  const { within, ...rest } = more;
  const target = {
    closest: (selector: string) => (within && selector.split(', ').includes(within) ? {} : null),
  } as unknown as EventTarget;
  const base = { key, code, keyCode: 0, repeat: false, isComposing: false, defaultPrevented: false };
  return { ...base, ...noKeys, target, ...rest, preventDefault: vi.fn() };
}

function window() {
  const done: string[] = [];
  const note = (what: string) => () => void done.push(what);
  const listen = shortcuts(
    ['m', 's', 'y', 'z', 'Escape'].map((key) => ({ key, run: note(key) })),
    { undo: note('undo'), redo: note('redo') },
  );
  return { done, listen };
}

it('X43 a held key does its thing once a press', () => {
  const { done, listen } = window();
  listen(press('m', 'KeyM'));
  for (let n = 0; n < 9; n += 1) listen(press('m', 'KeyM', { repeat: true }));
  listen(press('M', 'KeyM', { shiftKey: true }));
  expect(done).toEqual(['m', 'm']);
});

it.each([
  ['Cyrillic', 'ь', 'я', 'н'],
  ['Greek', 'μ', 'ζ', 'υ'],
  ['Hebrew', 'צ', 'ז', 'ט'],
  ['Arabic', 'ة', 'ئ', 'غ'],
  ['Thai', 'ท', 'ผ', '\u0e31'],
])('on a %s layout a key goes by its place', (_layout, m, z, y) => {
  const { done, listen } = window();
  listen(press(m, 'KeyM'));
  listen(press(z, 'KeyZ', { ctrlKey: true }));
  listen(press(y, 'KeyY', { ctrlKey: true }));
  expect(done).toEqual(['m', 'undo', 'redo']);
});

it.each([
  ['QWERTZ', 'z', 'KeyY', 'z'],
  ['QWERTZ', 'y', 'KeyZ', 'y'],
  ['AZERTY', 'm', 'Semicolon', 'm'],
  ['AZERTY, the comma stands where others have M', ',', 'KeyM', ','],
  ['Turkish, a Latin letter of its own', 'ı', 'KeyI', 'ı'],
  ['a dead key', 'Dead', 'KeyM', 'Dead'],
  ['Shift on a Hebrew layout gives Latin capitals', 'M', 'KeyM', 'm'],
  ['an Arabic key that gives two letters', 'لا', 'KeyB', 'b'],
])('%s: %s of %s is %s', (_what, key, code, expected) => {
  expect(keyOf({ key, code })).toBe(expected);
});

it('Ctrl+Z takes back; Ctrl+Y, Ctrl+Shift+Z and ⌘⇧Z put back; the browser keeps out of it', () => {
  const { done, listen } = window();
  const presses = [
    press('z', 'KeyZ', { ctrlKey: true }),
    press('z', 'KeyZ', { metaKey: true }),
    press('y', 'KeyY', { ctrlKey: true }),
    press('Z', 'KeyZ', { ctrlKey: true, shiftKey: true }),
    press('z', 'KeyZ', { metaKey: true, shiftKey: true }),
    press('z', 'KeyZ', { ctrlKey: true, repeat: true }),
  ];
  for (const one of presses) listen(one);
  expect(done).toEqual(['undo', 'undo', 'redo', 'redo', 'redo']);
  for (const one of presses) expect(one.preventDefault).toHaveBeenCalledOnce();
});

it('where nothing can be put back, its keys do nothing, and least of all take back', () => {
  const undo = vi.fn();
  const listen = shortcuts([], { undo });
  const one = press('Z', 'KeyZ', { ctrlKey: true, shiftKey: true });
  listen(one);
  listen(press('y', 'KeyY', { ctrlKey: true }));
  expect(undo).not.toHaveBeenCalled();
  expect(one.preventDefault).not.toHaveBeenCalled();
});

it.each<[string, Partial<KeyPress> & { within?: string }]>([
  ['while somebody types', { within: 'textarea' }],
  ['in a dialog', { within: 'dialog' }],
  ['with Alt', { altKey: true }],
  ['within a composition', { isComposing: true }],
  ['within a composition, as Safari tells it', { keyCode: 229 }],
  ['when it has done something else already', { defaultPrevented: true }],
])('a key does nothing %s', (_when, more) => {
  const { done, listen } = window();
  listen(press('m', 'KeyM', more));
  listen(press('z', 'KeyZ', { ctrlKey: true, ...more }));
  listen(press('Escape', 'Escape', more));
  expect(done).toEqual([]);
});

it('a key does nothing on the page below while a dialog is over it', () => {
  const { done, listen } = window();
  const page = (modal: object | null) =>
    ({ closest: () => null, ownerDocument: { querySelector: () => modal } }) as unknown as EventTarget;
  listen(press('m', 'KeyM', { target: page({}) }));
  expect(done).toEqual([]);
  listen(press('m', 'KeyM', { target: page(null) }));
  expect(done).toEqual(['m']);
});

it('Enter sends, once when it is held, and not within a composition or with Shift', () => {
  const enter = (more: Partial<KeyPress> = {}) => press('Enter', 'Enter', more);
  expect(isSend(enter())).toBe(true);
  for (const more of [{ repeat: true }, { shiftKey: true }, { isComposing: true }, { keyCode: 229 }])
    expect(isSend(enter(more))).toBe(false);
  const held = enter({ repeat: true });
  isSend(held);
  expect(held.preventDefault).toHaveBeenCalledOnce();
});

it('Enter held on a button presses it once; in a text of several lines it goes on', () => {
  const dropped = (more: Partial<KeyPress> & { within?: string }) => {
    const one = press('Enter', 'Enter', more);
    dropHeldEnter(one);
    return one.preventDefault.mock.calls.length === 1;
  };
  expect(dropped({ within: 'button' })).toBe(false);
  expect(dropped({ within: 'button', repeat: true })).toBe(true);
  expect(dropped({ within: 'textarea', repeat: true })).toBe(false);
});
