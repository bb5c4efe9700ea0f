import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { pino } from 'pino';
import {
  makeId,
  type CallId,
  type CodeUserId,
  type CommandId,
  type DeviceId,
  type EmployeeId,
  type Id,
  type OrganizationId,
  type ScreenshotId,
  type SessionId,
} from '#domain/ids.ts';
import { defaultSettings, freezeSettings } from '#domain/organization/settings.ts';
import type { RosterEntry } from '#domain/protocol/sync-messages.ts';
import type { RelayCommand, SessionCommandBody } from '#domain/session/commands.ts';
import { decide, type Decision } from '#domain/session/decide.ts';
import type { ScreenshotMeta, SessionEvent, SessionEventBody } from '#domain/session/events.ts';
import { applyEvent } from '#domain/session/fold.ts';
import {
  actorOf,
  type CodeUserSubject,
  type EmployeeSubject,
  type Person,
  type Subject,
} from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { BlobRow, MountedPart, RelayParts, SocketHandler, TicketClaims, UploadRow } from '../ports.ts';

export const newId = <T extends Id<string>>(): T => makeId<T>(randomBytes);

/** A listener's list, as every part here needs one. */
class Listeners<A extends unknown[]> {
  readonly #all = new Set<(...args: A) => void>();
  add = (listener: (...args: A) => void): (() => void) => {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  };
  tell(...args: A): void {
    for (const listener of this.#all) listener(...args);
  }
}

/**
 * The other parts of the relay, in memory: sessions by the real rules, sign-ins, tickets, a gate on a real port.
 * For tests of documents, blobs and calls.
 */
export class FakeRelay {
  readonly parts: RelayParts;
  readonly sessions = new Map<string, VideoSession>();
  readonly persons = new Map<string, Person>();
  readonly rosters = new Map<string, RosterEntry[]>();
  readonly savedDocuments = new Map<string, Uint8Array>();
  readonly blobRows = new Map<string, BlobRow>();
  readonly uploadRows = new Map<string, UploadRow>();
  readonly #tickets = new Map<string, TicketClaims>();
  readonly #routes = new Map<string, { purpose: string; handler: SocketHandler; parameter: string }>();
  readonly #appended = new Listeners<[VideoSession, SessionEvent[]]>();
  readonly #peopleChanged = new Listeners<[string]>();
  readonly #presenceChanged = new Listeners<[CallId]>();
  readonly #mounted: MountedPart[] = [];
  #server: Server | undefined;
  #position = 0;
  /** Called before each save of a document; may throw or wait. */
  beforeSave: () => Promise<void> = () => Promise.resolve();
  port = 0;

  constructor(dataDir: string) {
    const app = new Hono();
    const find = (match: (session: VideoSession) => boolean) =>
      Promise.resolve([...this.sessions.values()].find(match));
    this.parts = {
      config: {
        host: '127.0.0.1',
        port: 0,
        dataDir,
        allowedOrigins: [],
        demo: false,
        turn: undefined,
      },
      log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
      clock: { nowMs: () => Date.now() },
      app,
      gate: {
        route: (path, purpose, handler, parameter = 'ticket') =>
          void this.#routes.set(path, { purpose, handler, parameter }),
      },
      authenticate: (request) => {
        const signInId = request.headers.get('cookie')?.replace('sightline=', '') ?? '';
        const person = this.persons.get(signInId);
        return Promise.resolve(person && { person, signInId });
      },
      sessions: {
        get: (id) => Promise.resolve(this.sessions.get(id)),
        findByScreenshot: (id) =>
          find((session) => session.screenshots.some((shot) => shot.screenshotId === id)),
        findByCall: (id) => find((session) => session.calls.some((call) => call.id === id)),
        submit: (id, command) => Promise.resolve(this.#judge(id, command, { kind: 'relay' })),
        onAppended: this.#appended.add,
      },
      people: {
        bySignIn: (signInId) => Promise.resolve(this.persons.get(signInId)),
        onChanged: this.#peopleChanged.add,
      },
      presence: {
        participants: (callId) => this.rosters.get(callId) ?? [],
        onChanged: this.#presenceChanged.add,
      },
      documents: {
        load: (name) => Promise.resolve(this.savedDocuments.get(name)),
        save: async (name, _sessionId, state) => {
          await this.beforeSave();
          this.savedDocuments.set(name, state.slice());
        },
      },
      blobs: {
        insert: (row) => Promise.resolve(void this.blobRows.set(`${row.sessionId}/${row.itemId}`, row)),
        find: (sessionId, itemId) => Promise.resolve(this.blobRows.get(`${sessionId}/${itemId}`)),
      },
      uploads: {
        insert: (row) => Promise.resolve(void this.uploadRows.set(row.uploadId, row)),
        find: (uploadId) => Promise.resolve(this.uploadRows.get(uploadId)),
        remove: (uploadId) => Promise.resolve(void this.uploadRows.delete(uploadId)),
      },
    };
  }

  /** Starts on a free port of the range, with the given parts mounted. */
  static async start(
    mounts: ((parts: RelayParts) => Promise<MountedPart>)[],
    port: number,
    dataDir?: string,
  ): Promise<FakeRelay> {
    const relay = new FakeRelay(dataDir ?? (await mkdtemp(join(tmpdir(), 'sightline-'))));
    for (const mount of mounts) relay.#mounted.push(await mount(relay.parts));
    await new Promise<void>((resolve) => {
      const server = serve({ fetch: relay.parts.app.fetch, port, hostname: '127.0.0.1' }, () => resolve());
      relay.#server = server as Server;
    });
    relay.#server?.on('upgrade', (request, socket, head) => relay.#upgrade(request, socket, head));
    relay.port = port;
    return relay;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '', 'http://relay');
    const route = this.#routes.get(url.pathname);
    const ticket = route && url.searchParams.get(route.parameter);
    const claims = ticket ? this.#tickets.get(ticket) : undefined;
    if (!route || !ticket || claims?.purpose !== route.purpose) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    this.#tickets.delete(ticket);
    route.handler(request, socket, head, claims);
  }

