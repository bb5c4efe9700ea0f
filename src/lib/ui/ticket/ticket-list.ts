import { hasWord, searchable, searchWords } from '#domain/find-text.ts';
import { isResponsible, type Person } from '#domain/session/subject.ts';
import { linkedSessions, unreadCount, type Ticket } from '#domain/ticket/ticket.ts';

export const ticketStates = ['open', 'closed', 'all'] as const;
export type TicketStateFilter = (typeof ticketStates)[number];

/** What a list of tickets is asked for. Empty texts ask for nothing. */
export interface TicketQuery {
  state: TicketStateFilter;
  /** Every word has to be in it, somewhere. */
  words: string;
  deviceId: string;
}

export const openTickets: TicketQuery = { state: 'open', words: '', deviceId: '' };

/** The tickets that match, the one in which something happened last first. */
export function selectTickets(tickets: readonly Ticket[], query: TicketQuery): Ticket[] {
  return tickets.filter(matcherOf(query)).sort((a, b) => b.updatedAtMs - a.updatedAtMs);
}

/** How many tickets of each state match the rest of the query: the numbers on the tabs. */
export function countByState(
  tickets: readonly Ticket[],
  query: TicketQuery,
): Record<TicketStateFilter, number> {
  const matches = matcherOf({ ...query, state: 'all' });
  const counts = { open: 0, closed: 0, all: 0 };
  for (const ticket of tickets) {
    if (!matches(ticket)) continue;
    counts.all += 1;
    counts[ticket.open ? 'open' : 'closed'] += 1;
  }
  return counts;
}

/** How many open tickets of machines that an employee answers for have something that they have not read. */
export function unreadTickets(tickets: readonly Ticket[], person: Person): number {
  const concerns = ({ device }: Ticket): boolean =>
    person.kind !== 'employee' || isResponsible(person, device.id);
  return tickets.filter((ticket) => ticket.open && concerns(ticket) && unreadCount(ticket, person) > 0)
    .length;
}

/** The tickets that a session is linked to, as far as they are here. */
export function ticketsOfSession(tickets: readonly Ticket[], sessionId: string): Ticket[] {
  return tickets.filter((ticket) => linkedSessions(ticket).some((id) => id === sessionId));
}

function matcherOf({ state, words, deviceId }: TicketQuery): (ticket: Ticket) => boolean {
  const wanted = searchWords(words);
  return (ticket) =>
    (state === 'all' || ticket.open === (state === 'open')) &&
    (!deviceId || ticket.device.id === deviceId) &&
    wanted.every((word) => hasWord(textOf(ticket), word));
}

// A ticket never changes: a new one takes its place. So its words are put together once.
const texts = new WeakMap<Ticket, string>();

function textOf(ticket: Ticket): string {
  const known = texts.get(ticket);
  if (known !== undefined) return known;
  const parts = [
    String(ticket.number),
    ticket.title,
    ticket.device.name,
    ticket.openedBy.name,
    ...ticket.messages.flatMap((message) => [message.author.name, message.text, message.file?.name]),
  ];
  const text = searchable(parts);
  texts.set(ticket, text);
  return text;
}
