import type { ErrorCode } from '../error-codes.ts';
import { isModerator, isResponsible, type Subject } from '../session/subject.ts';
import type { Ticket } from './ticket.ts';

/** Everything that a person can do to a ticket. */
export const ticketActions = ['see', 'send', 'mark', 'close', 'reopen'] as const;
export type TicketAction = (typeof ticketActions)[number];

/** In what part a person meets a ticket. */
type TicketRole = 'relay' | 'codeUser' | 'responsible' | 'moderator' | 'otherEmployee' | 'stranger';

function ticketRole(subject: Subject, ticket: Pick<Ticket, 'organizationId' | 'device'>): TicketRole {
  if (subject.kind === 'relay') return 'relay';
  if (subject.organizationId !== ticket.organizationId) return 'stranger';
  switch (subject.kind) {
    case 'codeUser':
      return subject.deviceId === ticket.device.id ? 'codeUser' : 'stranger';
    case 'guest':
      return 'stranger';
    case 'employee':
      if (isModerator(subject)) return 'moderator';
      return isResponsible(subject, ticket.device.id) ? 'responsible' : 'otherEmployee';
  }
}

/** Whether a person may know of a ticket at all. What is not visible is answered 'not-found'. */
export function ticketVisible(subject: Subject, ticket: Pick<Ticket, 'organizationId' | 'device'>): boolean {
  const role = ticketRole(subject, ticket);
  return role !== 'otherEmployee' && role !== 'stranger';
}

type PersonRole = 'codeUser' | 'responsible' | 'moderator';

/** The permission table: a row for every action. */
export const ticketPermissions = {
  see: { codeUser: true, responsible: true, moderator: true },
  send: { codeUser: true, responsible: true, moderator: true },
  mark: { codeUser: true, responsible: true, moderator: true },
  close: { codeUser: false, responsible: true, moderator: true },
  reopen: { codeUser: false, responsible: true, moderator: true },
} as const satisfies Record<TicketAction, Record<PersonRole, boolean>>;

/** True, or the reason. */
export function ticketVerdict(subject: Subject, action: TicketAction, ticket: Ticket): true | ErrorCode {
  const role = ticketRole(subject, ticket);
  switch (role) {
    case 'relay':
      return true;
    case 'otherEmployee':
    case 'stranger':
      return 'not-found';
    default: {
      const row: Record<PersonRole, boolean> = ticketPermissions[action];
      return row[role] ? true : 'forbidden';
    }
  }
}

export function ticketMay(subject: Subject, action: TicketAction, ticket: Ticket): boolean {
  return ticketVerdict(subject, action, ticket) === true;
}