  async close(removeData = true): Promise<void> {
    for (const part of this.#mounted) await part.close();
    const server = this.#server;
    if (server) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    if (removeData) await rm(this.parts.config.dataDir, { recursive: true, force: true });
  }

  signIn(person: Person): string {
    const signInId = newId();
    this.persons.set(signInId, person);
    return signInId;
  }

  signOut(signInId: string): void {
    this.persons.delete(signInId);
    this.#peopleChanged.tell(signInId);
  }

  changePerson(signInId: string, person: Person): void {
    this.persons.set(signInId, person);
    this.#peopleChanged.tell(signInId);
  }

  ticket(claims: TicketClaims): string {
    const ticket = newId();
    this.#tickets.set(ticket, claims);
    return ticket;
  }

  setRoster(callId: CallId, roster: RosterEntry[]): void {
    this.rosters.set(callId, roster);
    this.#presenceChanged.tell(callId);
  }

  /** A confirmed session at the code user's device, with the employee assigned. */
  openSession(employee: EmployeeSubject, device: DeviceId): SessionId {
    const id = newId<SessionId>();
    this.#append(id, employee, [
      {
        type: 'session.created',
        payload: {
          organizationId: employee.organizationId,
          device: { id: device, name: 'Pump P-101' },
          reason: 'leaks',
          ticketIds: [],
          settings: freezeSettings({ ...defaultSettings, maxParticipants: 4 }),
          direct: false,
          receivedBy: [],
        },
      },
    ]);
    return id;
  }

  /** A call that both are in. */
  startCall(sessionId: SessionId, one: Person, other: Person): CallId {
    const callId = newId<CallId>();
    this.must(sessionId, one, { type: 'call.start', payload: { callId, mode: 'video' } });
    this.must(sessionId, other, { type: 'call.answer', payload: { callId, mode: 'video' } });
    this.must(sessionId, other, { type: 'call.link-up', payload: { callId } });
    return callId;
  }

  takeScreenshot(sessionId: SessionId, by: Person, meta: Omit<ScreenshotMeta, 'screenshotId'>): ScreenshotId {
    const screenshotId = newId<ScreenshotId>();
    this.#append(sessionId, by, [{ type: 'screenshot.taken', payload: { ...meta, screenshotId } }]);
    return screenshotId;
  }

  must(sessionId: SessionId, by: Person, body: SessionCommandBody): void {
    const seq = this.sessions.get(sessionId)?.seq ?? 0;
    const command = { ...body, id: newId<CommandId>(), streamId: sessionId, baseSeq: seq, clientAtMs: 0 };
    const decision = this.#judge(sessionId, command, by);
    if (!decision.ok) throw new Error(`${body.type} refused: ${decision.reason}`);
  }

  #judge(id: SessionId, command: Parameters<typeof decide>[1] | RelayCommand, subject: Subject): Decision {
    const decision = decide(this.sessions.get(id), command, {
      subject,
      nowMs: Date.now(),
      settings: defaultSettings,
      device: () => undefined,
      employee: (employeeId) => ({ id: employeeId, name: 'Somebody' }),
      ticketKnown: () => true,
      customer: () => undefined,
    });
    if (decision.ok) this.#append(id, subject, decision.value);
    return decision;
  }

  #append(id: SessionId, subject: Subject, bodies: SessionEventBody[]): void {
    const events: SessionEvent[] = [];
    let session = this.sessions.get(id);
    for (const body of bodies) {
      const event = {
        ...body,
        streamId: id,
        seq: (session?.seq ?? 0) + 1,
        position: (this.#position += 1),
        actor: actorOf(subject),
        atMs: Date.now(),
      };
      session = applyEvent(session, event);
      events.push(event);
    }
    if (!session) return;
    this.sessions.set(id, session);
    this.#appended.tell(session, events);
  }
}

function makeEmployee(organizationId: OrganizationId, more: Partial<EmployeeSubject> = {}): EmployeeSubject {
  return {
    kind: 'employee',
    id: newId<EmployeeId>(),
    organizationId,
    name: 'Erika',
    role: 'employee',
    responsibleFor: 'all',
    ...more,
  };
}

function makeCodeUser(organizationId: OrganizationId, deviceId: DeviceId): CodeUserSubject {
  return { kind: 'codeUser', id: newId<CodeUserId>(), organizationId, deviceId, name: 'Otto' };
}

/** One organization with a device, the two of the main job, an employee of it who is not assigned, and a stranger. */
export function makeCast() {
  const organizationId = newId<OrganizationId>();
  const deviceId = newId<DeviceId>();
  return {
    deviceId,
    employee: makeEmployee(organizationId),
    codeUser: makeCodeUser(organizationId, deviceId),
    onlooker: makeEmployee(organizationId),
    otherDeviceUser: makeCodeUser(organizationId, newId<DeviceId>()),
    stranger: makeEmployee(newId<OrganizationId>(), { role: 'administrator' }),
  };
}
