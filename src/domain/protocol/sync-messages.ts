import * as v from 'valibot';
import { errorCodes } from '../error-codes.ts';
import { id, type CallId, type CommandId, type PeerId, type SessionId } from '../ids.ts';
import { directorySchema } from './directory.ts';
import { parseStreamEvent, streamKinds, type StreamEvent, type StreamId } from './streams.ts';
import { maxCommandsPerPush } from './version.ts';

const requestId = v.pipe(v.number(), v.integer(), v.minValue(0));
const position = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a client says on the sync socket. Commands stay `unknown` here: each is parsed and judged by itself. */
export const clientMessageSchema = v.variant('t', [
  /** First message: version and where the replica stands. `epoch` null: an empty replica. */
  v.object({
    t: v.literal('hello'),
    version: v.number(),
    epoch: v.nullable(v.string()),
    position,
    /** The kinds of streams that this client follows. Who says nothing follows sessions alone. */
    streams: v.optional(v.pipe(v.array(v.picklist(streamKinds)), v.maxLength(streamKinds.length))),
    /** This client takes packed frames (P18). */
    packs: v.optional(v.boolean()),
  }),
  v.object({
    t: v.literal('push'),
    requestId,
    commands: v.pipe(v.array(v.unknown()), v.maxLength(maxCommandsPerPush)),
    /** An earlier push of this socket that has to have been judged: without it this one is not. */
    after: v.optional(requestId),
  }),
  v.object({ t: v.literal('ping'), requestId }),
  /** 'I am in this call, and this is where my media can be reached'; said again after every reconnect. */
  v.object({
    t: v.literal('in-call'),
    sessionId: id<SessionId>(),
    callId: id<CallId>(),
    /** Which of the person's devices speaks; made once per page. */
    deviceKey: v.pipe(v.string(), v.maxLength(64)),
    peerId: v.nullable(id<PeerId>()),
  }),
  v.object({ t: v.literal('out-of-call'), callId: id<CallId>() }),
  /** Ephemeral bytes for the others in the call, while no direct channel is open. Base64, at most 8 KiB. */
  v.object({ t: v.literal('live'), callId: id<CallId>(), data: v.pipe(v.string(), v.maxLength(11_000)) }),
]);
export type ClientMessage = v.InferOutput<typeof clientMessageSchema>;

const rosterEntry = v.object({
  participantId: v.string(),
  kind: v.picklist(['codeUser', 'employee', 'guest']),
  name: v.pipe(v.string(), v.maxLength(120)),
  deviceKey: v.string(),
  /** Null while that participant's media is not reachable yet. */
  peerId: v.nullable(id<PeerId>()),
  /** Who came later calls who came earlier. */
  order: v.number(),
});
export type RosterEntry = v.InferOutput<typeof rosterEntry>;

const commandOutcomeSchema = v.variant('ok', [
  v.object({ ok: v.literal(true), commandId: id<CommandId>(), seq: v.number() }),
  v.object({ ok: v.literal(false), commandId: v.string(), reason: v.picklist(errorCodes) }),
]);
export type CommandOutcome = v.InferOutput<typeof commandOutcomeSchema>;

const relayMessageSchema = v.variant('t', [
  /** After hello: `reset` tells the client to forget its replica, because the relay's history is another one. */
  v.object({
    t: v.literal('welcome'),
    version: v.number(),
    epoch: v.string(),
    reset: v.boolean(),
    nowMs: v.number(),
    /** The relay takes packed frames, and answers a push with `judged`. */
    packs: v.optional(v.boolean()),
  }),
  /** A batch of accepted events. `position` is how far the client is with this batch; `done` ends the catching up. */
  v.object({ t: v.literal('events'), events: v.array(v.unknown()), position, done: v.boolean() }),
  /**
   * A stream that this person may no longer see, or of which other parts are visible now: the local copy is to be
   * purged. In the second case the whole stream follows.
   */
  v.object({ t: v.literal('gone'), streamId: id<StreamId>(), position }),
  v.object({ t: v.literal('pushed'), requestId, outcomes: v.array(commandOutcomeSchema) }),
  /** The same for who takes packed frames: in the order of the commands, the sequence number or the reason why not. */
  v.object({
    t: v.literal('judged'),
    requestId,
    results: v.array(v.union([v.number(), v.picklist(errorCodes)])),
  }),
  v.object({ t: v.literal('pong'), requestId, nowMs: v.number() }),
  v.object({
    t: v.literal('roster'),
    sessionId: id<SessionId>(),
    callId: id<CallId>(),
    participants: v.array(rosterEntry),
  }),
  /** Another device of the same person has taken this call over. */
  v.object({ t: v.literal('call-elsewhere'), callId: id<CallId>() }),
  v.object({ t: v.literal('live'), callId: id<CallId>(), from: v.string(), data: v.string() }),
  /** Settings, devices, people or tickets have changed: fetch /api/me again. For who follows sessions alone. */
  v.object({ t: v.literal('directory-changed') }),
  /** The same for who follows the organization: what /api/me would answer now. */
  v.object({ t: v.literal('directory'), directory: directorySchema }),
  v.object({ t: v.literal('error'), requestId: v.nullable(requestId), reason: v.picklist(errorCodes) }),
]);
type RawRelayMessage = v.InferOutput<typeof relayMessageSchema>;
export type RelayMessage =
  | Exclude<RawRelayMessage, { t: 'events' }>
  | (Omit<Extract<RawRelayMessage, { t: 'events' }>, 'events'> & { events: StreamEvent[] });

/** Parses a frame of a client; undefined for anything that is none. Never throws. */
export function parseClientMessage(frame: string): ClientMessage | undefined {
  const json = parseJson(frame);
  const result = v.safeParse(clientMessageSchema, json);
  return result.success ? result.output : undefined;
}

/** Parses a frame of the relay; throws for anything that is none. */
export function parseRelayMessage(frame: string): RelayMessage {
  const message = v.parse(relayMessageSchema, JSON.parse(frame));
  return message.t === 'events' ? { ...message, events: message.events.map(parseStreamEvent) } : message;
}

function parseJson(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
}
