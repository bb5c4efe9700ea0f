import * as v from 'valibot';
import {
  id,
  type CommandId,
  type DeviceId,
  type ItemId,
  type MessageId,
  type SessionId,
  type TicketId,
} from '../ids.ts';
import { maxMessageLength } from '../session/events.ts';
import type { Actor } from '../session/subject.ts';
import type { Visibility } from '../session/video-session.ts';
import { fileMetaSchema, maxTitleLength } from './events.ts';

// A little over what is kept: so that too long a text gets its own reason instead of 'malformed'.
const looseText = (max: number) => v.pipe(v.string(), v.maxLength(max * 4));
const messageRef = { messageId: id<MessageId>() };
const command = <T extends string, E extends v.ObjectEntries>(type: T, payload: E) =>
  v.object({ type: v.literal(type), payload: v.object(payload) });

/** What a person can propose for a ticket. */
export const ticketCommandBodies = v.variant('type', [
  command('ticket.open', {
    /** A code user's device comes from the code. */
    deviceId: v.optional(id<DeviceId>()),
    title: looseText(maxTitleLength),
  }),
  command('ticket.send', { ...messageRef, text: looseText(maxMessageLength) }),
  command('ticket.send-file', {
    ...messageRef,
    text: v.optional(looseText(maxMessageLength), ''),
    file: fileMetaSchema,
  }),
  /** Everything up to this message was received, or read, by who says so. */
  command('ticket.mark-delivered', { ...messageRef }),
  command('ticket.mark-read', { ...messageRef }),
  command('ticket.close', { reason: v.optional(looseText(maxTitleLength), '') }),
  command('ticket.reopen', {}),
]);
export type TicketCommandBody = v.InferOutput<typeof ticketCommandBodies>;
export type TicketCommandType = TicketCommandBody['type'];

const envelope = v.object({
  /** Made by the client; the same id counts once. */
  id: id<CommandId>(),
  streamId: id<TicketId>(),
  baseSeq: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  /** The client's time, for display only. */
  clientAtMs: v.pipe(v.number(), v.finite()),
});

/** A proposal for a ticket's stream. */
export type TicketCommand = v.InferOutput<typeof envelope> & TicketCommandBody;

/** Parses one command; throws a ValiError. */
export function parseTicketCommand(input: unknown): TicketCommand {
  return { ...v.parse(envelope, input), ...v.parse(ticketCommandBodies, input) };
}

/** What the relay writes by itself: the ticket's side of what happens in a session, and files that have arrived. */
export type TicketRelayCommand =
  | { type: 'relay.link-session'; sessionId: SessionId; visibility: Visibility }
  | { type: 'relay.unlink-session'; sessionId: SessionId }
  | { type: 'relay.session-visibility'; sessionId: SessionId; visibility: Visibility }
  | { type: 'relay.mirror'; sessionId: SessionId; messageId: MessageId; author: Actor; text: string }
  | { type: 'relay.store-file'; itemId: ItemId };
