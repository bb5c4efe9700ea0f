import { maxControlBytes, maxLiveBytes } from './wire.ts';

/**
 * Frames that go through the relay while no direct channel is open. The relay hands each to everybody in the call,
 * so a frame names whom it is for: `[kind][length of id][id][body]`.
 */
export type RelayFrame =
  { kind: 'live'; to: string; body: Uint8Array<ArrayBuffer> } | { kind: 'link'; to: string; body: string };

const liveFrame = 1;
const linkFrame = 2;
/** What the relay takes in one live message. */
const maxRelayBytes = 8 * 1024;
const encoder = new TextEncoder();

function frame(kind: number, to: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const id = encoder.encode(to);
  const bytes = new Uint8Array(2 + id.length + body.length);
  bytes[0] = kind;
  bytes[1] = id.length;
  bytes.set(id, 2);
  bytes.set(body, 2 + id.length);
  return bytes;
}

export function encodeLiveFrame(to: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return frame(liveFrame, to, body);
}

/** Packs a link message (session descriptions shrink to a quarter); undefined when the relay would not take it. */
export async function encodeLinkFrame(
  to: string,
  body: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const packed = await through(encoder.encode(body), new CompressionStream('deflate-raw'), maxRelayBytes);
  if (!packed) return undefined;
  const bytes = frame(linkFrame, to, packed);
  return bytes.length > maxRelayBytes ? undefined : bytes;
}

/** Reads a frame; undefined for anything malformed, for somebody else, or that unpacks to more than is allowed. */
export async function decodeRelayFrame(bytes: Uint8Array, selfId: string): Promise<RelayFrame | undefined> {
  const header = readHeader(bytes, selfId);
  if (!header) return undefined;
  const body = bytes.slice(header.bodyAt);
  if (header.kind === liveFrame) {
    return body.length > maxLiveBytes ? undefined : { kind: 'live', to: selfId, body };
  }
  if (header.kind !== linkFrame) return undefined;
  const unpacked = await through(body, new DecompressionStream('deflate-raw'), maxControlBytes);
  return unpacked && { kind: 'link', to: selfId, body: new TextDecoder().decode(unpacked) };
}

function readHeader(bytes: Uint8Array, selfId: string): { kind: number; bodyAt: number } | undefined {
  const [kind, idLength] = bytes;
  if (kind === undefined || idLength === undefined || bytes.length < 2 + idLength) return undefined;
  const to = new TextDecoder().decode(bytes.subarray(2, 2 + idLength));
  return to === selfId ? { kind, bodyAt: 2 + idLength } : undefined;
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  transform: CompressionStream | DecompressionStream,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const reader = new Blob([bytes]).stream().pipeThrough(transform).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > maxBytes) {
        await reader.cancel();
        return undefined;
      }
      parts.push(value);
    }
  } catch {
    return undefined;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
