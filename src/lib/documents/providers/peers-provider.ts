import type { WebrtcProvider } from 'y-webrtc';
import { backoffMs, syncBackoff } from '#domain/connection/backoff.ts';
import { CodedError, type ErrorCode } from '#domain/error-codes.ts';
import type { IceServer, SocketTicket } from '#domain/protocol/http.ts';
import type { Result } from '#domain/result.ts';
import type { DocumentProvider, DocumentProviderFactory } from '../document-provider.ts';
import { ProviderStatus } from './provider-status.ts';

export interface PeersOptions {
  /** `wss://host/sockets/y-webrtc`, without a query. */
  url: string;
  /** A fresh ticket with the call's room. Asked for at every attempt. */
  ticket: () => Promise<Result<SocketTicket, ErrorCode>>;
  iceServers: IceServer[];
  random?: () => number;
}

/** What y-webrtc keeps for its signalling socket, as far as it is used here. */
interface SignallingSocket {
  url: string;
  ws: WebSocket | null;
  shouldConnect: boolean;
  connect(): void;
  send(message: object): void;
}

/** The relay listens to a room only while the person is in the call, which it may learn after the socket is open. */
const askAgainMs = [2_000, 6_000, 15_000];

/**
 * The document straight between the people in a call, with y-webrtc over the relay's signalling. An extra beside the
 * relay: where it fails, it is silent. The package is loaded when the first call is opened.
 */
export const peersProvider =
  (options: PeersOptions): DocumentProviderFactory =>
  ({ doc, awareness }) => {
    const status = new ProviderStatus();
    const abort = new AbortController();
    let provider: WebrtcProvider | undefined;
    let firstUrl = '';

    const start = async (): Promise<void> => {
      const { url, room } = await freshAddress(options);
      const { WebrtcProvider } = await import('y-webrtc');
      if (abort.signal.aborted) return;
      firstUrl = url;
      provider = new WebrtcProvider(room, doc, {
        signaling: [url],
        awareness,
        maxConns: 8,
        // Without a list of its own the package asks public STUN servers.
        peerOpts: { config: { iceServers: options.iceServers } },
      });
      provider.on('synced', ({ synced }: { synced: boolean }) => {
        status.set(synced ? 'synced' : 'connecting', synced);
      });
      provider.on('peers', ({ webrtcPeers }: { webrtcPeers: string[] }) => {
        if (webrtcPeers.length === 0) status.set('connecting', false);
      });
      for (const socket of provider.signalingConns as SignallingSocket[]) {
        keepSignalling(socket, options, abort.signal);
      }
      const made = provider;
      for (const delayMs of askAgainMs) {
        const timer = setTimeout(() => announceAgain(made, room), delayMs);
        abort.signal.addEventListener('abort', () => clearTimeout(timer));
      }
    };
    start().catch(() => status.set('refused', false, 'link-failed'));

    return {
      name: 'peers',
      get state() {
        return status.state;
      },
      get holdsAll() {
        return status.holdsAll;
      },
      onState: (listener) => status.on(listener),
      whenSynced: () => status.whenSynced(),
      destroy: async () => {
        if (abort.signal.aborted) return;
        abort.abort();
        const presence = awareness.getLocalState();
        // It looks its socket up by the address that it was made with.
        for (const socket of (provider?.signalingConns ?? []) as SignallingSocket[]) socket.url = firstUrl;
        provider?.destroy();
        // Its end comes a moment later, when its key is there.
        await provider?.key;
        // It says goodbye for this replica, which is still there for the other providers.
        if (presence && awareness.getLocalState() === null) awareness.setLocalState(presence);
        status.set('offline', status.holdsAll, 'link-failed');
      },
    } satisfies DocumentProvider;
  };

/** Says once more that this side is here, while nobody is linked. */
function announceAgain(provider: WebrtcProvider, topic: string): void {
  const { room } = provider;
  if (!room || room.webrtcConns.size > 0) return;
  for (const socket of provider.signalingConns as SignallingSocket[]) {
    if (socket.ws?.readyState !== 1) continue;
    socket.send({ type: 'subscribe', topics: [topic] });
    socket.send({ type: 'publish', topic, data: { type: 'announce', from: room.peerId } });
  }
}

/** The package would reconnect with the same, used up ticket: it is kept from trying, and told when to. */
function keepSignalling(socket: SignallingSocket, options: PeersOptions, signal: AbortSignal): void {
  const random = options.random ?? Math.random;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer));

  const retryLater = (): void => {
    if (signal.aborted) return;
    timer = setTimeout(() => void reconnect(), backoffMs(syncBackoff, attempt, random));
    attempt += 1;
  };
  const reconnect = async (): Promise<void> => {
    try {
      const { url } = await freshAddress(options);
      if (signal.aborted) return;
      socket.url = url;
      socket.connect();
      watch();
    } catch {
      // No ticket: the relay is away or the call is over. The document still has its other providers.
      retryLater();
    }
  };
  const watch = (): void => {
    socket.shouldConnect = false;
    socket.ws?.addEventListener('open', () => (attempt = 0));
    socket.ws?.addEventListener('close', retryLater);
  };
  watch();
}

async function freshAddress(options: PeersOptions): Promise<{ url: string; room: string }> {
  const answer = await options.ticket();
  if (!answer.ok) throw new CodedError(answer.reason);
  const { ticket, room } = answer.value;
  if (room === undefined) throw new CodedError('malformed');
  return { url: `${options.url}?${new URLSearchParams({ ticket }).toString()}`, room };
}
