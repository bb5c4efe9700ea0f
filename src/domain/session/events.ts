import * as v from 'valibot';
import {
  id,
  type CallId,
  type CommandId,
  type CustomerId,
  type DeviceId,
  type EmployeeId,
  type MessageId,
  type NoteId,
  type OrganizationId,
  type ScreenshotId,
  type SessionId,
  type TicketId,
} from '../ids.ts';
import { pictureIdSchema } from '../picture/picture-id.ts';
import { sessionSettingsSchema } from '../organization/settings.ts';
import { actorSchema } from './subject.ts';

export const maxReasonLength = 2000;
export const maxMessageLength = 4000;
export const maxNoteLength = 10_000;
export const maxCommentLength = 2000;
/** As many tickets can be linked to one session. */
export const maxTicketLinks = 20;
/** The longest side and the area that a screenshot may have, in pixels. */
export const maxPictureSide = 8192;
export const maxPicturePixels = 32_000_000;
export const maxScreenshotBytes = 16 * 1024 * 1024;
export const screenshotTypes = ['image/jpeg', 'image/png', 'image/webp'] as const;

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const personRef = v.object({ id: v.string(), name: text(120) });
export type PersonRef = v.InferOutput<typeof personRef>;

const deviceRef = v.object({ id: id<DeviceId>(), name: text(200) });
export const callModes = ['video', 'voice', 'text'] as const;
/** How somebody takes part: with the own camera, voice only (sees the others), or text only. */
export type CallMode = (typeof callModes)[number];

const callEndReasons = [
  'hung-up',
  'rejected',
  'missed',
  'withdrawn',
  'link-lost',
  'cancelled',
  'failed',
  /** An employee ended the session, and the call with it. */
  'session-ended',
] as const;
export type CallEndReason = (typeof callEndReasons)[number];

/** The five smileys, from the worst to the best. */
export const ratingScores = [1, 2, 3, 4, 5] as const;
export type RatingScore = (typeof ratingScores)[number];

const opened = {
  organizationId: id<OrganizationId>(),
  device: deviceRef,
  reason: text(maxReasonLength),
  ticketIds: v.array(id<TicketId>()),
  settings: sessionSettingsSchema,
};

/** Length in bytes, hash over the bytes as lower-case hex, size in pixels. */
const screenshotFacts = {
  screenshotId: id<ScreenshotId>(),
  callId: v.optional(id<CallId>()),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxScreenshotBytes)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  mediaType: v.picklist(screenshotTypes),
  width: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxPictureSide)),
  height: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxPictureSide)),
};
/** With the picture of the call that it was taken of. */
export const screenshotMetaSchema = v.object({ ...screenshotFacts, picture: v.optional(pictureIdSchema) });
/** A picture from a source that only a later version knows is left out; the screenshot stands all the same (P20). */
const takenScreenshotSchema = v.object({
  ...screenshotFacts,
  picture: v.optional(v.fallback(v.optional(pictureIdSchema), undefined)),
});
export type ScreenshotMeta = v.InferOutput<typeof screenshotMetaSchema>;

const callRef = { callId: id<CallId>() };
const messageRef = { messageId: id<MessageId>() };
/** An employee set the status by hand (C17). */
const manual = { manual: v.optional(v.literal(true)) };
const because = { reason: text(maxReasonLength), ...manual };

