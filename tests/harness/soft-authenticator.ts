import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { MadePasskey, PasskeyCreation, PasskeyRequest, UsedPasskey } from '#domain/protocol/passkeys.ts';

interface Held {
  id: Buffer;
  userHandle: Buffer;
  rpId: string;
  key: KeyObject;
  counter: number;
}

/** What a page's browser and authenticator would do otherwise than they should. */
export interface Misdeeds {
  origin?: string;
  rpId?: string;
  challenge?: string;
  /** The person was not verified. */
  unverified?: boolean;
  /** Counts back: a copy of the authenticator. */
  counter?: number;
  format?: string;
}

const base64url = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();

/** A browser with an authenticator in software: P-256 keys, no attestation, a counter. */
export class SoftAuthenticator {
  readonly #origin: string;
  readonly held: Held[] = [];

  /** @param origin of the page */
  constructor(origin: string) {
    this.#origin = origin;
  }

  create(options: PasskeyCreation, misdeeds: Misdeeds = {}): MadePasskey {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = randomBytes(16);
    const rpId = misdeeds.rpId ?? options.rp.id;
    const held = {
      id,
      rpId,
      key: privateKey,
      counter: 1,
      userHandle: Buffer.from(options.user.id, 'base64url'),
    };
    this.held.push(held);
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const cose = map([
      [int(1), int(2)],
      [int(3), int(-7)],
      [int(-1), int(1)],
      [int(-2), byteString(Buffer.from(x, 'base64url'))],
      [int(-3), byteString(Buffer.from(y, 'base64url'))],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, id, cose]);
    const data = Buffer.concat([authenticatorData(rpId, held.counter, 0x40, misdeeds), credential]);
    const attestation = map([
      [text('fmt'), text(misdeeds.format ?? 'none')],
      [text('attStmt'), map([])],
      [text('authData'), byteString(data)],
    ]);
    return {
      id: base64url(id),
      rawId: base64url(id),
      type: 'public-key',
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options.challenge, misdeeds),
        attestationObject: base64url(attestation),
        transports: ['internal'],
      },
    };
  }

  get(options: PasskeyRequest, misdeeds: Misdeeds = {}): UsedPasskey {
    const held = this.held.find((one) => one.rpId === options.rpId);
    if (!held) throw new Error(`no passkey for ${options.rpId}`);
    held.counter = misdeeds.counter ?? held.counter + 1;
    const data = authenticatorData(misdeeds.rpId ?? options.rpId, held.counter, 0, misdeeds);
    const clientDataJSON = this.#clientData('webauthn.get', options.challenge, misdeeds);
    const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))]);
    return {
      id: base64url(held.id),
      rawId: base64url(held.id),
      type: 'public-key',
      response: {
        clientDataJSON,
        authenticatorData: base64url(data),
        signature: base64url(createSign('sha256').update(signed).sign(held.key)),
        userHandle: base64url(held.userHandle),
      },
    };
  }

  #clientData(type: string, challenge: string, misdeeds: Misdeeds): string {
    const origin = misdeeds.origin ?? this.#origin;
    return base64url(
      JSON.stringify({ type, challenge: misdeeds.challenge ?? challenge, origin, crossOrigin: false }),
    );
  }
}

function authenticatorData(rpId: string, counter: number, flags: number, misdeeds: Misdeeds): Buffer {
  const present = 0x01;
  const verified = misdeeds.unverified ? 0 : 0x04;
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([sha256(rpId), Buffer.from([flags | present | verified]), count]);
}

// As much of CBOR as an attestation needs.
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}
const int = (value: number): Buffer => (value >= 0 ? head(0, value) : head(1, -1 - value));
const byteString = (bytes: Buffer): Buffer => Buffer.concat([head(2, bytes.length), bytes]);
const text = (words: string): Buffer =>
  Buffer.concat([head(3, Buffer.byteLength(words)), Buffer.from(words)]);
const map = (entries: [Buffer, Buffer][]): Buffer =>
  Buffer.concat([head(5, entries.length), ...entries.flat()]);
