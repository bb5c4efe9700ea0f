import * as v from 'valibot';
import { trackSources, type RemoteMedia, type TrackSource } from '../../call-transport.ts';
import { deviceReasons } from '../../devices/device-reasons.ts';

/** Largest control message, in bytes; a session description with all codecs has about 10 KB. */
export const maxControlBytes = 32 * 1024;
/** Deepest nesting that a control message may have. */
export const maxControlDepth = 12;
/** Largest datagram: fits one packet on every usual path. */
export const maxLiveBytes = 1200;

const sources = v.pipe(v.array(v.picklist(trackSources)), v.maxLength(trackSources.length));
const shortText = (max: number) => v.pipe(v.string(), v.maxLength(max));

/** A reason of a newer version counts as none. */
const deviceReason = v.fallback(v.optional(v.picklist(deviceReasons)), undefined);

export const remoteMediaSchema = v.object({
  microphone: v.picklist(['on', 'muted', 'none']),
  camera: v.picklist(['on', 'paused', 'off', 'none']),
  screen: v.picklist(['on', 'none']),
  microphoneReason: deviceReason,
  cameraReason: deviceReason,
}) satisfies v.GenericSchema<unknown, RemoteMedia>;

const descriptionSchema = v.object({
  type: v.picklist(['offer', 'answer', 'pranswer', 'rollback']),
  sdp: shortText(maxControlBytes),
});
const candidateSchema = v.object({
  candidate: shortText(1024),
  sdpMid: v.optional(v.nullable(shortText(64))),
  sdpMLineIndex: v.optional(v.nullable(v.number())),
  usernameFragment: v.optional(v.nullable(shortText(256))),
});

/** What two ends of a link say to each other. `link` names the link, so that nothing old reaches a newer one. */
const linkMessageSchema = v.variant('t', [
  v.object({ t: v.literal('description'), link: shortText(64), description: descriptionSchema }),
  v.object({ t: v.literal('candidate'), link: shortText(64), candidate: v.nullable(candidateSchema) }),
  v.object({ t: v.literal('tracks'), sources }),
  v.object({ t: v.literal('media'), media: remoteMediaSchema }),
  v.object({ t: v.literal('app'), message: v.unknown() }),
  v.object({ t: v.literal('bye') }),
]);
export type LinkMessage = v.InferOutput<typeof linkMessageSchema>;

/** Metadata of a media call: what the caller sends from the start. Anything malformed counts as nothing. */
export function parseCallMetadata(input: unknown): TrackSource[] {
  const result = v.safeParse(v.object({ sources }), input);
  return result.success ? result.output.sources : [];
}

/** Parses a frame of the control channel; undefined for everything that is none. Never throws. */
export function parseLinkMessage(frame: unknown): LinkMessage | undefined {
  if (typeof frame !== 'string' || frame.length > maxControlBytes) return undefined;
  if (jsonDepth(frame) > maxControlDepth) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(frame);
  } catch {
    return undefined;
  }
  const result = v.safeParse(linkMessageSchema, json);
  return result.success ? result.output : undefined;
}

/** A frame of the control channel; undefined when the message is too large or too deep to be taken there. */
export function encodeLinkMessage(message: LinkMessage): string | undefined {
  const frame = JSON.stringify(message);
  return frame.length > maxControlBytes || jsonDepth(frame) > maxControlDepth ? undefined : frame;
}

/** How deep brackets nest in a JSON text, found without building anything of it. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}
