import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import {
  makeId,
  type CallId,
  type CommandId,
  type DeviceId,
  type Id,
  type OrganizationId,
  type SessionId,
  type TicketId,
} from '#domain/ids.ts';
import { parseDirectory, type Directory } from '#domain/protocol/directory.ts';
import type { SocketTicket } from '#domain/protocol/http.ts';
import {
  parseRelayMessage,
  type ClientMessage,
  type CommandOutcome,
  type RelayMessage,
} from '#domain/protocol/sync-messages.ts';
import { protocolVersion } from '#domain/protocol/version.ts';
import {
  isOrganizationEvent,
  isSessionEvent,
  isTicketEvent,
  type StreamEvent,
  type StreamId,
  type StreamKind,
} from '#domain/protocol/streams.ts';
import type { OrganizationCommandBody } from '#domain/organization/commands.ts';
import { foldOrganization } from '#domain/organization/fold.ts';
import type { Organization } from '#domain/organization/organization.ts';
import type { TicketCommandBody } from '#domain/ticket/commands.ts';
import { foldTicket } from '#domain/ticket/fold.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { foldSession } from '#domain/session/fold.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { RelaySettings } from '../../signal/config.ts';
import { createRelay, type Relay, type RelayOptions } from '../../signal/create-relay.ts';
import { patienceMs } from './patience.ts';

export const newId = <T extends Id<string>>(): T => makeId<T>(randomBytes);

export const codes = { pump: 'PUMP-P101-DEMO', compressor: 'COMP-K7-DEMO', press: 'PRESS-X1-DEMO' } as const;
export const emails = {
  erika: 'erika@demo.example',
  emil: 'emil@demo.example',
  ada: 'ada@demo.example',
  otto: 'otto@other.example',
} as const;

/** A fresh folder for a relay's data. */
export function tempDir(): string {
  return mkdtempSync(join(tmpdir(), 'sightline-relay-'));
}

/** A real relay in this process, on any free port, with the demo organizations. */
export async function startRelay(
  settings: Partial<RelaySettings> = {},
  options: RelayOptions = {},
): Promise<Relay & { dispose(): Promise<void> }> {
  const dataDir = settings.dataDir ?? tempDir();
  const given = { port: 0, demo: true, logLevel: 'silent', ...settings, dataDir };
  const relay = await createRelay(given, options);
  return Object.assign(relay, {
    async dispose() {
      await relay.stop();
      if (settings.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  });
}

/** Resolves when `look` finds something; rejects after `timeoutMs` with what was waited for. */
export async function eventually<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  timeoutMs = patienceMs,
): Promise<T> {
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > untilMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One browser: its cookie, its requests, its sockets. */
export class Client {
  readonly origin: string;
  cookie = '';
  /** Every answer's body that this browser was given, for searches. */
  readonly received: string[] = [];
  /** The headers of every answer, one text each. */
  readonly heads: string[] = [];
  readonly sockets: SyncClient[] = [];

  constructor(origin: string) {
    this.origin = origin;
  }

  static async employee(relay: { origin: string }, email: string): Promise<Client> {
    const client = new Client(relay.origin);
    await client.expectOk(client.post('/api/sign-in', { email, password: 'sightline-demo' }));
    return client;
  }

  static async codeUser(relay: { origin: string }, code: string, name?: string): Promise<Client> {
    const client = new Client(relay.origin);
    await client.expectOk(client.post('/api/code', name === undefined ? { code } : { code, name }));
    return client;
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('origin')) headers.set('origin', this.origin);
    if (this.cookie) headers.set('cookie', this.cookie);
    const response = await fetch(this.origin + path, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) this.cookie = cookie.split(';')[0] ?? '';
    this.heads.push([...response.headers].map((pair) => pair.join(': ')).join('\n'));
    this.received.push(await response.clone().text());
    return response;
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  async expectOk(pending: Promise<Response>): Promise<Response> {
    const response = await pending;
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response;
  }

  async me(): Promise<Directory> {
    return parseDirectory(await (await this.expectOk(this.request('/api/me'))).json());
  }

  async ticket(request: Record<string, unknown> = { purpose: 'sync' }): Promise<SocketTicket> {
    const response = await this.expectOk(this.post('/api/socket-tickets', request));
    return (await response.json()) as SocketTicket;
  }

  /** Opens the sync socket, with the replica of an earlier one if there is one, and waits until everything is here. */
  async sync(
    from: { epoch: string | null; position: number; events?: ReadonlyMap<StreamId, StreamEvent[]> } = {
      epoch: null,
      position: 0,
    },
    streams?: StreamKind[],
  ) {
    const { ticket } = await this.ticket();
    const socket = await SyncClient.open(this.origin, ticket);
    this.sockets.push(socket);
    for (const [id, log] of from.events ?? []) socket.events.set(id, log);
    const { epoch, position } = from;
    socket.say({ t: 'hello', version: protocolVersion, epoch, position, ...(streams ? { streams } : {}) });
    await socket.caughtUp();
    return socket;
  }

  close(): void {
    for (const socket of this.sockets) socket.webSocket.terminate();
  }
}

export interface Closed {
  code: number;
  reason: string;
}

/** Opens a WebSocket as a page of `origin` would. Rejects with the HTTP status where the gate refuses. */
export function openSocket(url: string, origin: string | undefined): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { ...(origin === undefined ? {} : { origin }) });
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`refused ${response.statusCode}`));
      response.destroy();
      socket.terminate();
    });
    socket.on('error', reject);
  });
}

