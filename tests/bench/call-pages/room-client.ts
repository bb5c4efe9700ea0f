import type { RosterEntry } from '../../../src/domain/protocol/sync-messages.ts';
import type { CallSignalling } from '../../../src/lib/call/call-signalling.ts';

export const query = new URLSearchParams(location.search);
const peersPort = Number(query.get('peers'));
const roomPort = Number(query.get('rooms'));
export const server = { host: location.hostname, port: peersPort, path: '/sockets/calls', secure: false };

export function openRoom(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${location.hostname}:${roomPort}/${query.get('room')}`);
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onerror = () => reject(new Error('no room'));
  });
}

/** What the engine needs of a relay, over the bench's own room: as many round trips as over the real one. */
export function roomSignalling(selfId: string): CallSignalling {
  const opening = openRoom();
  let newest: RosterEntry[] = [];
  const rosters = new Set<(participants: RosterEntry[]) => void>();
  void opening.then((socket) => {
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data as string) as { t: string; participants: RosterEntry[] };
      if (message.t !== 'roster') return;
      newest = message.participants;
      for (const listener of rosters) listener(newest);
    };
  });
  return {
    server,
    credentials: async () => {
      const response = await fetch(`http://${location.hostname}:${roomPort}/tickets`, { method: 'POST' });
      return (await response.json()) as Awaited<ReturnType<CallSignalling['credentials']>>;
    },
    announce: (peerId) =>
      void opening.then((socket) =>
        socket.send(
          JSON.stringify({
            t: 'announce',
            entry: { participantId: selfId, kind: 'employee', name: selfId, deviceKey: selfId, peerId },
          }),
        ),
      ),
    onRoster: (listener) => {
      rosters.add(listener);
      if (newest.length > 0) listener(newest);
      return () => rosters.delete(listener);
    },
    onElsewhere: () => () => undefined,
    sendLive: () => undefined,
    onLive: () => () => undefined,
    close: () => void opening.then((socket) => socket.close()),
  };
}
