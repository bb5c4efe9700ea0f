import type { LucideIcon } from '@lucide/svelte/icons';

/** An icon of the set, imported one by one: `import Video from '@lucide/svelte/icons/video'`. */
export type IconComponent = LucideIcon;

/** What something means; always shown with an icon and a word as well. */
export type Tone = 'neutral' | 'info' | 'ok' | 'warn' | 'danger';

/** One of the four colours of people, fixed for a session. */
export type Who = 1 | 2 | 3 | 4;

export interface MenuItem {
  label: string;
  icon?: IconComponent;
  href?: string;
  onselect?: () => void;
  /** Tone danger for what ends or removes. */
  tone?: 'neutral' | 'danger';
  disabled?: boolean;
  /** Given: the item is one of a choice, checked or not. */
  checked?: boolean;
}
