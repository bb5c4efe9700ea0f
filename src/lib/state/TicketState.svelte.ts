import { createSubscriber } from 'svelte/reactivity';
import type { ErrorCode } from '#domain/error-codes.ts';
import { makeId, type ItemId, type MessageId, type TicketId } from '#domain/ids.ts';
import { withoutMetadata } from '#domain/picture/without-metadata.ts';
import { ok, refuse } from '#domain/result.ts';
import type { TicketCommandBody } from '#domain/ticket/commands.ts';
import { maxFileNameLength, maxTicketFileBytes, ticketFileTypes } from '#domain/ticket/events.ts';
import { ticketVerdict, type TicketAction } from '#domain/ticket/permissions.ts';
import type { Ticket, TicketFile } from '#domain/ticket/ticket.ts';
import type { BlobItem } from '../storage/blob-store.ts';
import type { OutboxItem } from '../storage/person-store.ts';
import type { TicketEntry } from '../sync/views.ts';
import type { Proposal } from '../sync/sync-engine.ts';
import type { WorkspaceSlot } from '../sync/workspace-slot.ts';
import type { Outcome } from './outcome.ts';

/** One ticket on the screen: what it is, and what the person does to it. */
export class TicketState {
  readonly id: TicketId;
  readonly #slot: WorkspaceSlot;
  readonly #touch: () => void;
  readonly #touchPictures: () => void;

