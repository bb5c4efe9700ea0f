import type { TicketId } from '#domain/ids.ts';
import type { Organization } from '#domain/organization/organization.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { TicketRelayCommand } from '#domain/ticket/commands.ts';

/** What the relay writes into a ticket because of what happened in a session. */
export interface FollowUp {
  ticketId: TicketId;
  command: TicketRelayCommand;
}

/**
 * The tickets' side of what a session's new events say: links, visibility, mirrored chat. Judged and committed with
 * them, so that both objects always say the same.
 */
export function followUps(
  before: VideoSession | undefined,
  after: VideoSession,
  log: readonly Pick<SessionEvent, 'type' | 'payload'>[],
  fresh: readonly SessionEvent[],
  organization: Organization | undefined,
): FollowUp[] {
  const { id: sessionId, visibility } = after;
  const found: FollowUp[] = [];
  const earlier = new Set(before?.ticketIds);
  const now = new Set(after.ticketIds);
  for (const ticketId of after.ticketIds)
    if (!earlier.has(ticketId))
      found.push({ ticketId, command: { type: 'relay.link-session', sessionId, visibility } });
  for (const ticketId of before?.ticketIds ?? [])
    if (!now.has(ticketId)) found.push({ ticketId, command: { type: 'relay.unlink-session', sessionId } });
  if (before && before.visibility !== visibility)
    for (const ticketId of everLinked(log))
      found.push({ ticketId, command: { type: 'relay.session-visibility', sessionId, visibility } });
  if (mirrors(after, organization))
    for (const event of fresh) {
      if (event.type !== 'chat.sent') continue;
      const { messageId, text } = event.payload;
      for (const ticketId of after.ticketIds)
        found.push({
          ticketId,
          command: { type: 'relay.mirror', sessionId, messageId, author: event.actor, text },
        });
    }
  return found;
}

/** A session that is not kept for good leaves no copies in a ticket that is (C3, C19). */
function mirrors(session: VideoSession, organization: Organization | undefined): boolean {
  return organization?.settings.mirrorChatToTicket === true && session.settings.retention === 'keep';
}

/** Also of tickets that are no longer linked: what was mirrored stays there. */
function everLinked(log: readonly Pick<SessionEvent, 'type' | 'payload'>[]): TicketId[] {
  const ids = log.flatMap(({ payload }): TicketId[] => {
    if ('ticketIds' in payload) return payload.ticketIds;
    return 'ticketId' in payload ? [payload.ticketId] : [];
  });
  return [...new Set(ids)];
}
