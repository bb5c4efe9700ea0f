import type { SessionStatus } from '#domain/session/status.ts';
import Archive from '@lucide/svelte/icons/archive';
import CalendarCheck from '@lucide/svelte/icons/calendar-check';
import CircleX from '@lucide/svelte/icons/circle-x';
import ClipboardCheck from '@lucide/svelte/icons/clipboard-check';
import Inbox from '@lucide/svelte/icons/inbox';
import Video from '@lucide/svelte/icons/video';
import { m } from '../messages.ts';
import type { IconComponent, Tone } from '../primitives/types.ts';

/** Icon, word and tone of every status: the same everywhere. */
export const statusLooks: Record<SessionStatus, { icon: IconComponent; word: () => string; tone: Tone }> = {
  REQUESTED: { icon: Inbox, word: m.status_requested, tone: 'warn' },
  CONFIRMED: { icon: CalendarCheck, word: m.status_confirmed, tone: 'info' },
  IN_PROGRESS: { icon: Video, word: m.status_in_progress, tone: 'ok' },
  DONE: { icon: ClipboardCheck, word: m.status_done, tone: 'neutral' },
  CLOSED: { icon: Archive, word: m.status_closed, tone: 'neutral' },
  CANCELLED: { icon: CircleX, word: m.status_cancelled, tone: 'neutral' },
};
