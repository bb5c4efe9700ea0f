/** A ticket and its stream for the tests of the domain. Not part of the product. */
import type { CommandId, ItemId, MessageId, SessionId, TicketId } from '#domain/ids.ts';
import { actorOf, type Subject } from '#domain/session/subject.ts';
import { idOf, press, pump } from './sessions.ts';
import type { TicketCommandBody, TicketRelayCommand } from '#domain/ticket/commands.ts';
import { decideTicket, type TicketDecision } from '#domain/ticket/decide.ts';
import type { TicketEvent } from '#domain/ticket/events.ts';
import { applyTicketEvent } from '#domain/ticket/fold.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';

export const ticketId = idOf<TicketId>('ticket');
export const messageId = (name: string) => idOf<MessageId>(name);
export const sessionOne = idOf<SessionId>('session-1');

export const openTicket: TicketCommandBody = {
  type: 'ticket.open',
  payload: { deviceId: pump, title: ' Loses pressure ' },
};
export const send = (name: string, text = name): TicketCommandBody => ({
  type: 'ticket.send',
  payload: { messageId: messageId(name), text },
});
export const markRead = (name: string): TicketCommandBody => ({
  type: 'ticket.mark-read',
  payload: { messageId: messageId(name) },
});
export const markDelivered = (name: string): TicketCommandBody => ({
  type: 'ticket.mark-delivered',
  payload: { messageId: messageId(name) },
});
export const sendFile = (name: string): TicketCommandBody => ({
  type: 'ticket.send-file',
  payload: {
    messageId: messageId(name),
    text: '',
    file: {
      itemId: idOf<ItemId>(name),
      name: 'a.png',
      mediaType: 'image/png',
      bytes: 3,
      sha256: 'a'.repeat(64),
    },
  },
});

/** A ticket's stream as a relay keeps it. */
export class TicketStream {
  readonly events: TicketEvent[] = [];
  ticket: Ticket | undefined;

  get current(): Ticket {
    if (!this.ticket) throw new Error('nothing is opened yet');
    return this.ticket;
  }

  run(subject: Subject, body: TicketCommandBody | TicketRelayCommand): TicketDecision {
    const command =
      'payload' in body
        ? { id: idOf<CommandId>('command'), streamId: ticketId, baseSeq: 0, clientAtMs: 0, ...body }
        : body;
    const decision = decideTicket(this.ticket, command, {
      subject,
      device: (id) => [pump, press].filter((one) => one === id).map((one) => ({ id: one, name: 'Pump' }))[0],
      nextNumber: 7,
    });
    for (const body of decision.ok ? decision.value : []) {
      const event: TicketEvent = {
        ...body,
        streamId: ticketId,
        seq: this.events.length + 1,
        position: this.events.length + 1,
        actor: actorOf(subject),
        atMs: this.events.length,
      };
      this.ticket = applyTicketEvent(this.ticket, event);
      this.events.push(event);
    }
    return decision;
  }

  /** 'ok' with the types of the events, or the reason. */
  answer(subject: Subject, body: TicketCommandBody | TicketRelayCommand): string {
    const decision = this.run(subject, body);
    return decision.ok ? ['ok', ...decision.value.map((one) => one.type)].join(' ') : decision.reason;
  }

  must(subject: Subject, ...bodies: (TicketCommandBody | TicketRelayCommand)[]): this {
    for (const body of bodies) {
      const decision = this.run(subject, body);
      if (!decision.ok) throw new Error(`${body.type} was refused: ${decision.reason}`);
    }
    return this;
  }
}
