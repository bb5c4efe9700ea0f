import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { makeId, type CallId, type CommandId, type ScreenshotId, type SessionId } from '#domain/ids.ts';
import { parseDirectory, type Directory } from '#domain/protocol/directory.ts';
import { callDocument, screenshotDocument, type DocumentName } from '#domain/protocol/documents.ts';
import { socketTicketSchema, type SocketTicket } from '#domain/protocol/http.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import { createRelay, type Relay } from '../../signal/create-relay.ts';
import { RelayConnection } from '../../src/lib/documents/providers/relay-provider.ts';

/** A person signed in at the relay, with sockets that a test can cut. */
export class DocumentPerson {
  readonly directory: Directory;
  readonly tickets: string[] = [];
  readonly #relay: Relay;
  readonly #cookie: string;
  readonly #sockets = new Set<WebSocket>();
  readonly #connections: RelayConnection[] = [];

  constructor(relay: Relay, cookie: string, directory: Directory) {
    this.#relay = relay;
    this.#cookie = cookie;
    this.directory = directory;
  }

  static async signIn(relay: Relay, path: string, body: object): Promise<DocumentPerson> {
    const headers = { origin: relay.origin, 'content-type': 'application/json' };
    const answer = await fetch(relay.origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    const me = await fetch(`${relay.origin}/api/me`, { headers: { cookie } });
    return new DocumentPerson(relay, cookie, parseDirectory(await me.json()));
  }

  get id(): string {
    return this.directory.subject.id;
  }

  async socketTicket(): Promise<{ ok: true; value: SocketTicket }> {
    const answer = await fetch(`${this.#relay.origin}/api/socket-tickets`, {
      method: 'POST',
      headers: { cookie: this.#cookie, origin: this.#relay.origin, 'content-type': 'application/json' },
      body: JSON.stringify({ purpose: 'documents' }),
    });
    const value = v.parse(socketTicketSchema, await answer.json());
    this.tickets.push(value.ticket);
    return { ok: true, value };
  }

  /** Sockets as a page of the relay's origin opens them. */
  get pageSocket(): typeof globalThis.WebSocket {
    const { origin } = this.#relay;
    const sockets = this.#sockets;
    class PageSocket extends WebSocket {
      constructor(url: string) {
        super(url, { origin, perMessageDeflate: false });
        sockets.add(this);
        this.on('close', () => sockets.delete(this));
      }
    }
    return PageSocket as unknown as typeof globalThis.WebSocket;
  }

  connect(): RelayConnection {
    const { origin } = this.#relay;
    const connection = new RelayConnection({
      url: `${origin.replace('http', 'ws')}/sockets/documents`,
      ticket: () => this.socketTicket(),
      WebSocket: this.pageSocket,
    });
    this.#connections.push(connection);
    return connection;
  }

  /** As when the network goes: no goodbye. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async propose(sessionId: SessionId, baseSeq: number, body: SessionCommandBody): Promise<void> {
    const command = { ...body, id: newId<CommandId>(), streamId: sessionId, baseSeq, clientAtMs: 0 };
    const [outcome] = await this.#relay.sessions.propose(this.directory.subject, [command]);
    if (!outcome?.ok) throw new Error(`${body.type}: ${outcome?.reason}`);
  }

  close(): void {
    this.#connections.forEach((connection) => connection.destroy());
  }
}

const newId = <T extends CommandId | CallId | ScreenshotId | SessionId>(): T => makeId<T>(randomBytes);

/** The real relay, with Erika and the code user in a call at Pump P-101. */
export async function documentWorld(port: number) {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-documents-'));
  const relay = await createRelay({ port, dataDir, appDir: undefined, logLevel: 'silent', demo: true });
  const erika = await DocumentPerson.signIn(relay, '/api/sign-in', {
    email: 'erika@demo.example',
    password: 'sightline-demo',
  });
  const codeUser = await DocumentPerson.signIn(relay, '/api/code', { code: 'PUMP-P101-DEMO', name: 'Otto' });
  const [device] = codeUser.directory.devices;
  if (!device) throw new Error('no device');
  const sessionId = newId<SessionId>();
  const callId = newId<CallId>();
  const seq = async (): Promise<number> => (await relay.sessions.get(sessionId))?.seq ?? 0;
  const say = async (who: DocumentPerson, body: SessionCommandBody): Promise<void> =>
    who.propose(sessionId, await seq(), body);
  await say(erika, {
    type: 'session.create',
    payload: { deviceId: device.id, reason: 'leaks', ticketIds: [] },
  });
  await say(erika, { type: 'call.start', payload: { callId, mode: 'video' } });
  await say(codeUser, { type: 'call.answer', payload: { callId, mode: 'video' } });
  await say(codeUser, { type: 'call.link-up', payload: { callId } });

  return {
    relay,
    erika,
    codeUser,
    callName: callDocument(callId),
    newScreenshotId: (): ScreenshotId => newId<ScreenshotId>(),
    async takeScreenshot(screenshotId = newId<ScreenshotId>()): Promise<DocumentName> {
      await say(erika, {
        type: 'screenshot.take',
        payload: {
          screenshotId,
          callId,
          bytes: 1000,
          sha256: 'a'.repeat(64),
          mediaType: 'image/jpeg',
          width: 640,
          height: 480,
        },
      });
      return screenshotDocument(screenshotId);
    },
    async close(): Promise<void> {
      erika.close();
      codeUser.close();
      await relay.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
