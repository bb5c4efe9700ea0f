import type { LucideIcon } from '@lucide/svelte/icons';

/** How a tool shows itself on buttons and in lists. */
export interface ToolLook {
  readonly icon: LucideIcon;
  /** Its name in the person's language. */
  readonly label: () => string;
  /** A single letter, lower case. */
  readonly shortcut?: string;
}
