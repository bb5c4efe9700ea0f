import type { Subject } from '../session/subject.ts';
import type { TicketEvent } from './events.ts';
import type { Ticket } from './ticket.ts';

/** Whether a person gets the ticket's events as they are: who works here does. */
export function seesWholeTicket(subject: Subject, ticket: Ticket): boolean {
  const isStaff = subject.kind === 'relay' || subject.kind === 'employee';
  return isStaff || ticket.sessions.every((link) => link.visibility === 'public');
}

/**
 * The ticket's events as a person may see them: for a code user without anything of sessions that are internal, and
 * numbered anew without gaps, so that not even the number of what is left out shows. As long as no session changes
 * its visibility, a longer stream gives the same beginning.
 */
export function ticketView(
  subject: Subject,
  ticket: Ticket,
  events: readonly TicketEvent[],
): readonly TicketEvent[] {
  if (seesWholeTicket(subject, ticket)) return events;
  const hidden = new Set<string>(
    ticket.sessions.filter((link) => link.visibility === 'internal').map((link) => link.sessionId),
  );
  const shown: TicketEvent[] = [];
  const hiddenMessages = new Set<string>();
  let lastMessage: Extract<TicketEvent, { type: 'ticket.message' }>['payload']['messageId'] | undefined;
  const show = (event: TicketEvent): void => void shown.push({ ...event, seq: shown.length + 1 });
  for (const event of events) {
    switch (event.type) {
      case 'ticket.session-linked':
      case 'ticket.session-unlinked':
      case 'ticket.session-visibility':
        if (!hidden.has(event.payload.sessionId)) show(event);
        break;
      case 'ticket.mirrored':
        if (hidden.has(event.payload.sessionId)) hiddenMessages.add(event.payload.messageId);
        else {
          lastMessage = event.payload.messageId;
          show(event);
        }
        break;
      case 'ticket.delivered':
      case 'ticket.read':
        // A mark at a message that is left out counts for the one before it.
        if (!hiddenMessages.has(event.payload.messageId)) show(event);
        else if (lastMessage) show({ ...event, payload: { messageId: lastMessage } });
        break;
      case 'ticket.message':
      case 'ticket.file':
        lastMessage = event.payload.messageId;
        show(event);
        break;
      default:
        show(event);
    }
  }
  return shown;
}
