import type { Id } from '../ids.ts';
import {
  organizationCommandBodies,
  parseOrganizationCommand,
  type OrganizationCommand,
} from '../organization/commands.ts';
import { parseOrganizationEvent, type OrganizationEvent } from '../organization/events.ts';
import { parseSessionCommand, sessionCommandBodies, type SessionCommand } from '../session/commands.ts';
import { parseSessionEvent, type SessionEvent } from '../session/events.ts';
import { parseTicketCommand, ticketCommandBodies, type TicketCommand } from '../ticket/commands.ts';
import { parseTicketEvent, type TicketEvent } from '../ticket/events.ts';

/** Everything that changes is a stream of one of these kinds. */
export const streamKinds = ['session', 'ticket', 'organization'] as const;
export type StreamKind = (typeof streamKinds)[number];

/** The id of a stream of any kind: a session's, a ticket's, an organization's. */
export type StreamId = Id<'VideoSession'> | Id<'Ticket'> | Id<'Organization'>;

export type StreamEvent = SessionEvent | TicketEvent | OrganizationEvent;
/** What a person can propose, for whichever stream. */
export type StreamCommand = SessionCommand | TicketCommand | OrganizationCommand;

const families: Readonly<Record<string, StreamKind>> = {
  ticket: 'ticket',
  organization: 'organization',
  employee: 'organization',
  device: 'organization',
  customer: 'organization',
  assistant: 'organization',
};

/** The kind of stream that a command or an event of this type belongs to, by the word before the dot. */
export function kindOfType(type: string): StreamKind {
  return families[type.split('.', 1)[0] ?? ''] ?? 'session';
}

export function isSessionEvent(event: StreamEvent): event is SessionEvent {
  return kindOfType(event.type) === 'session';
}
export function isTicketEvent(event: StreamEvent): event is TicketEvent {
  return kindOfType(event.type) === 'ticket';
}
export function isOrganizationEvent(event: StreamEvent): event is OrganizationEvent {
  return kindOfType(event.type) === 'organization';
}

/** Parses an event of any stream; throws a ValiError. */
export function parseStreamEvent(input: unknown): StreamEvent {
  switch (kindOfType(typeOf(input))) {
    case 'ticket':
      return parseTicketEvent(input);
    case 'organization':
      return parseOrganizationEvent(input);
    case 'session':
      return parseSessionEvent(input);
  }
}

export type KindedCommand =
  | { kind: 'session'; command: SessionCommand }
  | { kind: 'ticket'; command: TicketCommand }
  | { kind: 'organization'; command: OrganizationCommand };

/** Parses a command for any stream; throws a ValiError. */
export function parseStreamCommand(input: unknown): KindedCommand {
  const kind = kindOfType(typeOf(input));
  switch (kind) {
    case 'ticket':
      return { kind, command: parseTicketCommand(input) };
    case 'organization':
      return { kind, command: parseOrganizationCommand(input) };
    case 'session':
      return { kind, command: parseSessionCommand(input) };
  }
}

/** Types of commands that this version knows. */
export const commandTypes: ReadonlySet<string> = new Set(
  [...sessionCommandBodies.options, ...ticketCommandBodies.options, ...organizationCommandBodies.options].map(
    (option): string => option.entries.type.literal,
  ),
);

function typeOf(input: unknown): string {
  const type = typeof input === 'object' && input !== null ? (input as { type?: unknown }).type : undefined;
  return typeof type === 'string' ? type : '';
}
