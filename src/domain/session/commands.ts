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
  type SessionId,
  type TicketId,
} from '../ids.ts';
import { callModes, maxTicketLinks, ratingScores, screenshotMetaSchema } from './events.ts';
import { sessionStatuses } from './status.ts';

// Whatever fits into a frame: so that too long a text gets its own reason instead of 'malformed'.
const looseText = v.pipe(v.string(), v.maxLength(65_536));
const opening = {
  deviceId: v.optional(id<DeviceId>()),
  ticketIds: v.optional(v.pipe(v.array(id<TicketId>()), v.maxLength(maxTicketLinks)), []),
};
const callRef = { callId: id<CallId>() };
const joining = { ...callRef, mode: v.picklist(callModes) };
const optionalReason = { reason: v.optional(looseText, '') };
const ticketRef = { ticketId: id<TicketId>() };
const messageRef = { messageId: id<MessageId>() };
const employeeRef = { employeeId: id<EmployeeId>() };

const command = <T extends string, E extends v.ObjectEntries>(type: T, payload: E) =>
  v.object({ type: v.literal(type), payload: v.object(payload) });

/** What a person can propose for a session. */
export const sessionCommandBodies = v.variant('type', [
  command('session.request', { ...opening, reason: looseText }),
  command('session.create', { ...opening, reason: looseText }),
  /** A code user calls at once (F14): the session is opened and rings. */
  command('session.call-directly', { ...opening, ...optionalReason, ...joining }),
  command('session.confirm', {}),
  command('session.withdraw', optionalReason),
  command('session.decline', { reason: looseText }),
  command('session.cancel', optionalReason),
  command('session.close', {}),
  command('session.reopen', {}),
  /** By hand (F26): along the legal rows only. */
  command('session.set-status', { status: v.picklist(sessionStatuses), ...optionalReason }),
  command('session.set-visibility', { visibility: v.picklist(['public', 'internal']) }),
  command('session.assign', employeeRef),
  command('session.unassign', employeeRef),
  command('session.link-ticket', ticketRef),
  command('session.unlink-ticket', ticketRef),
  command('session.link-customer', { customerId: id<CustomerId>() }),
  command('session.unlink-customer', {}),
  command('call.start', joining),
  command('call.answer', joining),
  command('call.reject', callRef),
  command('call.link-up', callRef),
  command('call.leave', callRef),
  /** 'End session': the call that runs or rings is over, and the session is done (C15, F79). */
  command('call.end-session', {}),
  v.object({ type: v.literal('screenshot.take'), payload: screenshotMetaSchema }),
  command('chat.send', { ...messageRef, text: looseText }),
  /** Everything up to this message has come to a device of the person, or has been read (F103). */
  command('chat.mark-delivered', messageRef),
  command('chat.mark-read', messageRef),
  command('note.add', { noteId: id<NoteId>(), text: looseText }),
  command('rating.give', {
    ...callRef,
    score: v.picklist(ratingScores),
    comment: v.optional(looseText, ''),
  }),
  command('rating.skip', callRef),
]);
export type SessionCommandBody = v.InferOutput<typeof sessionCommandBodies>;
export type SessionCommandType = SessionCommandBody['type'];

const envelope = v.object({
  /** Made by the client; the same id counts once. */
  id: id<CommandId>(),
  streamId: id<SessionId>(),
  /** The sequence number of the log that the person saw when deciding; 0 for a session that is new. */
  baseSeq: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** The client's time, for display only. */
  clientAtMs: v.pipe(v.number(), v.finite()),
});

/** A proposal for a session's log. */
export type SessionCommand = v.InferOutput<typeof envelope> & SessionCommandBody;

/** Parses one command; throws a ValiError. */
export function parseSessionCommand(input: unknown): SessionCommand {
  return { ...v.parse(envelope, input), ...v.parse(sessionCommandBodies, input) };
}

/** What the relay does by itself, on its own clock or when it has verified something. */
export type RelayCommand =
  | { type: 'relay.miss-call'; callId: CallId }
  | { type: 'relay.lose-leg'; callId: CallId; participantId: string }
  | { type: 'relay.close' }
  /** Nobody answered the request in time. */
  | { type: 'relay.expire' }
  /** What was to be kept has been kept long enough: on `ok` the relay erases the stream (retention.ts). */
  | { type: 'relay.purge' }
  | { type: 'relay.store-screenshot'; screenshotId: string };
