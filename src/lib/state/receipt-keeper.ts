import { may } from '#domain/session/permissions.ts';
import { receiptOf } from '#domain/session/receipts.ts';
import type { Person } from '#domain/session/subject.ts';
import type { ChatMessage, VideoSession } from '#domain/session/video-session.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';

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

/** Tells the relay what of the chats has come to this device (F103). Returns the way to stop. */
export function keepReceipts(slot: WorkspaceSlot): () => void {
  let looked = new WeakSet<VideoSession>();
  const look = (): void => {
    const workspace = slot.current;
    // One tab tells it for all, and only when what others have told is here.
    if (!workspace?.engine.leads || !workspace.engine.connection.caughtUp) return;
    const { subject } = workspace.directory;
    for (const { session, confirmed } of workspace.view.list) {
      if (!confirmed || looked.has(session)) continue;
      looked.add(session);
      const message = undelivered(session, subject);
      if (message) void tell(session, message);
    }
  };
  const tell = async (session: VideoSession, { messageId }: ChatMessage): Promise<void> => {
    const workspace = slot.current;
    const proposed = await workspace?.engine.propose(session.id, {
      type: 'chat.mark-delivered',
      payload: { messageId },
    });
    if (!workspace || !proposed?.ok) return;
    const { commandId, settled } = proposed.value;
    // The person did not ask for it: a refusal is nothing that they would have to read.
    if (!(await settled).ok) await workspace.store.outbox.remove([commandId]);
  };
  const stops = [
    slot.sessions.on(look),
    slot.connection.on(look),
    slot.directory.on(() => {
      looked = new WeakSet();
      look();
    }),
  ];
  look();
  return () => stops.forEach((stop) => stop());
}
