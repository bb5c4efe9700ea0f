import type { ErrorCode } from '../error-codes.ts';
import type { DeviceId } from '../ids.ts';
import { ok, refuse, type Result } from '../result.ts';
import { maxMessageLength } from '../session/events.ts';
import { isModerator, isResponsible, type Subject } from '../session/subject.ts';
import type { TicketCommand, TicketRelayCommand } from './commands.ts';
import { maxTitleLength, type TicketEventBody } from './events.ts';
import { ticketVerdict, ticketVisible } from './permissions.ts';
import { sessionLinkOf, type ReadMark, type Ticket } from './ticket.ts';
import { written } from '../visible-text.ts';

/** What the relay knows around a ticket when it judges a command. */
export interface TicketContext {
  subject: Subject;
  /** The device with this id in the subject's organization. */
  device(id: string): { id: DeviceId; name: string } | undefined;
  /** The number that the organization's next ticket gets. */
  nextNumber: number;
}

export type TicketDecision = Result<TicketEventBody[], ErrorCode>;

const maxTicketMessages = 20_000;

/** Judges a command against the ticket as it stands. Pure: the events to append, or the reason why not. */
export function decideTicket(
  ticket: Ticket | undefined,
  command: TicketCommand | TicketRelayCommand,
  context: TicketContext,
): TicketDecision {
  const { subject } = context;
  if (command.type === 'ticket.open') {
    if (ticket) return refuse(ticketVisible(subject, ticket) ? 'already-exists' : 'not-found');
    return open(command, context);
  }
  if (!ticket || !ticketVisible(subject, ticket)) return refuse('not-found');
  if (isRelayCommand(command))
    return subject.kind === 'relay' ? decideForRelay(ticket, command) : refuse('forbidden');
  if (subject.kind === 'relay') return refuse('forbidden');
  switch (command.type) {
    case 'ticket.send':
    case 'ticket.send-file':
      return send(ticket, command, subject);
    case 'ticket.mark-delivered':
    case 'ticket.mark-read':
      return mark(ticket, command, subject);
    case 'ticket.close': {
      const allowed = ticketVerdict(subject, 'close', ticket);
      if (allowed !== true) return refuse(allowed);
      if (!ticket.open) return refuse('ticket-closed');
      const reason = written(command.payload.reason);
      if (reason.length > maxTitleLength) return refuse('reason-too-long');
      return ok([{ type: 'ticket.closed', payload: { reason } }]);
    }
    case 'ticket.reopen': {
      const allowed = ticketVerdict(subject, 'reopen', ticket);
      if (allowed !== true) return refuse(allowed);
      return ticket.open ? ok([]) : ok([{ type: 'ticket.reopened', payload: {} }]);
    }
    default:
      return refuse((command satisfies never, 'unknown-command'));
  }
}

function isRelayCommand(command: TicketCommand | TicketRelayCommand): command is TicketRelayCommand {
  return command.type.startsWith('relay.');
}

function open(
  command: Extract<TicketCommand, { type: 'ticket.open' }>,
  { subject, device: find, nextNumber }: TicketContext,
): TicketDecision {
  if (subject.kind === 'relay' || subject.kind === 'guest') return refuse('forbidden');
  const { payload } = command;
  // A code user's machine comes from the code, never from what the client says.
  const deviceId = subject.kind === 'codeUser' ? subject.deviceId : payload.deviceId;
  if (!deviceId) return refuse('device-missing');
  if (payload.deviceId && payload.deviceId !== deviceId) return refuse('not-found');
  const device = find(deviceId);
  if (!device) return refuse('not-found');
  if (subject.kind === 'employee' && !isModerator(subject) && !isResponsible(subject, deviceId))
    return refuse('not-found');
  const title = written(payload.title);
  if (!title) return refuse('text-missing');
  if (title.length > maxTitleLength) return refuse('text-too-long');
  const { organizationId } = subject;
  return ok([
    {
      type: 'ticket.opened',
      payload: {
        organizationId,
        device: { id: device.id, name: device.name },
        number: nextNumber,
        title,
      },
    },
  ]);
}

