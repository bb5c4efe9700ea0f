import type { ChatMessage, Receipt, VideoSession } from './video-session.ts';

/** How far a message has come: to the relay, to a device of the other side, before the eyes of the other side. */
export type MessageState = 'sent' | 'delivered' | 'read';

/** The state of a message as its ticks show it, the same on both sides (F103). */
export function messageState(session: Pick<VideoSession, 'receipts'>, message: ChatMessage): MessageState {
  const others = session.receipts.filter((receipt) => isOtherSide(receipt, message));
  if (others.some((receipt) => receipt.readSeq >= message.seq)) return 'read';
  return others.some((receipt) => receipt.deliveredSeq >= message.seq) ? 'delivered' : 'sent';
}

/** Messages of others that this person has not read yet. */
export function unreadMessages(
  session: Pick<VideoSession, 'chat' | 'receipts'>,
  personId: string,
): ChatMessage[] {
  const readSeq = receiptOf(session, personId)?.readSeq ?? 0;
  return session.chat.filter((message) => message.seq > readSeq && message.author.id !== personId);
}

export function receiptOf(session: Pick<VideoSession, 'receipts'>, personId: string): Receipt | undefined {
  return session.receipts.find((receipt) => receipt.participantId === personId);
}

/** A colleague who reads along is not the one whom the message is for. Guests are on the code user's side. */
function isOtherSide(receipt: Receipt, message: ChatMessage): boolean {
  const { author } = message;
  if (author.kind === 'guest') return receipt.kind !== 'guest';
  return author.kind === 'employee' ? receipt.kind !== 'employee' : receipt.kind === 'employee';
}
