import Video from '@lucide/svelte/icons/video';
import { m } from '../messages.ts';
import type { IconComponent } from '../primitives/types.ts';

export interface NavItem {
  href: string;
  icon: IconComponent;
  label: () => string;
}

/** The back office's places, in the order of the bar. */
export const officeNav: readonly NavItem[] = [
  { href: '/office/sessions', icon: Video, label: m.nav_video_sessions },
];
