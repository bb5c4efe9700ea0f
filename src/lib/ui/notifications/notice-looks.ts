import BellRing from '@lucide/svelte/icons/bell-ring';
import CalendarCheck from '@lucide/svelte/icons/calendar-check';
import CircleX from '@lucide/svelte/icons/circle-x';
import MessageSquare from '@lucide/svelte/icons/message-square';
import PhoneMissed from '@lucide/svelte/icons/phone-missed';
import type { Notice, NoticeKind } from '../../state/notices.ts';
import { m } from '../messages.ts';
import type { IconComponent, Tone } from '../primitives/types.ts';

interface NoticeLook {
  icon: IconComponent;
  title: () => string;
  tone: Tone;
}

export const noticeLooks: Record<NoticeKind, NoticeLook> = {
  request: { icon: BellRing, title: m.notice_request, tone: 'warn' },
  confirmed: { icon: CalendarCheck, title: m.notice_confirmed, tone: 'ok' },
  opened: { icon: CalendarCheck, title: m.notice_opened, tone: 'ok' },
  declined: { icon: CircleX, title: m.notice_declined, tone: 'neutral' },
  cancelled: { icon: CircleX, title: m.notice_cancelled, tone: 'neutral' },
  'missed-call': { icon: PhoneMissed, title: m.notice_missed_call, tone: 'warn' },
  message: { icon: MessageSquare, title: m.notice_message, tone: 'info' },
};

/** Two words or three; what was read is news no more. */
export function noticeTitle(notice: Pick<Notice, 'kind' | 'count' | 'read'>): string {
  if (notice.kind !== 'message') return noticeLooks[notice.kind].title();
  if (notice.read) return m.call_message();
  return notice.count > 1 ? m.notice_messages({ count: notice.count }) : m.notice_message();
}
