import * as v from 'valibot';
import { errorCodes } from '../error-codes.ts';
import {
  id,
  type CallId,
  type CommandId,
  type ItemId,
  type PeerId,
  type ScreenshotId,
  type SessionId,
  type TicketId,
} from '../ids.ts';
import { maxNameLength } from '../organization/events.ts';
import { screenshotTypes } from '../session/events.ts';
import { ticketFileTypes } from '../ticket/events.ts';

export const signInSchema = v.object({
  email: v.pipe(v.string(), v.trim(), v.maxLength(254)),
  password: v.pipe(v.string(), v.maxLength(1024)),
});

export const codeSignInSchema = v.object({
  code: v.pipe(v.string(), v.maxLength(128)),
  name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(120)), ''),
});

export type TicketPurpose = 'sync' | 'documents' | 'calls' | 'y-webrtc';

/** `ahead`: asked for together with the command that gives the place in the call; the answer waits for its judgement. */
export const socketTicketRequestSchema = v.variant('purpose', [
  v.object({ purpose: v.literal('sync') }),
  v.object({ purpose: v.literal('documents') }),
  v.object({
    purpose: v.literal('calls'),
    sessionId: id<SessionId>(),
    callId: id<CallId>(),
    ahead: v.optional(v.boolean()),
  }),
  v.object({ purpose: v.literal('y-webrtc'), sessionId: id<SessionId>(), callId: id<CallId>() }),
]);

const iceServerSchema = v.object({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.optional(v.string()),
  credential: v.optional(v.string()),
});
export type IceServer = v.InferOutput<typeof iceServerSchema>;

/** Answer to POST /api/socket-tickets. `peerId` and `iceServers` for calls; `room` for y-webrtc. */
export const socketTicketSchema = v.object({
  ticket: v.string(),
  expiresAtMs: v.number(),
  peerId: v.optional(id<PeerId>()),
  iceServers: v.optional(v.array(iceServerSchema)),
  room: v.optional(v.string()),
});
export type SocketTicket = v.InferOutput<typeof socketTicketSchema>;

/** Hanging up while the page goes: `commandId` is that of the command in the outbox, which counts once. */
export const leaveCallSchema = v.object({ callId: id<CallId>(), commandId: id<CommandId>() });

/** Metadata of a tus upload. */
export const uploadMetadataSchema = v.object({
  sessionId: id<SessionId>(),
  itemId: id<ScreenshotId>(),
  kind: v.literal('screenshot'),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  mediaType: v.picklist(screenshotTypes),
});

/** Metadata of a tus upload of a file that is in a ticket's conversation. */
export const ticketFileMetadataSchema = v.object({
  ticketId: id<TicketId>(),
  itemId: id<ItemId>(),
  kind: v.literal('ticket-file'),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  mediaType: v.picklist(ticketFileTypes),
});

/** Every refusal over HTTP. */
export const httpErrorSchema = v.object({ code: v.picklist(errorCodes) });

/** The shortest password that somebody may choose. */
export const minPasswordLength = 10;
export const passwordSchema = v.pipe(v.string(), v.maxLength(1024));
export const tokenSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));

/** The part of a link behind `/join#`: POST /api/invitations/look and /api/invitations/accept. */
export const invitationTokenSchema = v.object({ token: tokenSchema });
/** How the person writes their name, where it is not as they were invited. */
export const ownNameSchema = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(maxNameLength)), '');
export const acceptInvitationSchema = v.object({
  token: tokenSchema,
  ownName: ownNameSchema,
  password: passwordSchema,
});
/** Whom an invitation is for. */
export const invitationSchema = v.object({
  organizationName: v.string(),
  name: v.string(),
  email: v.string(),
});
/** Answer to POST /api/employees/{employeeId}/invitation: shown once, only its hash is kept. */
export const madeInvitationSchema = v.object({
  token: tokenSchema,
  path: v.string(),
  expiresAtMs: v.number(),
});

export const changePasswordSchema = v.object({ current: passwordSchema, password: passwordSchema });

/** Answer to POST /api/devices/{deviceId}/code: the one time that a code can be read, and printed. */
export const madeCodeSchema = v.object({ code: v.string(), codeId: v.string(), path: v.string() });

/** The part of a link behind `/g#`: POST /api/guest. */
export const guestSignInSchema = v.object({
  token: tokenSchema,
  name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(120)), ''),
});
/** Answer to POST /api/sessions/{sessionId}/guest-link. */
export const madeGuestLinkSchema = v.object({
  token: tokenSchema,
  path: v.string(),
  expiresAtMs: v.number(),
});

/** Answer to GET /api/streams/{streamId}/chain: whether the kept stream is as it was written. */
export const chainVerdictSchema = v.object({
  ok: v.boolean(),
  /** Hash of the newest event. */
  head: v.optional(v.string()),
  /** Where it first goes wrong. */
  seq: v.optional(v.number()),
});
