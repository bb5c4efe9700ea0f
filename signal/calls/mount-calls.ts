import { createServer, type IncomingMessage } from 'node:http';
import { ExpressPeerServer } from 'peer';
import { WebSocketServer } from 'ws';
import type { CallId } from '#domain/ids.ts';
import { closeCodes, maxFrameBytes } from '#domain/protocol/version.ts';
import type { MountedPart, RelayParts } from '../ports.ts';
import { SocketDoor, type LiveSocket } from '../wire/socket-door.ts';
import { CallSockets } from './call-sockets.ts';
import { mountYWebrtc } from './mount-y-webrtc.ts';
import { isPeerClaims, PeerEnd, type PeerClaims } from './peer-end.ts';
import { parsePeerMessage, type PeerMessage } from './peer-message.ts';

/** A PeerJS client with `path: '/sockets/calls/'` and `token: <ticket>` connects here. */
export const callsPath = '/sockets/calls/peerjs';
const key = 'peerjs';

const limits = {
  maxFrameBytes,
  rate: { perSecond: 50, burst: 300 },
  maxBufferedBytes: 4 * 1024 * 1024,
};

/**
 * Media signalling: a PeerServer behind the gate. Peer ids are minted by the relay for one person and one call, and
 * frames pass only between people who are in that call now. Also mounts the signalling of y-webrtc.
 */
export async function mountCalls(parts: RelayParts): Promise<MountedPart> {
  const door = new SocketDoor(limits, (error) => parts.log.error({ err: error }, 'peer frame'));
  const sockets = new CallSockets(parts);
  const ends = new Map<string, PeerEnd>();
  /** Every id that was used in a call stays its own until the call is over: nobody takes it over. */
  const reserved = new Map<string, CallId>();
  const peerServer = startPeerServer(parts);

  const forward = async (
    from: PeerEnd,
    message: Exclude<PeerMessage, { type: 'HEARTBEAT' }>,
  ): Promise<void> => {
    if (!(await sockets.inCall(from))) return;
    const to = ends.get(message.dst);
    const reachable =
      to !== undefined && to !== from && sameCall(from.claims, to.claims) && (await sockets.inCall(to));
    if (reachable) from.deliver(message);
    // The same answer for a stranger's id and one that never was.
    else if (message.type === 'OFFER') {
      from.send(JSON.stringify({ type: 'EXPIRE', src: message.dst, dst: from.claims.peerId }));
    }
  };

  const open = (live: LiveSocket, claims: PeerClaims): void => {
    if (reserved.has(claims.peerId)) {
      live.send(JSON.stringify({ type: 'ID-TAKEN', payload: { msg: 'ID is taken' } }));
      return live.close(closeCodes.policy, 'already-exists');
    }
    reserved.set(claims.peerId, claims.callId);
    const end = new PeerEnd(live, claims);
    ends.set(claims.peerId, end);
    live.onClose(() => ends.delete(claims.peerId));
    sockets.add(
      end,
      () => peerServer.connect(end),
      async (text) => {
        const message = parsePeerMessage(text);
        if (message === undefined) return false;
        if (message === 'data') parts.log.info('data connection dropped');
        else if (message.type === 'HEARTBEAT') end.deliver(message);
        else await forward(end, message);
        return true;
      },
    );
  };

  parts.gate.route(
    callsPath,
    'calls',
    (request, socket, head, claims) => {
      door.open(request, socket, head, (live) => {
        if (isPeerClaims(claims) && peerIdIn(request) === claims.peerId) open(live, claims);
        else live.close(closeCodes.policy, 'ticket-invalid');
      });
    },
    'token',
  );

  const stops = [
    parts.presence.onChanged((callId) => {
      const roster = parts.presence.participants(callId);
      for (const end of ends.values()) {
        if (end.claims.callId !== callId) continue;
        const entry = roster.find((one) => one.participantId === end.claims.person.id);
        if (entry?.peerId === end.claims.peerId) end.announced = true;
        else if (entry?.peerId && end.announced) end.live.close(closeCodes.elsewhere, 'open-elsewhere');
      }
    }),
    parts.sessions.onAppended((_session, events) => {
      for (const event of events) {
        if (event.type !== 'call.ended') continue;
        for (const [id, callId] of reserved) if (callId === event.payload.callId) reserved.delete(id);
      }
    }),
  ];
  const yWebrtc = await mountYWebrtc(parts);

  return {
    async close() {
      for (const stop of stops) stop();
      sockets.close();
      await Promise.all([door.close(), yWebrtc.close()]);
      peerServer.close();
    },
  };
}

function sameCall(one: PeerClaims, other: PeerClaims): boolean {
  return one.callId === other.callId && one.sessionId === other.sessionId;
}

function peerIdIn(request: IncomingMessage): string | undefined {
  const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
  const ids = query.getAll('id');
  return ids.length === 1 && query.get('key') === key ? ids[0] : undefined;
}

/** The PeerServer, fed with checked sockets alone: it listens on no port and sees no upgrade. */
function startPeerServer(parts: RelayParts) {
  const socketServer = new WebSocketServer({ noServer: true });
  const idle = createServer();
  const options = { path: '/', key, createWebSocketServer: () => socketServer };
  const peerServer = ExpressPeerServer(idle, options);
  peerServer.on('error', (error) => parts.log.warn({ err: error }, 'peer server'));
  // It starts when it is mounted in an application; another of its kind serves as one.
  ExpressPeerServer(idle).use(peerServer);
  return {
    connect(end: PeerEnd): void {
      // The ticket is spent by now: the id itself is the secret that only its owner was given.
      const { peerId } = end.claims;
      const query = new URLSearchParams({ id: peerId, token: peerId, key });
      socketServer.emit('connection', end, { url: `/?${query}` });
    },
    close(): void {
      socketServer.close();
      idle.close();
    },
  };
}
