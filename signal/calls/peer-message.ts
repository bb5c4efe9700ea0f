import * as v from 'valibot';
import { isShallow, parseJson } from '../wire/json-depth.ts';

const maxDepth = 8;
const peerId = v.pipe(v.string(), v.maxLength(64));
const connectionId = v.pipe(v.string(), v.maxLength(128));
const description = v.object({ type: v.picklist(['offer', 'answer']), sdp: v.string() });

/** Only these fields are passed on; what else a client puts in is dropped. */
const media = { type: v.literal('media'), connectionId };
const messageSchema = v.variant('type', [
  v.object({ type: v.literal('HEARTBEAT') }),
  v.object({
    type: v.literal('OFFER'),
    dst: peerId,
    payload: v.object({ ...media, sdp: description, metadata: v.optional(v.unknown()) }),
  }),
  v.object({ type: v.literal('ANSWER'), dst: peerId, payload: v.object({ ...media, sdp: description }) }),
  v.object({
    type: v.literal('CANDIDATE'),
    dst: peerId,
    payload: v.object({ ...media, candidate: v.nullable(v.record(v.string(), v.unknown())) }),
  }),
  v.object({ type: v.literal('LEAVE'), dst: peerId }),
  v.object({ type: v.literal('EXPIRE'), dst: peerId }),
]);
export type PeerMessage = v.InferOutput<typeof messageSchema>;

const dataSchema = v.object({
  type: v.picklist(['OFFER', 'ANSWER', 'CANDIDATE']),
  dst: peerId,
  payload: v.object({ type: v.literal('data') }),
});

/** Parses a PeerJS frame: a message, 'data' for one of a data connection, which is not wanted, or undefined. */
export function parsePeerMessage(text: string): PeerMessage | 'data' | undefined {
  const json = parseJson(text);
  if (!isShallow(json, maxDepth)) return undefined;
  const message = v.safeParse(messageSchema, json);
  if (message.success) return message.output;
  return v.is(dataSchema, json) ? 'data' : undefined;
}
