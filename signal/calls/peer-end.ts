import { EventEmitter } from 'node:events';
import type { CallId, PeerId } from '#domain/ids.ts';
import type { TicketClaims } from '../ports.ts';
import type { LiveSocket } from '../wire/socket-door.ts';
import type { CallSocket } from './call-sockets.ts';

/** What a ticket for the media signalling must say. */
export type PeerClaims = TicketClaims & { peerId: PeerId; callId: CallId };

export function isPeerClaims(claims: TicketClaims): claims is PeerClaims {
  return claims.peerId !== undefined && claims.callId !== undefined && claims.sessionId !== undefined;
}

/**
 * One participant's socket as the PeerServer sees it: it has the events and methods of a web socket, but frames
 * come out of it only after they were checked.
 */
export class PeerEnd extends EventEmitter implements CallSocket {
  readonly claims: PeerClaims;
  readonly live: LiveSocket;
  /** The roster has named this peer id once; when it names another one, the call goes on elsewhere. */
  announced = false;

  constructor(live: LiveSocket, claims: PeerClaims) {
    super();
    this.live = live;
    this.claims = claims;
    live.onClose(() => this.emit('close'));
    // A browser answers pings by itself, also where its timers are throttled.
    live.onPong(() => this.deliver({ type: 'HEARTBEAT' }));
  }

  /** Hands a checked message to the PeerServer. */
  deliver(message: object): void {
    this.emit('message', JSON.stringify(message));
  }

  send(text: string): void {
    this.live.send(text);
  }

  close(): void {
    this.live.close(1000);
  }
}
