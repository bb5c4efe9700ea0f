import type { Notice } from '../../state/notices.ts';

/** The page of what a notice is about. */
export function noticeHref(notice: Pick<Notice, 'sessionId' | 'ticketId'>, isEmployee: boolean): string {
  if (notice.ticketId) return `${isEmployee ? '/office/tickets' : '/messages'}/${notice.ticketId}`;
  return `/sessions/${notice.sessionId ?? ''}`;
}

/** One toast for a conversation, however many messages come. */
export function toastIdOf(notice: Notice): string {
  return notice.kind === 'message' ? `${notice.ticketId ?? notice.sessionId ?? ''}:message` : notice.id;
}
