import * as v from 'valibot';
import {
  id,
  type CallId,
  type CommandId,
  type DeviceId,
  type EmployeeId,
  type MessageId,
  type SessionId,
  type TicketId,
} from '../ids.ts';
import { callModes, maxMessageLength, maxReasonLength, screenshotMetaSchema } from './events.ts';

// A little over what is kept: so that too long a text gets its own reason instead of 'malformed'.
const looseText = (max: number) => v.pipe(v.string(), v.maxLength(max * 4));
const opening = {
  deviceId: v.optional(id<DeviceId>()),
  reason: looseText(maxReasonLength),
  ticketIds: v.optional(v.pipe(v.array(id<TicketId>()), v.maxLength(20)), []),
};
const callRef = { callId: id<CallId>() };
const optionalReason = v.object({ reason: v.optional(looseText(maxReasonLength), '') });

/** What a person can propose for a session. */
export const sessionCommandBodies = v.variant('type', [
  v.object({ type: v.literal('session.request'), payload: v.object(opening) }),
  v.object({ type: v.literal('session.create'), payload: v.object(opening) }),
  v.object({ type: v.literal('session.confirm'), payload: v.object({}) }),
  v.object({ type: v.literal('session.withdraw'), payload: optionalReason }),
  v.object({ type: v.literal('session.decline'), payload: v.object({ reason: looseText(maxReasonLength) }) }),
  v.object({ type: v.literal('session.cancel'), payload: optionalReason }),
  v.object({ type: v.literal('session.close'), payload: v.object({}) }),
  v.object({ type: v.literal('session.reopen'), payload: v.object({}) }),
  v.object({
    type: v.literal('session.set-visibility'),
    payload: v.object({ visibility: v.picklist(['public', 'internal']) }),
  }),
  v.object({ type: v.literal('session.assign'), payload: v.object({ employeeId: id<EmployeeId>() }) }),
  v.object({ type: v.literal('session.unassign'), payload: v.object({ employeeId: id<EmployeeId>() }) }),
  v.object({ type: v.literal('call.start'), payload: v.object({ ...callRef, mode: v.picklist(callModes) }) }),
  v.object({
    type: v.literal('call.answer'),
    payload: v.object({ ...callRef, mode: v.picklist(callModes) }),
  }),
  v.object({ type: v.literal('call.reject'), payload: v.object({ ...callRef }) }),
  v.object({ type: v.literal('call.link-up'), payload: v.object({ ...callRef }) }),
  v.object({ type: v.literal('call.leave'), payload: v.object({ ...callRef }) }),
  v.object({ type: v.literal('screenshot.take'), payload: screenshotMetaSchema }),
  v.object({
    type: v.literal('chat.send'),
    payload: v.object({ messageId: id<MessageId>(), text: looseText(maxMessageLength) }),
  }),
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
  | { type: 'relay.store-screenshot'; screenshotId: string };
