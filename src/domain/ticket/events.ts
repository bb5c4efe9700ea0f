import * as v from 'valibot';
import {
  id,
  type CommandId,
  type DeviceId,
  type ItemId,
  type MessageId,
  type OrganizationId,
  type SessionId,
  type TicketId,
} from '../ids.ts';
import { maxMessageLength } from '../session/events.ts';
import { actorSchema } from '../session/subject.ts';

export const maxTitleLength = 300;
export const maxFileNameLength = 200;
export const maxTicketFileBytes = 16 * 1024 * 1024;
/** What may be attached to a ticket. Shown as a picture or offered for download, never opened in the page. */
export const ticketFileTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'application/pdf',
  'text/plain',
] as const;

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const messageRef = { messageId: id<MessageId>() };

/** Length in bytes, hash over the bytes as lower-case hex. */
export const fileMetaSchema = v.object({
  itemId: id<ItemId>(),
  name: text(maxFileNameLength),
  mediaType: v.picklist(ticketFileTypes),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxTicketFileBytes)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
export type FileMeta = v.InferOutput<typeof fileMetaSchema>;

const event = <T extends string, E extends v.ObjectEntries>(type: T, payload: E) =>
  v.object({ type: v.literal(type), payload: v.object(payload) });
const visibility = v.picklist(['public', 'internal']);

/** What can be in a ticket's stream. */
const ticketEventBodies = v.variant('type', [
  event('ticket.opened', {
    organizationId: id<OrganizationId>(),
    device: v.object({ id: id<DeviceId>(), name: text(200) }),
    number: v.pipe(v.number(), v.integer(), v.minValue(1)),
    title: text(maxTitleLength),
  }),
  event('ticket.message', { ...messageRef, text: text(maxMessageLength) }),
  event('ticket.file', { ...messageRef, text: text(maxMessageLength), file: fileMetaSchema }),
  event('ticket.file-stored', { itemId: id<ItemId>() }),
  event('ticket.delivered', { ...messageRef }),
  event('ticket.read', { ...messageRef }),
  event('ticket.session-linked', { sessionId: id<SessionId>(), visibility }),
  event('ticket.session-unlinked', { sessionId: id<SessionId>() }),
  event('ticket.session-visibility', { sessionId: id<SessionId>(), visibility }),
  event('ticket.mirrored', {
    sessionId: id<SessionId>(),
    ...messageRef,
    author: actorSchema,
    text: text(maxMessageLength),
  }),
  event('ticket.closed', { reason: text(maxTitleLength) }),
  event('ticket.reopened', {}),
]);
export type TicketEventBody = v.InferOutput<typeof ticketEventBodies>;

const envelope = v.object({
  streamId: id<TicketId>(),
  /** Place in the ticket's stream as this person may see it, from 1 without gaps. */
  seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Place among all events of the relay. */
  position: v.pipe(v.number(), v.integer(), v.minValue(0)),
  commandId: v.optional(id<CommandId>()),
  actor: actorSchema,
  /** The relay's time. */
  atMs: v.number(),
});

/** One accepted event of a ticket's stream. */
export type TicketEvent = v.InferOutput<typeof envelope> & TicketEventBody;

/** Parses one event; throws a ValiError. */
export function parseTicketEvent(input: unknown): TicketEvent {
  return { ...v.parse(envelope, input), ...v.parse(ticketEventBodies, input) };
}
