import {
  getLocale,
  isLocale,
  locales,
  overwriteGetLocale,
  setLocale,
  type Locale,
} from './paraglide/runtime.js';

export { locales, type Locale };

/** What the device itself says, before the rune below takes over. */
const deviceLocale = getLocale;

let current = $state<Locale>('en');

/**
 * The language the screen speaks. Every message function asks for it while it renders, so a change re-renders the
 * words in place and no state of a screen is lost.
 */
export function currentLocale(): Locale {
  return current;
}

/** Chooses the language for this device and applies it at once. */
export function chooseLocale(locale: Locale): void {
  try {
    void setLocale(locale, { reload: false });
  } catch (cause) {
    // A closed storage costs only the memory of the choice.
    if (!(cause instanceof DOMException)) throw cause;
  }
  apply(locale);
}

/** Takes the language from `?lang=`, else from an earlier choice on this device, else from the browser. */
export function startLocale(url: URL): void {
  const asked = url.searchParams.get('lang');
  if (isLocale(asked)) chooseLocale(asked);
  else apply(fromDevice());
  overwriteGetLocale(currentLocale);
}

function fromDevice(): Locale {
  try {
    return deviceLocale();
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
    return wanted.find(isLocale) ?? 'en';
  }
}

function apply(locale: Locale): void {
  current = locale;
  if (typeof document !== 'undefined') document.documentElement.lang = locale;
}
