import * as v from 'valibot';

/** 128 random bits in base64url: 22 characters. Nothing in an id has a meaning. */
export const idPattern = /^[A-Za-z0-9_-]{22}$/;

declare const brand: unique symbol;
export type Id<Name extends string> = string & { readonly [brand]: Name };

export type OrganizationId = Id<'Organization'>;
export type DeviceId = Id<'Device'>;
export type EmployeeId = Id<'Employee'>;
export type CodeUserId = Id<'CodeUser'>;
export type GuestId = Id<'Guest'>;
export type TicketId = Id<'Ticket'>;
export type SessionId = Id<'VideoSession'>;
export type CommandId = Id<'Command'>;
export type CallId = Id<'Call'>;
export type ScreenshotId = Id<'Screenshot'>;
export type MessageId = Id<'Message'>;
export type CustomerId = Id<'Customer'>;
export type ItemId = Id<'Item'>;
export type NoteId = Id<'Note'>;
export type PeerId = Id<'Peer'>;

/** A valibot schema for one kind of id. */
export const id = <T extends Id<string>>() =>
  v.pipe(
    v.string(),
    v.regex(idPattern),
    v.transform((value) => value as unknown as T),
  );

export function isId(value: unknown): value is Id<string> {
  return typeof value === 'string' && idPattern.test(value);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Fills an array with random bytes; passed in, because the domain has no source of chance of its own. */
export type RandomBytes = (length: number) => Uint8Array;

/** A fresh id from 16 random bytes. */
export function makeId<T extends Id<string>>(randomBytes: RandomBytes): T {
  return base64Url(randomBytes(16)) as T;
}

/** Base64url without padding. */
export function base64Url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1] ?? 0;
    const c = bytes[i + 2] ?? 0;
    const triple = (a << 16) | (b << 8) | c;
    const left = bytes.length - i;
    text += alphabet.charAt((triple >> 18) & 63) + alphabet.charAt((triple >> 12) & 63);
    if (left > 1) text += alphabet.charAt((triple >> 6) & 63);
    if (left > 2) text += alphabet.charAt(triple & 63);
  }
  return text;
}