function send(
  ticket: Ticket,
  command: Extract<TicketCommand, { type: 'ticket.send' | 'ticket.send-file' }>,
  subject: Subject,
): TicketDecision {
  const allowed = ticketVerdict(subject, 'send', ticket);
  if (allowed !== true) return refuse(allowed);
  if (!ticket.open) return refuse('ticket-closed');
  const { messageId } = command.payload;
  const text = written(command.payload.text);
  if (!text && command.type === 'ticket.send') return refuse('text-missing');
  if (text.length > maxMessageLength) return refuse('text-too-long');
  if (ticket.messages.some((message) => message.messageId === messageId)) return refuse('already-exists');
  if (ticket.messages.length >= maxTicketMessages) return refuse('limit-reached');
  if (command.type === 'ticket.send') return ok([{ type: 'ticket.message', payload: { messageId, text } }]);
  const { file } = command.payload;
  const name = written(file.name);
  if (!name) return refuse('name-missing');
  if (ticket.messages.some((message) => message.file?.itemId === file.itemId))
    return refuse('already-exists');
  return ok([{ type: 'ticket.file', payload: { messageId, text, file: { ...file, name } } }]);
}

function mark(
  ticket: Ticket,
  command: Extract<TicketCommand, { type: 'ticket.mark-delivered' | 'ticket.mark-read' }>,
  subject: Exclude<Subject, { kind: 'relay' }>,
): TicketDecision {
  const allowed = ticketVerdict(subject, 'mark', ticket);
  if (allowed !== true) return refuse(allowed);
  const { messageId } = command.payload;
  const index = ticket.messages.findIndex((message) => message.messageId === messageId);
  if (index < 0) return refuse('message-unknown');
  const own = ticket.marks.find((one) => one.personId === subject.id) ?? nothing(subject);
  // Coming again, or late, changes nothing.
  const isRead = command.type === 'ticket.mark-read';
  if ((isRead ? own.readTo : own.deliveredTo) >= index) return ok([]);
  return ok([{ type: isRead ? 'ticket.read' : 'ticket.delivered', payload: { messageId } }]);
}

function nothing(subject: Exclude<Subject, { kind: 'relay' }>): ReadMark {
  return { personId: subject.id, kind: subject.kind, deliveredTo: -1, readTo: -1 };
}

function decideForRelay(ticket: Ticket, command: TicketRelayCommand): TicketDecision {
  switch (command.type) {
    case 'relay.link-session': {
      const { sessionId, visibility } = command;
      if (sessionLinkOf(ticket, sessionId)?.linked) return ok([]);
      return ok([{ type: 'ticket.session-linked', payload: { sessionId, visibility } }]);
    }
    case 'relay.unlink-session':
      return sessionLinkOf(ticket, command.sessionId)?.linked
        ? ok([{ type: 'ticket.session-unlinked', payload: { sessionId: command.sessionId } }])
        : ok([]);
    case 'relay.session-visibility': {
      const { sessionId, visibility } = command;
      const link = sessionLinkOf(ticket, sessionId);
      if (!link || link.visibility === visibility) return ok([]);
      return ok([{ type: 'ticket.session-visibility', payload: { sessionId, visibility } }]);
    }
    case 'relay.mirror': {
      const { sessionId, messageId, author, text } = command;
      if (!sessionLinkOf(ticket, sessionId)?.linked || !ticket.open) return ok([]);
      if (ticket.messages.some((message) => message.messageId === messageId)) return ok([]);
      if (ticket.messages.length >= maxTicketMessages) return ok([]);
      return ok([{ type: 'ticket.mirrored', payload: { sessionId, messageId, author, text } }]);
    }
    case 'relay.store-file': {
      const file = ticket.messages.find((message) => message.file?.itemId === command.itemId)?.file;
      if (!file) return refuse('item-unknown');
      if (file.stored) return refuse('already-exists');
      return ok([{ type: 'ticket.file-stored', payload: { itemId: command.itemId } }]);
    }
  }
}
