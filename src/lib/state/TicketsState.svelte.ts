import { createSubscriber } from 'svelte/reactivity';
import { makeId, type DeviceId, type MessageId, type TicketId } from '#domain/ids.ts';
import { ok, refuse } from '#domain/result.ts';
import { unreadCount, type Ticket } from '#domain/ticket/ticket.ts';
import { written } from '#domain/visible-text.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import { isKnown } from './known.ts';
import type { Outcome } from './outcome.ts';

/** What opening a ticket answers: whether it was kept, and the id that the ticket has then. */
export type OpenedTicket = Outcome & { ticketId: TicketId };

/** All tickets that the person may see, as far as they are on this device. */
export class TicketsState {
  readonly #slot: WorkspaceSlot;
  readonly #touch: () => void;

  constructor(slot: WorkspaceSlot) {
    this.#slot = slot;
    this.#touch = createSubscriber((update) => {
      const stops = [slot.tickets.on(update), slot.directory.on(update), slot.connection.on(update)];
      return () => stops.forEach((stop) => stop());
    });
  }

  /** Whether the list is all there is, as far as anybody here can know: only then may it be called empty. */
  get loaded(): boolean {
    this.#touch();
    return isKnown(this.#slot.current, this.#slot.current?.views.tickets);
  }

  /** With own commands on top; the newest first, by their number. */
  get all(): readonly Ticket[] {
    this.#touch();
    const entries = this.#slot.current?.views.tickets.list ?? [];
    return entries.map((entry) => entry.ticket).sort((a, b) => b.number - a.number);
  }

  get(id: string): Ticket | undefined {
    this.#touch();
    return this.#slot.current?.views.tickets.get(id as TicketId)?.ticket;
  }

  /** Messages of the other side, in all tickets, that the person has not read. */
  get unread(): number {
    const self = this.#slot.current?.directory.subject;
    return self ? this.all.reduce((sum, ticket) => sum + unreadCount(ticket, self), 0) : 0;
  }

  /** Opens a ticket, with its first message if there is one. Kept at once, sent when there is a link. */
  async open(body: { deviceId: string; title: string; text?: string }): Promise<OpenedTicket> {
    const workspace = this.#slot.current;
    const randomBytes = workspace?.runtime.randomBytes ?? ((length: number) => new Uint8Array(length));
    const ticketId = makeId<TicketId>(randomBytes);
    if (!workspace) return { ...refuse('not-signed-in'), ticketId };
    const { deviceId, title, text = '' } = body;
    const opened = await workspace.engine.propose(ticketId, {
      type: 'ticket.open',
      payload: { deviceId: deviceId as DeviceId, title },
    });
    if (!opened.ok) return { ...opened, ticketId };
    if (!written(text)) return { ...ok(undefined), ticketId };
    const messageId = makeId<MessageId>(randomBytes);
    const sent = await workspace.engine.propose(ticketId, {
      type: 'ticket.send',
      payload: { messageId, text },
    });
    return sent.ok ? { ...ok(undefined), ticketId } : { ...sent, ticketId };
  }
}
