import { decodeUpdate } from 'yjs';
import { maxUpdateBytes } from '#domain/protocol/documents.ts';

/**
 * What a replica that was away sends at once: everything that the relay lacks, in bytes. Single updates stay below
 * `maxUpdateBytes`.
 */
export const maxCatchUpBytes = 512 * 1024;
const maxAwarenessBytes = 16 * 1024;
const maxAddressBytes = 128;
const maxTokenBytes = 256;

/** A frame of the document socket: which document it is for, and how many bytes it may add to it. */
interface DocumentFrame {
  /** Document name, with the suffix that tells providers of one document apart, if any. */
  address: string;
  name: string;
  kind: 'sync' | 'awareness' | 'auth' | 'close';
  /** Bytes of an update; 0 for everything else. */
  updateBytes: number;
  /** The one client that an awareness message is about; absent where it is about several. */
  clientId?: number;
}

export type FrameResult =
  { ok: true; frame: DocumentFrame } | { ok: false; reason: 'malformed' | 'too-large' };

const types = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  syncReply: 4,
  close: 7,
  syncStatus: 8,
} as const;
const permissionDenied = 1;
const syncSteps = { stateVector: 0, catchUp: 1, update: 2 } as const;

const malformed: FrameResult = { ok: false, reason: 'malformed' };
const tooLarge: FrameResult = { ok: false, reason: 'too-large' };

/**
 * Checks a frame before the document server sees it: shape, size, and that an update decodes. Never throws.
 */
export function parseDocumentFrame(bytes: Uint8Array): FrameResult {
  const reader = new Reader(bytes);
  const address = reader.text(maxAddressBytes);
  const type = reader.uint();
  // A name like `__proto__` would meet the tables of the document server.
  if (address === undefined || type === undefined || address in Object.prototype) return malformed;
  const name = address.split('\0', 1)[0] ?? '';
  const frame = (kind: DocumentFrame['kind'], more: Partial<DocumentFrame> = {}): FrameResult => ({
    ok: true,
    frame: { address, name, kind, updateBytes: 0, ...more },
  });
  switch (type) {
    case types.sync:
    case types.syncReply: {
      const checked = checkSync(reader);
      return typeof checked === 'number' ? frame('sync', { updateBytes: checked }) : checked;
    }
    case types.awareness: {
      const update = reader.bytes();
      if (!update) return malformed;
      return update.length > maxAwarenessBytes ? tooLarge : frame('awareness', soleClient(update));
    }
    case types.auth:
      return reader.uint() === 0 && reader.text(maxTokenBytes) !== undefined ? frame('auth') : malformed;
    case types.queryAwareness:
      return frame('awareness');
    case types.close:
      return frame('close');
    default:
      return malformed;
  }
}

function soleClient(update: Uint8Array): { clientId?: number } {
  const reader = new Reader(update);
  const clientId = reader.uint() === 1 ? reader.uint() : undefined;
  return clientId === undefined ? {} : { clientId };
}

function checkSync(reader: Reader): number | FrameResult {
  const step = reader.uint();
  const payload = reader.bytes();
  if (!payload) return malformed;
  if (step === syncSteps.stateVector) return payload.length <= maxUpdateBytes ? 0 : tooLarge;
  if (step !== syncSteps.catchUp && step !== syncSteps.update) return malformed;
  if (payload.length > (step === syncSteps.update ? maxUpdateBytes : maxCatchUpBytes)) return tooLarge;
  return decodes(payload) ? payload.length : malformed;
}

function decodes(update: Uint8Array): boolean {
  try {
    decodeUpdate(update);
    return true;
  } catch {
    return false;
  }
}

/** What of an outgoing frame matters here: that an update was taken, or that the document is no longer open. */
export function outgoingMeaning(
  bytes: Uint8Array,
): { kind: 'acknowledged' | 'ended'; address: string; name: string } | undefined {
  const reader = new Reader(bytes);
  const address = reader.text(maxAddressBytes);
  const type = reader.uint();
  if (address === undefined || type === undefined) return undefined;
  const name = address.split('\0', 1)[0] ?? '';
  if (type === types.syncStatus)
    return reader.uint() === 1 ? { kind: 'acknowledged', address, name } : undefined;
  const denied = type === types.auth && reader.uint() === permissionDenied;
  return type === types.close || denied ? { kind: 'ended', address, name } : undefined;
}

/** Reads variable-length numbers and strings; undefined instead of reading past the end. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  uint(): number | undefined {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) return undefined;
      this.#at += 1;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return undefined;
  }

  bytes(): Uint8Array | undefined {
    const length = this.uint();
    if (length === undefined || length > this.#bytes.length - this.#at) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(maxBytes: number): string | undefined {
    const bytes = this.bytes();
    if (!bytes || bytes.length > maxBytes) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return undefined;
    }
  }
}
