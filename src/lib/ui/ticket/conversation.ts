import type { SessionLink, Ticket, TicketMessage } from '#domain/ticket/ticket.ts';

/** What stands in a conversation, from above to below. */
type ConversationItem =
  | { kind: 'day'; key: string; atMs: number }
  | { kind: 'message'; key: string; message: TicketMessage }
  | { kind: 'session'; key: string; link: SessionLink };

export interface ConversationPart {
  items: ConversationItem[];
  /** How many messages stand above of these. */
  earlier: number;
}

/** So many messages are shown at first, and so many more each time they are asked for. */
export const messagesAtOnce = 100;

/** The newest `count` messages, with the days on which they came and the sessions that were linked meanwhile. */
export function conversationOf(ticket: Ticket, count: number): ConversationPart {
  const earlier = Math.max(0, ticket.messages.length - count);
  const messages = ticket.messages.slice(earlier);
  // Above of what is shown nothing else is shown either.
  const sinceMs = earlier > 0 ? (messages[0]?.atMs ?? 0) : Number.NEGATIVE_INFINITY;
  const links = ticket.sessions
    .filter((link) => link.atMs >= sinceMs)
    .sort((one, other) => one.atMs - other.atMs);
  const items: ConversationItem[] = [];
  let day = '';
  const put = (item: ConversationItem, atMs: number): void => {
    const itsDay = new Date(atMs).toDateString();
    if (itsDay !== day) items.push({ kind: 'day', key: `day ${String(items.length)}`, atMs });
    day = itsDay;
    items.push(item);
  };
  const putLinks = (untilMs: number): void => {
    for (let link = links[0]; link && link.atMs < untilMs; link = links[0]) {
      put({ kind: 'session', key: `session ${link.sessionId}`, link }, link.atMs);
      links.shift();
    }
  };
  // Messages stay in the order of the log, whatever the clock of the device says that has just written one.
  for (const message of messages) {
    putLinks(message.atMs);
    put({ kind: 'message', key: message.messageId, message }, message.atMs);
  }
  putLinks(Number.POSITIVE_INFINITY);
  return { items, earlier };
}

/** One line that says how the conversation stands: who wrote last, and what. Undefined where nothing was written. */
export function lastMessageOf(ticket: Ticket): { message: TicketMessage; words: string } | undefined {
  const message = ticket.messages.at(-1);
  if (!message) return undefined;
  const words = message.text || (message.file ? shownName(message.file.name) : '');
  return { message, words: words.replaceAll(/\s+/gu, ' ').trim() };
}

/**
 * A file's name as it is shown and kept: without line breaks, and without marks that turn the writing round, by which
 * 'gpj.exe' would read as 'exe.jpg'.
 */
export function shownName(name: string): string {
  const plain = name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').replaceAll(/[/\\]/gu, '_');
  return plain.trim() || 'file';
}
