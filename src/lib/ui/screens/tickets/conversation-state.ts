import type { Ticket } from '#domain/ticket/ticket.ts';
import type { Outcome } from '../../../state/outcome.ts';
import type { Proposal } from '../../../state/SessionState.svelte.ts';

/** Bytes with the name that they go by. */
type NamedFile = Blob & { readonly name: string };

/** What a screen needs of a ticket's conversation. TicketState is one. */
export interface ConversationState {
  readonly ticket: Ticket | undefined;
  sendText(text: string): Promise<Outcome<Proposal>>;
  sendFile(file: NamedFile, text?: string): Promise<Outcome<Proposal>>;
  /** Everything up to now has been before the person's eyes. */
  markRead(): Promise<unknown>;
  /** A message with this id is only on this device still. */
  isPending(messageId: string): boolean;
  /** A file's bytes: from this device, or from the relay with its hash verified. */
  file(itemId: string): Promise<Outcome<Blob>>;
  /** Where a file's bytes are; undefined when they are not on this device. */
  blob(
    itemId: string,
  ): { state: 'here' | 'sending' | 'sent' | 'verified' | 'refused'; progress: number } | undefined;
}
