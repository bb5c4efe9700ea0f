import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';

interface Member {
  socket: WebSocket;
  entry: Record<string, unknown> | undefined;
}

const id = () => randomBytes(16).toString('base64url');

/**
 * The least a call needs of a relay: addresses over HTTP, and over one socket each who is there and what is passed
 * on. Serves our own pages (roster) and the raw page (signals) alike.
 */
export async function startRoomServer(port: number): Promise<{ close(): Promise<void> }> {
  const rooms = new Map<string, Set<Member>>();
  const http = createServer((_request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ peerId: id(), ticket: id(), iceServers: [] }));
  });
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  let order = 0;
  sockets.on('connection', (socket, request) => {
    const name = request.url ?? '/';
    const room = rooms.get(name) ?? new Set<Member>();
    rooms.set(name, room);
    const member: Member = { socket, entry: undefined };
    room.add(member);
    const tell = () => {
      const participants = [...room].flatMap((one) => one.entry ?? []);
      const roster = JSON.stringify({ t: 'roster', participants });
      for (const one of room) one.socket.send(roster);
    };
    socket.on('message', (data) => {
      const text = data.toString();
      const message = JSON.parse(text) as { t: string; entry?: Record<string, unknown> };
      if (message.t === 'announce') {
        member.entry = { ...message.entry, order: ++order };
        tell();
      } else for (const one of room) if (one !== member) one.socket.send(text);
    });
    socket.on('close', () => {
      room.delete(member);
      if (room.size === 0) rooms.delete(name);
      else if (member.entry) tell();
    });
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}
