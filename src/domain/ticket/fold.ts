import { LogError } from '../session/fold.ts';
import type { TicketEvent } from './events.ts';
import { sessionLinkOf, type ReadMark, type SessionLink, type Ticket, type TicketMessage } from './ticket.ts';

/** The ticket after one more event. Pure. Throws LogError for an event that cannot stand at this place. */
export function applyTicketEvent(ticket: Ticket | undefined, event: TicketEvent): Ticket {
  if (event.type === 'ticket.opened') {
    if (ticket || event.seq !== 1) throw new LogError('a ticket is opened once, by its first event');
    const { organizationId, device, number, title } = event.payload;
    return {
      id: event.streamId,
      organizationId,
      device,
      number,
      title,
      openedBy: event.actor,
      open: true,
      messages: [],
      sessions: [],
      marks: [],
      seq: 1,
      createdAtMs: event.atMs,
      updatedAtMs: event.atMs,
    };
  }
  if (!ticket) throw new LogError('the first event must open the ticket');
  if (event.streamId !== ticket.id) throw new LogError('an event of another ticket');
  if (event.seq !== ticket.seq + 1) throw new LogError(`expected event ${ticket.seq + 1}, got ${event.seq}`);
  const updatedAtMs = isQuiet(event) ? ticket.updatedAtMs : event.atMs;
  return { ...advance(ticket, event), seq: event.seq, updatedAtMs };
}

/** Ticks, and a file that has arrived: nothing that would bring a ticket to the top of a list. */
const isQuiet = ({ type }: TicketEvent): boolean =>
  type === 'ticket.delivered' || type === 'ticket.read' || type === 'ticket.file-stored';

/** Folds a whole stream, in order. Undefined for an empty one. */
export function foldTicket(events: Iterable<TicketEvent>): Ticket | undefined {
  let ticket: Ticket | undefined;
  for (const event of events) ticket = applyTicketEvent(ticket, event);
  return ticket;
}

function advance(ticket: Ticket, event: TicketEvent): Ticket {
  switch (event.type) {
    case 'ticket.opened':
      throw new LogError('a ticket is opened once');
    case 'ticket.message': {
      const { messageId, text } = event.payload;
      return withMessage(ticket, event, { messageId, text, author: event.actor, atMs: event.atMs });
    }
    case 'ticket.file': {
      const { messageId, text, file } = event.payload;
      const message = { messageId, text, author: event.actor, atMs: event.atMs };
      return withMessage(ticket, event, { ...message, file: { ...file, stored: false } });
    }
    case 'ticket.mirrored': {
      const { messageId, text, author, sessionId } = event.payload;
      return withMessage(ticket, event, { messageId, text, author, sessionId, atMs: event.atMs });
    }
    case 'ticket.file-stored':
      return {
        ...ticket,
        messages: ticket.messages.map((message) =>
          message.file?.itemId === event.payload.itemId
            ? { ...message, file: { ...message.file, stored: true } }
            : message,
        ),
      };
    case 'ticket.delivered':
    case 'ticket.read':
      return withMark(ticket, event);
    case 'ticket.session-linked':
      return withLink(ticket, {
        sessionId: event.payload.sessionId,
        visibility: event.payload.visibility,
        linked: true,
        atMs: event.atMs,
      });
    case 'ticket.session-unlinked': {
      const link = sessionLinkOf(ticket, event.payload.sessionId);
      if (!link) throw new LogError('a session that was not linked');
      return withLink(ticket, { ...link, linked: false, atMs: event.atMs });
    }
    case 'ticket.session-visibility': {
      const link = sessionLinkOf(ticket, event.payload.sessionId);
      if (!link) throw new LogError('a session that was not linked');
      return withLink(ticket, { ...link, visibility: event.payload.visibility });
    }
    case 'ticket.closed':
      return { ...ticket, open: false, closedAtMs: event.atMs };
    case 'ticket.reopened': {
      const { closedAtMs: _closedAtMs, ...rest } = ticket;
      return { ...rest, open: true };
    }
    default:
      return event satisfies never;
  }
}

/** Whoever writes has read what stands above. */
function withMessage(ticket: Ticket, event: TicketEvent, message: TicketMessage): Ticket {
  const messages = [...ticket.messages, message];
  const next = { ...ticket, messages };
  return event.type === 'ticket.mirrored' ? next : setMark(next, event, messages.length - 1, true);
}

function withMark(
  ticket: Ticket,
  event: Extract<TicketEvent, { type: 'ticket.delivered' | 'ticket.read' }>,
): Ticket {
  const index = ticket.messages.findIndex((message) => message.messageId === event.payload.messageId);
  return index < 0 ? ticket : setMark(ticket, event, index, event.type === 'ticket.read');
}

function setMark(ticket: Ticket, event: TicketEvent, index: number, isRead: boolean): Ticket {
  const { actor } = event;
  if (!actor.id || actor.kind === 'relay') return ticket;
  const before = ticket.marks.find((one) => one.personId === actor.id);
  const mark: ReadMark = {
    personId: actor.id,
    kind: actor.kind,
    deliveredTo: Math.max(before?.deliveredTo ?? -1, index),
    readTo: isRead ? Math.max(before?.readTo ?? -1, index) : (before?.readTo ?? -1),
  };
  return { ...ticket, marks: [...ticket.marks.filter((one) => one !== before), mark] };
}

function withLink(ticket: Ticket, link: SessionLink): Ticket {
  const others = ticket.sessions.filter((one) => one.sessionId !== link.sessionId);
  return { ...ticket, sessions: [...others, link] };
}
