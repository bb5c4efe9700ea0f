import { getLocale } from '../i18n/paraglide/runtime.js';

/** `10:28`, in the local time of the device. */
export function clockTime(atMs: number): string {
  return new Intl.DateTimeFormat(getLocale(), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(atMs);
}

/** `12 October`; with the year when it is not the year of `nowMs`. */
export function day(atMs: number, nowMs: number): string {
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long' };
  return new Intl.DateTimeFormat(locale(), sameYear ? options : { ...options, year: 'numeric' }).format(atMs);
}

/** The time of today, else the short day. */
export function when(atMs: number, nowMs: number): string {
  if (new Date(atMs).toDateString() === new Date(nowMs).toDateString()) return clockTime(atMs);
  return new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' }).format(atMs);
}

/** `04:12`, from an hour on `1:04:12`; never below zero. */
export function duration(lengthMs: number): string {
  const seconds = Math.max(0, Math.floor(lengthMs / 1000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return seconds < 3600 ? rest : `${String(Math.floor(seconds / 3600))}:${rest}`;
}

/** `92 KB`, `1.8 MB`. */
export function size(lengthBytes: number): string {
  const big = lengthBytes >= 1_000_000;
  const value = big ? lengthBytes / 1_000_000 : Math.max(1, Math.round(lengthBytes / 1000));
  const text = new Intl.NumberFormat(getLocale(), {
    maximumFractionDigits: big && value < 10 ? 1 : 0,
  }).format(value);
  return `${text} ${big ? 'MB' : 'KB'}`;
}

/** `EE` for Erika Expert; empty for a nameless person. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const last = words.length > 1 ? words.at(-1) : '';
  return `${firstLetter(words[0] ?? '')}${firstLetter(last ?? '')}`.toUpperCase();
}

/** What a reader takes for one letter: with its marks, a flag, an emoji of several. */
function firstLetter(word: string): string {
  for (const { segment } of letters.segment(word)) return segment;
  return '';
}
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Day before month in English too, as on the screens of the service team. */
function locale(): string {
  return getLocale() === 'en' ? 'en-GB' : getLocale();
}

/** What a text of several lines is about: its first line. */
export function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0]?.trimEnd() ?? '';
}
