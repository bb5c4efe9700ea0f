import { getLocale } from '../../../i18n/paraglide/runtime.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Times after which an unanswered request runs out, as the settings page offers them. */
export const usualExpiryMs = [hour, 8 * hour, day, 3 * day, 7 * day] as const;

/** `10 minutes`, `8 hours`, `3 days`: in the largest unit that it is a whole number of. */
export function spelledDuration(lengthMs: number): string {
  const [unit, size] =
    lengthMs % day === 0
      ? (['day', day] as const)
      : lengthMs % hour === 0
        ? (['hour', hour] as const)
        : (['minute', minute] as const);
  return new Intl.NumberFormat(getLocale(), {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  }).format(lengthMs / size);
}

/** The usual lengths, and the one that is set where it is another. */
export function durationOptions(
  usual: readonly number[],
  current: number | null,
): { value: string; label: string }[] {
  const all = current === null || usual.includes(current) ? usual : [...usual, current];
  return [...all]
    .sort((a, b) => a - b)
    .map((lengthMs) => ({ value: String(lengthMs), label: spelledDuration(lengthMs) }));
}