  constructor(slot: WorkspaceSlot, id: string) {
    this.id = id as TicketId;
    this.#slot = slot;
    this.#touch = createSubscriber((update) => {
      const sources = [slot.tickets, slot.directory, slot.connection];
      const stops = sources.map((source) => source.on(update));
      return () => stops.forEach((stop) => stop());
    });
    this.#touchPictures = createSubscriber((update) => slot.pictures.on(update));
  }

  get entry(): TicketEntry | undefined {
    this.#touch();
    return this.#slot.current?.views.tickets.get(this.id);
  }

  /** With own commands on top; undefined while there is none, or it is not for this person. */
  get ticket(): Ticket | undefined {
    return this.entry?.ticket;
  }

  /** Whether it is known that it is here, or that there is none. */
  get loaded(): boolean {
    return this.state !== 'loading';
  }

  /** 'missing': there is none, or the person may not see it (any more). */
  get state(): 'loading' | 'here' | 'missing' {
    if (this.entry) return 'here';
    const workspace = this.#slot.current;
    if (!workspace?.views.tickets.loaded) return 'loading';
    const { caughtUp, state } = workspace.engine.connection;
    return caughtUp || state === 'offline' ? 'missing' : 'loading';
  }

  /** Own commands that are on their way. */
  get pending(): readonly OutboxItem[] {
    return this.entry?.pending ?? [];
  }

  /** Whether a message with this id is still on its way. */
  isPending(messageId: string): boolean {
    return this.entry?.isPending(messageId) ?? false;
  }

  /** Why something cannot be done now; undefined when it can. */
  whyNot(action: TicketAction): ErrorCode | undefined {
    const ticket = this.ticket;
    const subject = this.#slot.current?.directory.subject;
    if (!ticket || !subject) return 'not-found';
    const verdict = ticketVerdict(subject, action, ticket);
    if (verdict !== true) return verdict;
    return !ticket.open && (action === 'send' || action === 'close') ? 'ticket-closed' : undefined;
  }

  sendText(text: string): Promise<Outcome<Proposal>> {
    const messageId = this.#newId<MessageId>();
    return this.#propose({ type: 'ticket.send', payload: { messageId, text } });
  }

  /** Keeps the file on this device first, then tells the ticket of it; its bytes follow by themselves. */
  async sendFile(file: Blob & { name: string }, text = ''): Promise<Outcome<Proposal>> {
    const workspace = this.#slot.current;
    if (!workspace) return refuse('not-signed-in');
    const mediaType = ticketFileTypes.find((type) => type === file.type.split(';', 1)[0]);
    if (!mediaType) return refuse('type-not-allowed');
    if (file.size > maxTicketFileBytes) return refuse('too-large');
    // The place in a photo is nobody's business; pictures leave without what was not photographed.
    const bytes = withoutMetadata(new Uint8Array(await file.arrayBuffer())).buffer;
    const meta = {
      itemId: this.#newId<ItemId>(),
      name: nameOf(file.name),
      mediaType,
      bytes: bytes.byteLength,
      sha256: await workspace.sha256(bytes),
    };
    const place = { kind: 'ticket-file', streamId: this.id, itemId: meta.itemId } as const;
    const kept = await workspace.pictures.keep(place, meta, bytes);
    if (!kept.ok) return kept;
    const messageId = this.#newId<MessageId>();
    const proposed = await this.#propose({
      type: 'ticket.send-file',
      payload: { messageId, text, file: meta },
    });
    if (!proposed.ok) await workspace.store.blobs.remove(meta.itemId);
    return proposed;
  }

  /** Everything up to now has come to the person's device (F103). */
  markDelivered(): Promise<Outcome> {
    return this.#mark('ticket.mark-delivered', 'deliveredTo');
  }

  /** Everything up to now has been before the person's eyes (F103). */
  markRead(): Promise<Outcome> {
    return this.#mark('ticket.mark-read', 'readTo');
  }

  close(reason = ''): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'ticket.close', payload: { reason } });
  }

  reopen(): Promise<Outcome<Proposal>> {
    return this.#propose({ type: 'ticket.reopen', payload: {} });
  }

  /** A file's bytes: from this device, or from the relay with its hash verified. */
  async file(itemId: string): Promise<Outcome<Blob>> {
    const workspace = this.#slot.current;
    if (!workspace) return refuse('not-signed-in');
    return workspace.pictures.get({ kind: 'ticket-file', streamId: this.id, itemId: itemId as ItemId });
  }

  /** An address of a file's bytes in this page; whoever asks gives it back with URL.revokeObjectURL. */
  async fileUrl(itemId: string): Promise<Outcome<string>> {
    const answer = await this.file(itemId);
    return answer.ok ? ok(URL.createObjectURL(answer.value)) : answer;
  }

  /** Where a file's bytes are; undefined when they are not on this device. */
  blob(itemId: string): BlobItem | undefined {
    this.#touchPictures();
    return this.#slot.current?.pictureItems.find((item) => item.itemId === itemId);
  }

  /** The files of the conversation, the newest first. */
  get files(): TicketFile[] {
    return (this.ticket?.messages ?? []).flatMap((message) => message.file ?? []).reverse();
  }

  /** For what the person did not ask for: a refusal is nothing that they would have to read. */
  async #mark(
    type: 'ticket.mark-delivered' | 'ticket.mark-read',
    upTo: 'deliveredTo' | 'readTo',
  ): Promise<Outcome> {
    const workspace = this.#slot.current;
    const ticket = this.ticket;
    if (!workspace || !ticket) return refuse('not-found');
    const self = workspace.directory.subject.id;
    const newest = ticket.messages.at(-1);
    const known = ticket.marks.find((mark) => mark.personId === self)?.[upTo] ?? -1;
    if (!newest || known >= ticket.messages.length - 1) return ok(undefined);
    const proposed = await this.#propose({ type, payload: { messageId: newest.messageId } });
    if (!proposed.ok) return proposed;
    const { commandId, settled } = proposed.value;
    void settled.then((answer) => (answer.ok ? undefined : workspace.store.outbox.remove([commandId])));
    return ok(undefined);
  }

  async #propose(body: TicketCommandBody): Promise<Outcome<Proposal>> {
    const workspace = this.#slot.current;
    return workspace ? workspace.engine.propose(this.id, body) : refuse('not-signed-in');
  }

  #newId<T extends MessageId | ItemId>(): T {
    const randomBytes = this.#slot.current?.runtime.randomBytes ?? ((length) => new Uint8Array(length));
    return makeId<T>(randomBytes);
  }
}

/** Without folders, and short enough; the ending stays. */
function nameOf(name: string): string {
  const last = name.split(/[\\/]/).at(-1)?.trim() ?? '';
  if (last.length <= maxFileNameLength) return last || 'file';
  const dot = last.lastIndexOf('.');
  const ending = dot > 0 && last.length - dot <= 12 ? last.slice(dot) : '';
  return last.slice(0, maxFileNameLength - ending.length) + ending;
}
