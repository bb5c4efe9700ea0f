import type { DeviceId, ItemId, MessageId, OrganizationId, SessionId, TicketId } from '../ids.ts';
import type { Actor } from '../session/subject.ts';
import type { Visibility } from '../session/video-session.ts';
import type { FileMeta } from './events.ts';

export interface TicketFile extends FileMeta {
  itemId: ItemId;
  /** The relay has the bytes and has verified their hash. */
  stored: boolean;
}

export interface TicketMessage {
  messageId: MessageId;
  author: Actor;
  text: string;
  file?: TicketFile;
  atMs: number;
  /** The session whose chat it comes from; absent for what was written here. */
  sessionId?: SessionId;
}

/** A session that is, or was, linked to the ticket. */
export interface SessionLink {
  sessionId: SessionId;
  visibility: Visibility;
  /** False after it was unlinked: what came from its chat stays. */
  linked: boolean;
  atMs: number;
}

/** How far somebody has received and read the conversation: index of the newest message, -1 for none. */
export interface ReadMark {
  personId: string;
  kind: Actor['kind'];
  deliveredTo: number;
  readTo: number;
}

/** A ticket as its stream makes it. */
export interface Ticket {
  id: TicketId;
  organizationId: OrganizationId;
  device: { id: DeviceId; name: string };
  /** Counted by the organization. */
  number: number;
  title: string;
  openedBy: Actor;
  open: boolean;
  closedAtMs?: number;
  messages: TicketMessage[];
  sessions: SessionLink[];
  marks: ReadMark[];
  /** Sequence number of the newest event. */
  seq: number;
  createdAtMs: number;
  updatedAtMs: number;
}

export function linkedSessions(ticket: Ticket): SessionId[] {
  return ticket.sessions.filter((link) => link.linked).map((link) => link.sessionId);
}

export function sessionLinkOf(ticket: Ticket, sessionId: string): SessionLink | undefined {
  return ticket.sessions.find((link) => link.sessionId === sessionId);
}

export type Tick = 'sent' | 'delivered' | 'read';

/** Whether a message was received and read by the other side (F103): employees for code users, and the reverse. */
export function tickOf(ticket: Ticket, messageId: string): Tick {
  const index = ticket.messages.findIndex((message) => message.messageId === messageId);
  const author = ticket.messages[index]?.author;
  if (!author) return 'sent';
  const others = ticket.marks.filter((mark) => sideOf(mark.kind) !== sideOf(author.kind));
  if (others.some((mark) => mark.readTo >= index)) return 'read';
  return others.some((mark) => mark.deliveredTo >= index) ? 'delivered' : 'sent';
}

/** How many messages of the other side somebody has not read. What came from a session is read, and told of, there. */
export function unreadCount(ticket: Ticket, person: { id: string; kind: Actor['kind'] }): number {
  const readTo = ticket.marks.find((mark) => mark.personId === person.id)?.readTo ?? -1;
  return ticket.messages.filter(
    ({ author, sessionId }, index) =>
      sessionId === undefined && index > readTo && sideOf(author.kind) !== sideOf(person.kind),
  ).length;
}

function sideOf(kind: Actor['kind']): 'office' | 'machine' {
  return kind === 'employee' || kind === 'relay' ? 'office' : 'machine';
}
