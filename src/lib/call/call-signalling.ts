import type { IceServer } from '#domain/protocol/http.ts';
import type { RosterEntry } from '#domain/protocol/sync-messages.ts';

/**
 * What a call transport needs of the relay: credentials for one signalling socket, and the roster of who is in the
 * call. Implemented over the sync engine; a fake stands in tests.
 */
export interface CallSignalling {
  /**
   * A fresh peer id with a one-use ticket. `ahead`: asked for together with the command that gives the place in the
   * call; waits a few seconds for its judgement. Rejects with a CodedError.
   */
  credentials(ahead?: boolean): Promise<{ peerId: string; ticket: string; iceServers: IceServer[] }>;
  /**
   * Says 'I am in this call'; `peerId` null until the media socket is open. Repeated by itself after a reconnect, and
   * said as soon as it can be where the relay is not reached yet.
   */
  announce(peerId: string | null): void;
  /** Calls back at once with the newest roster, if there is one, and at every change. */
  onRoster(listener: (participants: RosterEntry[]) => void): () => void;
  onElsewhere(listener: () => void): () => void;
  /** Datagrams through the relay, while no direct channel is open. */
  sendLive(bytes: Uint8Array): void;
  onLive(listener: (from: string, bytes: Uint8Array) => void): () => void;
  /** Where the PeerServer listens. */
  server: { host: string; port: number; path: string; secure: boolean };
  close(): void;
}
