import { may } from '#domain/session/permissions.ts';
import { receiptOf } from '#domain/session/receipts.ts';
import type { Person } from '#domain/session/subject.ts';
import type { ChatMessage, VideoSession } from '#domain/session/video-session.ts';
import { ticketMay } from '#domain/ticket/permissions.ts';
import type { Ticket, TicketMessage } from '#domain/ticket/ticket.ts';
import type { Proposal } from '../sync/sync-engine.ts';
import type { Workspace } from '../sync/workspace.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import type { Outcome } from './outcome.ts';

/**
 * The newest message that has come to the person and of which nobody knows yet that it has; undefined for none. What
 * came before the end of a session is let rest: whoever comes in anew would otherwise acknowledge years of it.
 */
export function undelivered(session: VideoSession, subject: Person): ChatMessage | undefined {
  if (session.chat.length === 0 || session.status === 'CLOSED' || session.status === 'CANCELLED')
    return undefined;
  const newest = session.chat.findLast((message) => message.author.id !== subject.id);
  const known = receiptOf(session, subject.id)?.deliveredSeq ?? 0;
  return newest && newest.seq > known && may(subject, 'markRead', session) ? newest : undefined;
}

/** The same for a ticket's conversation. What came before it was closed is let rest. */
function undeliveredIn(ticket: Ticket, subject: Person): TicketMessage | undefined {
  if (!ticket.open || !ticketMay(subject, 'mark', ticket)) return undefined;
  const index = ticket.messages.findLastIndex((message) => message.author.id !== subject.id);
  const known = ticket.marks.find((mark) => mark.personId === subject.id)?.deliveredTo ?? -1;
  return index > known ? ticket.messages[index] : undefined;
}

/** Tells the relay what of the conversations has come to this device (F103). Returns the way to stop. */
export function keepReceipts(slot: WorkspaceSlot): () => void {
  let looked = new WeakSet<VideoSession | Ticket>();
  const look = (): void => {
    const workspace = slot.current;
    // One tab tells it for all, and only when what others have told is here.
    if (!workspace?.engine.leads || !workspace.engine.connection.caughtUp) return;
    const { subject } = workspace.directory;
    for (const { session, confirmed } of workspace.view.list) {
      if (!confirmed || looked.has(session)) continue;
      looked.add(session);
      const message = undelivered(session, subject);
      if (message) {
        const payload = { messageId: message.messageId };
        void tell(workspace, () =>
          workspace.engine.propose(session.id, { type: 'chat.mark-delivered', payload }),
        );
      }
    }
    for (const { ticket, confirmed } of workspace.views.tickets.list) {
      if (!confirmed || looked.has(ticket)) continue;
      looked.add(ticket);
      const message = undeliveredIn(ticket, subject);
      if (message) {
        const payload = { messageId: message.messageId };
        void tell(workspace, () =>
          workspace.engine.propose(ticket.id, { type: 'ticket.mark-delivered', payload }),
        );
      }
    }
  };
  const tell = async (workspace: Workspace, propose: () => Promise<Outcome<Proposal>>): Promise<void> => {
    const proposed = await propose();
    if (!proposed.ok) return;
    const { commandId, settled } = proposed.value;
    // The person did not ask for it: a refusal is nothing that they would have to read.
    if (!(await settled).ok) await workspace.store.outbox.remove([commandId]);
  };
  const stops = [
    slot.sessions.on(look),
    slot.tickets.on(look),
    slot.connection.on(look),
    slot.directory.on(() => {
      looked = new WeakSet();
      look();
    }),
  ];
  look();
  return () => stops.forEach((stop) => stop());
}