/** What can be in a session's log: type and payload. */
const sessionEventBodies = v.variant('type', [
  v.object({
    type: v.literal('session.requested'),
    payload: v.object({ ...opened, receivedBy: v.array(personRef) }),
  }),
  v.object({
    type: v.literal('session.created'),
    /** `direct`: a code user called at once; those who received the call are assigned by it. */
    payload: v.object({
      ...opened,
      direct: v.optional(v.boolean(), false),
      receivedBy: v.optional(v.array(personRef), []),
    }),
  }),
  v.object({ type: v.literal('session.confirmed'), payload: v.object({ ...manual }) }),
  v.object({ type: v.literal('session.withdrawn'), payload: v.object({ reason: text(maxReasonLength) }) }),
  v.object({ type: v.literal('session.declined'), payload: v.object({ ...because }) }),
  v.object({ type: v.literal('session.cancelled'), payload: v.object({ ...because }) }),
  /** Nobody answered the request in time. */
  v.object({ type: v.literal('session.expired'), payload: v.object({}) }),
  /** A session that stays open between calls was ended by an employee. */
  v.object({ type: v.literal('session.ended'), payload: v.object({ ...manual }) }),
  v.object({ type: v.literal('session.closed'), payload: v.object({ automatic: v.boolean(), ...manual }) }),
  v.object({ type: v.literal('session.reopened'), payload: v.object({ ...manual }) }),
  v.object({
    type: v.literal('session.visibility-set'),
    payload: v.object({ visibility: v.picklist(['public', 'internal']) }),
  }),
  v.object({
    type: v.literal('session.assigned'),
    payload: v.object({ employee: v.object({ id: id<EmployeeId>(), name: text(120) }) }),
  }),
  v.object({ type: v.literal('session.unassigned'), payload: v.object({ employeeId: id<EmployeeId>() }) }),
  v.object({ type: v.literal('session.ticket-linked'), payload: v.object({ ticketId: id<TicketId>() }) }),
  v.object({ type: v.literal('session.ticket-unlinked'), payload: v.object({ ticketId: id<TicketId>() }) }),
  v.object({
    type: v.literal('session.customer-linked'),
    payload: v.object({ customer: v.object({ id: id<CustomerId>(), name: text(200) }) }),
  }),
  v.object({ type: v.literal('session.customer-unlinked'), payload: v.object({}) }),
  /** Stands in the place of an event that is not for the reader (see event-view.ts). Never in the log itself. */
  v.object({ type: v.literal('session.withheld'), payload: v.object({}) }),
  v.object({
    type: v.literal('call.started'),
    payload: v.object({ ...callRef, number: v.number(), mode: v.picklist(callModes) }),
  }),
  v.object({
    type: v.literal('call.answered'),
    payload: v.object({ ...callRef, mode: v.picklist(callModes) }),
  }),
  v.object({ type: v.literal('call.linked'), payload: v.object({ ...callRef }) }),
  v.object({
    type: v.literal('call.joined'),
    payload: v.object({ ...callRef, mode: v.picklist(callModes) }),
  }),
  v.object({
    type: v.literal('call.left'),
    payload: v.object({ ...callRef, participantId: v.string(), cause: v.picklist(['hung-up', 'link-lost']) }),
  }),
  v.object({
    type: v.literal('call.ended'),
    payload: v.object({ ...callRef, cause: v.picklist(callEndReasons), linked: v.boolean(), ...manual }),
  }),
  v.object({ type: v.literal('screenshot.taken'), payload: takenScreenshotSchema }),
  v.object({ type: v.literal('screenshot.stored'), payload: v.object({ screenshotId: id<ScreenshotId>() }) }),
  v.object({
    type: v.literal('chat.sent'),
    payload: v.object({ ...messageRef, text: text(maxMessageLength) }),
  }),
  /** Everything up to this message has come to a device of the actor. */
  v.object({ type: v.literal('chat.delivered'), payload: v.object({ ...messageRef }) }),
  /** Everything up to this message has been read by the actor. */
  v.object({ type: v.literal('chat.read'), payload: v.object({ ...messageRef }) }),
  v.object({
    type: v.literal('note.added'),
    payload: v.object({ noteId: id<NoteId>(), text: text(maxNoteLength) }),
  }),
  v.object({
    type: v.literal('rating.given'),
    payload: v.object({ ...callRef, score: v.picklist(ratingScores), comment: text(maxCommentLength) }),
  }),
  v.object({ type: v.literal('rating.skipped'), payload: v.object({ ...callRef }) }),
]);
export type SessionEventBody = v.InferOutput<typeof sessionEventBodies>;
export type SessionEventType = SessionEventBody['type'];

const envelope = v.object({
  streamId: id<SessionId>(),
  /** Place in the session's log, from 1. */
  seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Place among all events of the relay; a client pulls since the highest it has. */
  position: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** The command that caused it; absent for what the relay did by itself. */
  commandId: v.optional(id<CommandId>()),
  actor: actorSchema,
  /** The relay's time. */
  atMs: v.number(),
});

/** One accepted event of a session's log. */
export type SessionEvent = v.InferOutput<typeof envelope> & SessionEventBody;

/** Parses one event; throws a ValiError. An event of an unknown type is not for this version. */
export function parseSessionEvent(input: unknown): SessionEvent {
  return { ...v.parse(envelope, input), ...v.parse(sessionEventBodies, input) };
}
