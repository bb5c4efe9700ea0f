import type { MediaConnection, Peer, PeerOptions } from 'peerjs';
import { CodedError } from '#domain/error-codes.ts';
import type { IceServer } from '#domain/protocol/http.ts';
import type { CallSignalling } from '../../call-signalling.ts';
import { frameNaming } from './frame-naming.ts';

/** The key of the relay's PeerServer; not a secret, only part of the address. */
const peerServerKey = 'peerjs';
const openTimeoutMs = 8_000;
const serializerNames = ['raw', 'json', 'binary', 'binary-utf8', 'default'];

/**
 * What PeerJS gets in the place of every data connection: an object that takes nothing, makes no connection and
 * answers nothing. Its own would be accepted without asking, reveal the network address, and unpack whatever comes.
 */
class RefusedDataConnection {
  readonly type = 'data';
  readonly open = false;
  readonly peer: string;
  readonly connectionId: string;
  constructor(peer: string, provider: Peer, options: { connectionId?: string } = {}) {
    this.peer = peer;
    this.connectionId = options.connectionId ?? '';
    queueMicrotask(() => provider._removeConnection(this as never));
  }
  handleMessage(): void {
    // Nothing to handle: there is no connection behind it.
  }
  close(): void {
    // Nothing was opened.
  }
}

/**
 * One address at the relay's PeerServer: good for calls from its making until `closed`. What is said before the relay
 * has let it in is sent as soon as it has.
 */
export class MediaSocket {
  readonly peerId: string;
  /** Rejects with `relay-unreachable` when the relay does not let it in within 8 s. */
  readonly opened: Promise<void>;
  readonly #peer: Peer;

  constructor(peerId: string, peer: Peer) {
    this.peerId = peerId;
    this.#peer = peer;
    this.opened = opening(peer);
    // Who waits for it hears of it; for the others it is no fault.
    this.opened.catch(() => undefined);
  }

  get open(): boolean {
    return this.#peer.open && this.usable;
  }

  /** Open, or on the way to it. */
  get usable(): boolean {
    return !this.#peer.disconnected && !this.#peer.destroyed;
  }

  call(peerId: string, stream: MediaStream, metadata: unknown): MediaConnection | undefined {
    return this.usable ? this.#peer.call(peerId, stream, { metadata }) : undefined;
  }

  onCall(listener: (call: MediaConnection) => void): void {
    this.#peer.on('call', listener);
  }

  /** Called once, when the relay can no longer be reached through this address. Links stay as they are. */
  onClosed(listener: () => void): void {
    const once = () => {
      this.#peer.off('disconnected', once);
      this.#peer.off('close', once);
      listener();
    };
    this.#peer.on('disconnected', once);
    this.#peer.on('close', once);
  }

  /** Gives the address up. Calls that were answered or connected have been taken over by their links by then. */
  destroy(): void {
    this.#peer.destroy();
  }
}

/** Begins to load the library, and what runs beside it; the first address waits for both. */
export function loadPeerJs() {
  void frameNaming.warm();
  return import('peerjs');
}

/** Begins to register a fresh address; ask `opened` how that went. */
export async function makeMediaSocket(
  server: CallSignalling['server'],
  credentials: { peerId: string; ticket: string; iceServers: IceServer[] },
): Promise<MediaSocket> {
  const { Peer } = await loadPeerJs();
  const options: PeerOptions = {
    host: server.host,
    port: server.port,
    path: server.path,
    secure: server.secure,
    key: peerServerKey,
    token: credentials.ticket,
    config: { iceServers: credentials.iceServers, bundlePolicy: 'max-bundle' } satisfies RTCConfiguration,
    debug: 0,
    serializers: Object.fromEntries(
      serializerNames.map((name) => [name, RefusedDataConnection]),
    ) as unknown as NonNullable<PeerOptions['serializers']>,
  };
  const peer = new Peer(credentials.peerId, options);
  // Also after the opening: an error without a listener would be thrown, and closing is told by its own event.
  peer.on('error', () => undefined);
  peer.on('connection', (connection) => connection.close());
  keepUntilOpen(peer);
  return new MediaSocket(credentials.peerId, peer);
}

/** PeerJS drops what is to be sent while its socket opens: an offer made meanwhile would be lost. */
function keepUntilOpen(peer: Peer): void {
  const { socket } = peer;
  const send = socket.send.bind(socket);
  const kept: unknown[] = [];
  socket.send = (message) => void kept.push(message);
  peer.once('open', () => {
    socket.send = send;
    for (const message of kept.splice(0)) send(message);
  });
}

function opening(peer: Peer): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => {
      clearTimeout(timer);
      peer.destroy();
      reject(new CodedError('relay-unreachable'));
    };
    const timer = setTimeout(fail, openTimeoutMs);
    peer.once('open', () => {
      clearTimeout(timer);
      peer.off('error', fail);
      peer.off('disconnected', fail);
      resolve();
    });
    peer.once('error', fail);
    peer.once('disconnected', fail);
  });
}
