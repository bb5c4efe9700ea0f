import * as v from 'valibot';
import { closeCodes, maxFrameBytes } from '#domain/protocol/version.ts';
import type { MountedPart, RelayParts, TicketClaims } from '../ports.ts';
import { isShallow, parseJson } from '../wire/json-depth.ts';
import { SocketDoor } from '../wire/socket-door.ts';
import { CallSockets, type CallSocket } from './call-sockets.ts';

export const yWebrtcPath = '/sockets/y-webrtc';

const maxDepth = 8;
const limits = {
  maxFrameBytes,
  rate: { perSecond: 40, burst: 200 },
  maxBufferedBytes: 4 * 1024 * 1024,
};

const topic = v.pipe(v.string(), v.maxLength(128));
const topics = v.pipe(v.array(topic), v.maxLength(16));
const messageSchema = v.variant('type', [
  v.object({ type: v.literal('subscribe'), topics }),
  v.object({ type: v.literal('unsubscribe'), topics }),
  v.object({ type: v.literal('publish'), topic, data: v.unknown() }),
  v.object({ type: v.literal('ping') }),
]);

/**
 * Signalling for y-webrtc: its four messages, for the one room that the ticket names, while the person is in the
 * call. Other topics are not there: to subscribe to them or to publish on them does nothing.
 */
export async function mountYWebrtc(parts: RelayParts): Promise<MountedPart> {
  const door = new SocketDoor(limits, (error) => parts.log.error({ err: error }, 'y-webrtc frame'));
  const sockets = new CallSockets(parts);
  const rooms = new Map<string, Set<CallSocket>>();

  const leave = (socket: CallSocket, room: string): void => {
    const members = rooms.get(room);
    members?.delete(socket);
    if (members?.size === 0) rooms.delete(room);
  };
  const enter = (socket: CallSocket, room: string): void => {
    const members = rooms.get(room) ?? new Set();
    rooms.set(room, members.add(socket));
  };

  const publish = async (from: CallSocket, room: string, data: unknown): Promise<void> => {
    if (!(await sockets.inCall(from))) return;
    for (const other of [...(rooms.get(room) ?? [])]) {
      if (other === from || other.claims.callId !== from.claims.callId) continue;
      if (await sockets.inCall(other))
        other.live.send(JSON.stringify({ type: 'publish', topic: room, data }));
    }
  };

  const handle = async (socket: CallSocket, room: string, text: string): Promise<boolean> => {
    const json = parseJson(text);
    const parsed = isShallow(json, maxDepth) ? v.safeParse(messageSchema, json) : undefined;
    if (!parsed?.success) return false;
    const message = parsed.output;
    switch (message.type) {
      case 'subscribe':
        if (message.topics.includes(room) && (await sockets.inCall(socket))) enter(socket, room);
        return true;
      case 'unsubscribe':
        if (message.topics.includes(room)) leave(socket, room);
        return true;
      case 'publish':
        if (message.topic === room) await publish(socket, room, message.data);
        return true;
      case 'ping':
        socket.live.send(JSON.stringify({ type: 'pong' }));
        return true;
    }
  };

  parts.gate.route(yWebrtcPath, 'y-webrtc', (request, socket, head, claims: TicketClaims) => {
    door.open(request, socket, head, (live) => {
      const { room } = claims;
      if (!room || !claims.callId) return live.close(closeCodes.policy, 'ticket-invalid');
      const own: CallSocket = { claims, live };
      live.onClose(() => leave(own, room));
      sockets.add(
        own,
        () => undefined,
        (text) => handle(own, room, text),
      );
    });
  });

  return {
    async close() {
      sockets.close();
      await door.close();
    },
  };
}
