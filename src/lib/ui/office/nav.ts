import Gauge from '@lucide/svelte/icons/gauge';
import History from '@lucide/svelte/icons/history';
import Images from '@lucide/svelte/icons/images';
import LayoutGrid from '@lucide/svelte/icons/layout-grid';
import ListChecks from '@lucide/svelte/icons/list-checks';
import MessageSquareText from '@lucide/svelte/icons/message-square-text';
import Settings from '@lucide/svelte/icons/settings';
import Ticket from '@lucide/svelte/icons/ticket';
import UsersRound from '@lucide/svelte/icons/users-round';
import Video from '@lucide/svelte/icons/video';
import { m } from '../messages.ts';
import type { IconComponent } from '../primitives/types.ts';

export interface NavItem {
  href: string;
  icon: IconComponent;
  label: () => string;
  /** In the bar of a phone, which has room for five; the others are on its dashboard. */
  onPhone?: boolean;
}

/** The dashboard: where a phone begins. Larger screens have the bar at their side. */
export const dashboard: NavItem = {
  href: '/office',
  icon: LayoutGrid,
  label: m.office_dashboard,
  onPhone: true,
};

/** Who looks at the bar. */
export interface NavRights {
  mayChangeSettings: boolean;
  mayManagePeople: boolean;
}

/** The back office's places that this person has, in the order of the bar. */
export function officeNav({ mayChangeSettings, mayManagePeople }: NavRights): readonly NavItem[] {
  return [
    { href: '/office/sessions', icon: Video, label: m.nav_video_sessions, onPhone: true },
    { href: '/office/tickets', icon: Ticket, label: m.nav_tickets, onPhone: true },
    { href: '/office/my-sessions', icon: MessageSquareText, label: m.nav_my_sessions, onPhone: true },
    { href: '/office/history', icon: History, label: m.nav_history, onPhone: true },
    { href: '/office/devices', icon: Gauge, label: m.nav_devices },
    ...(mayManagePeople ? [{ href: '/office/people', icon: UsersRound, label: m.nav_people }] : []),
    { href: '/office/gallery', icon: Images, label: m.nav_gallery },
    ...(mayChangeSettings
      ? [
          { href: '/office/assistant', icon: ListChecks, label: m.assistant_title },
          { href: '/office/settings', icon: Settings, label: m.nav_settings },
        ]
      : []),
  ];
}
