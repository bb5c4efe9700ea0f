import type { ErrorCode } from '#domain/error-codes.ts';
import type { ItemId, SessionId, TicketId } from '#domain/ids.ts';
import type { StreamId } from '#domain/protocol/streams.ts';
import { visible } from '#domain/session/permissions.ts';
import type { Actor, Person } from '#domain/session/subject.ts';
import { ticketVisible } from '#domain/ticket/permissions.ts';
import type { RelayParts } from '../ports.ts';

/** What a stream says of bytes that belong to it: a screenshot of a session, a file of a ticket. */
export interface Item {
  kind: 'screenshot' | 'ticket-file';
  itemId: string;
  by: Actor;
  bytes: number;
  sha256: string;
  mediaType: string;
  /** Of screenshots. */
  size?: { width: number; height: number };
  stored: boolean;
}

type Parts = Pick<RelayParts, 'sessions' | 'tickets'>;

/** Whether a person may know of the stream that bytes belong to. */
export async function maySee(parts: Parts, person: Person, streamId: StreamId): Promise<boolean> {
  const session = await parts.sessions.get(streamId as SessionId);
  if (session) return visible(person, session);
  const ticket = await parts.tickets?.get(streamId as TicketId);
  return ticket !== undefined && ticketVisible(person, ticket);
}

export async function findItem(parts: Parts, streamId: StreamId, itemId: string): Promise<Item | undefined> {
  const session = await parts.sessions.get(streamId as SessionId);
  const shot = session?.screenshots.find((one) => one.screenshotId === itemId);
  if (shot) {
    const { takenBy: by, bytes, sha256, mediaType, width, height, stored } = shot;
    return { kind: 'screenshot', itemId, by, bytes, sha256, mediaType, size: { width, height }, stored };
  }
  const ticket = session ? undefined : await parts.tickets?.get(streamId as TicketId);
  const message = ticket?.messages.find((one) => one.file?.itemId === itemId);
  if (!message?.file) return undefined;
  const { bytes, sha256, mediaType, stored } = message.file;
  return { kind: 'ticket-file', itemId, by: message.author, bytes, sha256, mediaType, stored };
}

/** Tells the stream that the bytes are here. Undefined when it knows now, or the reason why not. */
export async function reportStored(
  parts: Parts,
  streamId: StreamId,
  item: Item,
): Promise<ErrorCode | undefined> {
  const decision =
    item.kind === 'screenshot'
      ? await parts.sessions.submit(streamId as SessionId, {
          type: 'relay.store-screenshot',
          screenshotId: item.itemId,
        })
      : await parts.tickets?.storeFile(streamId as TicketId, item.itemId as ItemId);
  return !decision || decision.ok || decision.reason === 'already-exists' ? undefined : decision.reason;
}