export function closedWith(socket: WebSocket): Promise<Closed> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

/** A client of the sync protocol that keeps what it is told. */
export class SyncClient {
  readonly webSocket: WebSocket;
  readonly messages: RelayMessage[] = [];
  readonly events = new Map<StreamId, StreamEvent[]>();
  readonly closed: Promise<Closed>;
  /** Every frame as it came, for searches. */
  readonly raw: string[] = [];
  epoch: string | null = null;
  position = 0;
  #requestId = 0;

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    this.closed = closedWith(webSocket);
    webSocket.on('message', (data) => this.#take(String(data)));
  }

  static async open(origin: string, ticket: string): Promise<SyncClient> {
    const url = `${origin.replace('http', 'ws')}/sockets/sync?ticket=${ticket}`;
    return new SyncClient(await openSocket(url, origin));
  }

  say(message: ClientMessage): void {
    this.webSocket.send(JSON.stringify(message));
  }

  caughtUp(): Promise<unknown> {
    return this.message((one) => one.t === 'events' && one.done);
  }

  /** The first message, also of those already here, that fits. */
  message<T extends RelayMessage>(
    fits: ((one: RelayMessage) => one is T) | ((one: RelayMessage) => boolean),
  ): Promise<T> {
    return eventually(() => this.messages.find(fits) as T | undefined, 'a message of the relay');
  }

  /** Proposes commands; resolves with the relay's answers. */
  async push(...commands: unknown[]): Promise<CommandOutcome[]> {
    const requestId = ++this.#requestId;
    this.say({ t: 'push', requestId, commands });
    const answer = await eventually(
      () => this.messages.find((one) => one.t === 'pushed' && one.requestId === requestId),
      'the answer to a push',
    );
    return answer.t === 'pushed' ? answer.outcomes : [];
  }

  /** Proposes one command and answers `ok` or the reason. */
  async propose(command: unknown): Promise<string> {
    const [outcome] = await this.push(command);
    return !outcome ? 'no answer' : outcome.ok ? 'ok' : outcome.reason;
  }

  session(id: SessionId): VideoSession | undefined {
    return foldSession((this.events.get(id) ?? []).filter(isSessionEvent));
  }

  ticket(id: TicketId): Ticket | undefined {
    return foldTicket((this.events.get(id) ?? []).filter(isTicketEvent));
  }

  organization(id: OrganizationId): Organization | undefined {
    return foldOrganization((this.events.get(id) ?? []).filter(isOrganizationEvent));
  }

  /** Waits until the session here is as `fits` says. */
  sees(id: SessionId, fits: (session: VideoSession) => boolean, what: string): Promise<VideoSession> {
    return eventually(() => {
      const session = this.session(id);
      return session && fits(session) ? session : undefined;
    }, what);
  }

  #take(frame: string): void {
    this.raw.push(frame);
    const message = parseRelayMessage(frame);
    if (message.t === 'welcome') {
      this.epoch = message.epoch;
      if (message.reset) this.events.clear();
    } else if (message.t === 'events') {
      for (const event of message.events) {
        const log = this.events.get(event.streamId) ?? [];
        if (event.seq <= log.length) continue;
        if (event.seq !== log.length + 1) throw new Error('a gap in what the relay sent');
        this.events.set(event.streamId, [...log, event]);
      }
      this.position = Math.max(this.position, message.position);
    } else if (message.t === 'gone') {
      this.events.delete(message.streamId);
      this.position = Math.max(this.position, message.position);
    }
    this.messages.push(message);
  }
}

