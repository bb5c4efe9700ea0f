import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { idPattern, type CallId, type PeerId } from '#domain/ids.ts';

const randomLength = 8;
const macLength = 8;

/**
 * Media addresses that the relay mints for one person in one call. An id proves by itself for whom it was made, so
 * that a call goes on over a restart of the relay.
 */
export class PeerIds {
  readonly #key: string;

  constructor(secretKey: string) {
    this.#key = secretKey;
  }

  mint(personId: string, callId: CallId): PeerId {
    const random = randomBytes(randomLength);
    return Buffer.concat([random, this.#mac(random, personId, callId)]).toString('base64url') as PeerId;
  }

  verify(peerId: PeerId, personId: string, callId: CallId): boolean {
    if (!idPattern.test(peerId)) return false;
    const bytes = Buffer.from(peerId, 'base64url');
    // The last of 22 characters carries two bits only: without this several spellings would name one id.
    if (bytes.toString('base64url') !== peerId) return false;
    const mac = this.#mac(bytes.subarray(0, randomLength), personId, callId);
    return timingSafeEqual(bytes.subarray(randomLength), mac);
  }

  #mac(random: Buffer, personId: string, callId: CallId): Buffer {
    const hmac = createHmac('sha256', this.#key).update(`peer:${personId}:${callId}:`).update(random);
    return hmac.digest().subarray(0, macLength);
  }
}
