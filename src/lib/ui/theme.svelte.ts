/** How the screen looks: `system` follows the device, `field` is for sun and gloves. */
export const themes = ['system', 'light', 'dark', 'field'] as const;
export type Theme = (typeof themes)[number];

const themeKey = 'sightline-theme';
const beforeFieldKey = 'sightline-theme-before-field';
const handKey = 'sightline-hand';

export type Hand = 'right' | 'left';

function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch (cause) {
    // A closed storage costs only the memory of the choice.
    if (!(cause instanceof DOMException)) throw cause;
  }
}

function recall(key: string): string | undefined {
  try {
    return typeof localStorage === 'undefined' ? undefined : (localStorage.getItem(key) ?? undefined);
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    return undefined;
  }
}

function parseTheme(value: string | undefined): Theme {
  return themes.find((theme) => theme === value) ?? 'system';
}

let theme = $state<Theme>(parseTheme(recall(themeKey)));
const hand: Hand = recall(handKey) === 'left' ? 'left' : 'right';

/** The theme chosen on this device. */
export function currentTheme(): Theme {
  return theme;
}

/** Chooses a theme for this device and applies it at once. */
export function chooseTheme(next: Theme): void {
  theme = next;
  remember(themeKey, next === 'system' ? undefined : next);
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
}

/** One tap on the sun: to the field theme, and back to what was before. */
export function toggleFieldTheme(): void {
  if (theme === 'field') {
    const before = parseTheme(recall(beforeFieldKey));
    chooseTheme(before === 'field' ? 'system' : before);
  } else {
    remember(beforeFieldKey, theme);
    chooseTheme('field');
  }
}

/** On which side bar and tools of a call stand: a left-handed person has them mirrored. */
export function currentHand(): Hand {
  return hand;
}
