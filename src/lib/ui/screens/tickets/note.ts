import type { Person } from '#domain/session/subject.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import { m } from '../../messages.ts';
import { lastMessageOf } from '../../ticket/conversation.ts';
import { actorName } from '../session-view.ts';

/** `Erika Expert: Did you try the valve` — how a conversation stands, in one line; who opened it before a word. */
export function noteOf(ticket: Ticket, self: Person): string {
  const last = lastMessageOf(ticket);
  if (!last) return actorName(ticket.openedBy);
  const { message, words } = last;
  const name = message.author.id === self.id ? m.common_you() : actorName(message.author);
  return `${name}: ${words}`;
}

const maxTitle = 80;

/** What a conversation that begins with these words is called: the first line, cut at a word. */
export function titleOf(text: string): string {
  const line = text.trim().split(/\r?\n/u, 1)[0]?.trim() ?? '';
  if (line.length <= maxTitle) return line;
  const cut = line.slice(0, maxTitle - 1);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > maxTitle / 2 ? space : undefined).trimEnd()}…`;
}