/** A command as an app would make it. */
export function command<
  Stream extends StreamId,
  Body extends SessionCommandBody | TicketCommandBody | OrganizationCommandBody,
>(streamId: Stream, baseSeq: number, body: Body) {
  return { id: newId<CommandId>(), streamId, baseSeq, clientAtMs: 0, ...body };
}

export const opening = (reason: string, deviceId?: DeviceId) => ({
  reason,
  ticketIds: [],
  ...(deviceId ? { deviceId } : {}),
});

/** Asks for a session as a code user; resolves with its id. */
export async function request(codeUser: SyncClient, reason = 'It drips'): Promise<SessionId> {
  const id = newId<SessionId>();
  const answer = await codeUser.propose(
    command(id, 0, { type: 'session.request', payload: opening(reason) }),
  );
  if (answer !== 'ok') throw new Error(answer);
  return id;
}

export async function confirm(employee: SyncClient, id: SessionId): Promise<void> {
  const { seq } = await employee.sees(id, () => true, 'the session');
  const answer = await employee.propose(command(id, seq, { type: 'session.confirm', payload: {} }));
  if (answer !== 'ok') throw new Error(answer);
}

/** A call from its start to the link, both present with media addresses. */
export async function startCall(
  id: SessionId,
  caller: { client: Client; socket: SyncClient },
  answerer: { client: Client; socket: SyncClient },
): Promise<CallId> {
  const callId = newId<CallId>();
  const steps: [SyncClient, SessionCommandBody][] = [
    [caller.socket, { type: 'call.start', payload: { callId, mode: 'video' } }],
    [answerer.socket, { type: 'call.answer', payload: { callId, mode: 'video' } }],
    [caller.socket, { type: 'call.link-up', payload: { callId } }],
  ];
  for (const [socket, body] of steps) {
    const answer = await socket.propose(command(id, 0, body));
    if (answer !== 'ok') throw new Error(`${body.type}: ${answer}`);
  }
  for (const { client, socket } of [caller, answerer]) {
    const { peerId } = await client.ticket({ purpose: 'calls', sessionId: id, callId });
    socket.say({ t: 'in-call', sessionId: id, callId, deviceKey: 'one', peerId: peerId ?? null });
  }
  await caller.socket.message(
    (one) => one.t === 'roster' && one.callId === callId && one.participants.length === 2,
  );
  return callId;
}

export const allKinds: StreamKind[] = ['session', 'ticket', 'organization'];
export const demoOrganization = 'DemoServiceGmbH0000001' as OrganizationId;

/** Proposes something for the organization of whoever asks; answers `ok` or the reason. */
export async function administer(socket: SyncClient, body: OrganizationCommandBody): Promise<string> {
  return socket.propose(command(demoOrganization, 0, body));
}

/** Something that an administrator of whichever organization would do; throws where it is refused. */
export async function asAdministrator(
  relay: Relay,
  organizationId: string,
  body: OrganizationCommandBody,
): Promise<void> {
  const id = organizationId as OrganizationId;
  const verdict = await relay.streams.submit('organization', id, command(id, 0, body));
  if (!verdict.ok) throw new Error(`${body.type}: ${verdict.reason}`);
}

/** Switches the access code of a device off, or the same one on again. */
export async function switchCode(
  relay: Relay,
  organizationId: string,
  deviceName: string,
  on: boolean,
): Promise<void> {
  const organization = await relay.streams.organization(organizationId as OrganizationId);
  const device = organization?.devices.find((one) => one.name === deviceName);
  if (!device?.code) throw new Error(`no code of ${deviceName}`);
  const { id: deviceId, code } = device;
  if (!on)
    return asAdministrator(relay, organizationId, { type: 'device.revoke-code', payload: { deviceId } });
  const rotate = { type: 'service.rotate-code', deviceId, codeId: code.id } as const;
  const verdict = await relay.streams.submit('organization', organizationId as OrganizationId, rotate);
  if (!verdict.ok) throw new Error(verdict.reason);
}
