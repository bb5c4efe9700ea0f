import * as v from 'valibot';
import type { CallId, CommandId, SessionId } from '#domain/ids.ts';
import { parseDirectory, type Directory } from '#domain/protocol/directory.ts';
import { socketTicketSchema, type SocketTicket } from '#domain/protocol/http.ts';
import { parseRelayMessage } from '#domain/protocol/sync-messages.ts';
import { protocolVersion } from '#domain/protocol/version.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { callsPath } from '../calls/mount-calls.ts';
import { yWebrtcPath } from '../calls/mount-y-webrtc.ts';
import { documentsPath } from '../documents/mount-documents.ts';
import { demoPassword } from '../people/demo.ts';
import { DocumentClient, RawSocket, until } from './clients.ts';
import { newId } from './fake-parts.ts';
import { UploadClient } from './upload-client.ts';

/** Somebody signed in over HTTP at a running relay, who does everything as the app does it. */
export class Visitor {
  readonly origin: string;
  readonly token: string;
  readonly directory: Directory;
  readonly #open: { close(): void }[] = [];

  private constructor(origin: string, token: string, directory: Directory) {
    this.origin = origin;
    this.token = token;
    this.directory = directory;
  }

  static async enter(origin: string, path: string, body: object): Promise<Visitor> {
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify(body),
    });
    const token = /sightline=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? '';
    return new Visitor(origin, token, parseDirectory(await response.json()));
  }

  /** An employee of the demo organization at the pump. */
  static erika = (origin: string) =>
    Visitor.enter(origin, '/api/sign-in', { email: 'erika@demo.example', password: demoPassword });
  /** An employee of the other organization. */
  static stranger = (origin: string) =>
    Visitor.enter(origin, '/api/sign-in', { email: 'otto@other.example', password: demoPassword });
  /** Somebody at the pump, with its code. */
  static codeUser = (origin: string) =>
    Visitor.enter(origin, '/api/code', { code: 'PUMP-P101-DEMO', name: 'Olga' });

  async ticket(request: object): Promise<SocketTicket & { status: number }> {
    const response = await fetch(`${this.origin}/api/socket-tickets`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: this.origin,
        cookie: `sightline=${this.token}`,
      },
      body: JSON.stringify(request),
    });
    const parsed = v.safeParse(socketTicketSchema, await response.json());
    return { ...(parsed.success ? parsed.output : { ticket: '', expiresAtMs: 0 }), status: response.status };
  }

  /** Proposes commands over the sync socket; throws when one is refused. */
  async does(streamId: SessionId, ...bodies: SessionCommandBody[]): Promise<void> {
    const { ticket } = await this.ticket({ purpose: 'sync' });
    const socket = await this.#socket(`/sockets/sync?ticket=${ticket}`);
    const received = () => socket.frames.map((frame) => parseRelayMessage(frame.toString('utf8')));
    socket.sendJson({ t: 'hello', version: protocolVersion, epoch: null, position: 0 });
    await until(() => received().some((message) => message.t === 'events' && message.done));
    const commands = bodies.map((body) => ({
      ...body,
      id: newId<CommandId>(),
      streamId,
      // As somebody who has seen everything.
      baseSeq: Number.MAX_SAFE_INTEGER,
      clientAtMs: 0,
    }));
    socket.sendJson({ t: 'push', requestId: 1, commands });
    const answer = await until(() => received().find((message) => message.t === 'pushed'));
    socket.close();
    const refused = answer.outcomes.find((outcome) => !outcome.ok);
    if (refused) throw new Error(`refused: ${JSON.stringify(answer.outcomes)}`);
  }

  get files(): UploadClient {
    return new UploadClient(this.origin, this.token);
  }

  async document(name: string): Promise<DocumentClient> {
    const { ticket } = await this.ticket({ purpose: 'documents' });
    const client = new DocumentClient(`${this.#sockets}${documentsPath}?ticket=${ticket}`, name);
    this.#open.push(client);
    return client;
  }

  async peer(sessionId: SessionId, callId: CallId): Promise<RawSocket & { peerId: string }> {
    const { ticket, peerId = '' } = await this.ticket({ purpose: 'calls', sessionId, callId });
    const query = new URLSearchParams({ key: 'peerjs', id: peerId, token: ticket, version: '1.5.5' });
    const socket = await this.#socket(`${callsPath}?${query}`);
    await until(() => socket.frames.length > 0);
    return Object.assign(socket, { peerId });
  }

  async room(sessionId: SessionId, callId: CallId): Promise<RawSocket> {
    const { ticket, room = '' } = await this.ticket({ purpose: 'y-webrtc', sessionId, callId });
    const socket = await this.#socket(`${yWebrtcPath}?ticket=${ticket}`);
    socket.sendJson({ type: 'subscribe', topics: [room] });
    socket.sendJson({ type: 'ping' });
    await until(() => socket.frames.length > 0);
    return socket;
  }

  leave(): void {
    for (const one of this.#open.splice(0)) one.close();
  }

  get #sockets(): string {
    return this.origin.replace('http', 'ws');
  }

  async #socket(path: string): Promise<RawSocket> {
    const socket = await RawSocket.open(`${this.#sockets}${path}`);
    this.#open.push(socket);
    return socket;
  }
}

/** Both sides of the main job at a running demo relay, in a call whose link is up. */
export async function meetInCall(origin: string) {
  const [office, machine] = await Promise.all([Visitor.erika(origin), Visitor.codeUser(origin)]);
  const sessionId = newId<SessionId>();
  const callId = newId<CallId>();
  const call = { callId, mode: 'video' as const };
  const request = { reason: 'Pressure drops', ticketIds: [] };
  await machine.does(sessionId, { type: 'session.request', payload: request });
  await office.does(
    sessionId,
    { type: 'session.confirm', payload: {} },
    { type: 'call.start', payload: call },
  );
  await machine.does(
    sessionId,
    { type: 'call.answer', payload: call },
    { type: 'call.link-up', payload: { callId } },
  );
  return { office, machine, sessionId, callId };
}
