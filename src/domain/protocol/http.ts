import * as v from 'valibot';
import { errorCodes } from '../error-codes.ts';
import { id, type CallId, type PeerId, type ScreenshotId, type SessionId } from '../ids.ts';
import { screenshotTypes } from '../session/events.ts';

export const signInSchema = v.object({
  email: v.pipe(v.string(), v.trim(), v.maxLength(254)),
  password: v.pipe(v.string(), v.maxLength(1024)),
});

export const codeSignInSchema = v.object({
  code: v.pipe(v.string(), v.maxLength(128)),
  name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(120)), ''),
});

export const ticketPurposes = ['sync', 'documents', 'calls', 'y-webrtc'] as const;
export type TicketPurpose = (typeof ticketPurposes)[number];

export const socketTicketRequestSchema = v.variant('purpose', [
  v.object({ purpose: v.literal('sync') }),
  v.object({ purpose: v.literal('documents') }),
  v.object({ purpose: v.literal('calls'), sessionId: id<SessionId>(), callId: id<CallId>() }),
  v.object({ purpose: v.literal('y-webrtc'), sessionId: id<SessionId>(), callId: id<CallId>() }),
]);

export const iceServerSchema = v.object({
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

/** Metadata of a tus upload. */
export const uploadMetadataSchema = v.object({
  sessionId: id<SessionId>(),
  itemId: id<ScreenshotId>(),
  kind: v.literal('screenshot'),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  mediaType: v.picklist(screenshotTypes),
});
export type UploadMetadata = v.InferOutput<typeof uploadMetadataSchema>;

/** Every refusal over HTTP. */
export const httpErrorSchema = v.object({ code: v.picklist(errorCodes) });

/** Spelling of an access code does not matter: case, blanks and dashes. */
export function normalizeAccessCode(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
