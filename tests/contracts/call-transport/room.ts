import type { RosterEntry } from '../../../src/domain/protocol/sync-messages.ts';
import { base64Url, type PeerId } from '../../../src/domain/ids.ts';
import type { CallSignalling } from '../../../src/lib/call/call-signalling.ts';

const freshId = () => base64Url(crypto.getRandomValues(new Uint8Array(16)));

/**
 * The relay's part in a call, inside one page: who is there, with which address. The PeerServer is a real one; it
 * takes any address here, the gate before it has tests of its own.
 */
export class Room {
  readonly #server: CallSignalling['server'];
  readonly #entries = new Map<string, RosterEntry>();
  readonly #roster = new Map<string, (participants: RosterEntry[]) => void>();
  readonly #live = new Map<string, (from: string, bytes: Uint8Array) => void>();
  #order = 0;
  /** While false the relay is gone: no credentials, no roster, no datagrams. */
  reachable = true;
  relayedFrames = 0;

  constructor(server: CallSignalling['server']) {
    this.#server = server;
  }

  signalling(participantId: string): CallSignalling {
    const deviceKey = freshId();
    return {
      server: this.#server,
      credentials: async () => {
        if (!this.reachable) throw Object.assign(new Error('gone'), { code: 'relay-unreachable' });
        return { peerId: freshId(), ticket: freshId(), iceServers: [] };
      },
      announce: (peerId) => {
        // As the relay does: whoever comes with a new address comes last, and so calls the others.
        const before = this.#entries.get(participantId);
        const order = before && before.peerId === peerId ? before.order : ++this.#order;
        this.#entries.set(participantId, {
          participantId,
          kind: 'employee',
          name: participantId,
          deviceKey,
          peerId: peerId as PeerId | null,
          order,
        });
        this.#tell();
      },
      onRoster: (listener) => {
        this.#roster.set(participantId, listener);
        listener([...this.#entries.values()]);
        return () => this.#roster.delete(participantId);
      },
      onElsewhere: () => () => undefined,
      sendLive: (bytes) => {
        if (!this.reachable) return;
        this.relayedFrames += 1;
        const copy = new Uint8Array(bytes);
        for (const [id, listener] of this.#live) {
          if (id !== participantId) queueMicrotask(() => listener(participantId, copy));
        }
      },
      onLive: (listener) => {
        this.#live.set(participantId, listener);
        return () => this.#live.delete(participantId);
      },
      close: () => {
        this.#entries.delete(participantId);
        this.#tell();
      },
    };
  }

  /** The addresses at which participants can be reached now. */
  addresses(): string[] {
    return [...this.#entries.values()].flatMap((entry) => entry.peerId ?? []);
  }

  #tell(): void {
    if (!this.reachable) return;
    const roster = [...this.#entries.values()];
    for (const listener of this.#roster.values()) queueMicrotask(() => listener(roster));
  }
}
