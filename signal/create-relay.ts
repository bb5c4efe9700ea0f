import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Logger } from 'pino';
import { mountBlobs } from './blobs/mount-blobs.ts';
import { mountCalls } from './calls/mount-calls.ts';
import { systemClock, type RelayClock } from './clock.ts';
import { defaultRelaySettings, isLoopback, type RelaySettings } from './config.ts';
import { mountDocuments } from './documents/mount-documents.ts';
import { registerRoutes } from './http/api-routes.ts';
import { createApp } from './http/create-app.ts';
import { tokenOf } from './http/request-facts.ts';
import { apiRoutes } from './http/routes.ts';
import { SignIns } from './http/sign-in.ts';
import { TicketOffice } from './http/socket-tickets.ts';
import { createLog } from './log.ts';
import { makeDemo } from './people/demo.ts';
import type { Person } from '#domain/session/subject.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import { directoryFor } from './people/directory.ts';
import { PeopleService } from './people/people-service.ts';
import { RightsWatch } from './people/rights-watch.ts';
import type { RelayParts } from './ports.ts';
import { PeerIds } from './sockets/peer-ids.ts';
import { epochMaker, mountSync } from './sockets/sync-hub.ts';
import { Tickets } from './sockets/tickets.ts';
import { SocketGate } from './sockets/upgrade-gate.ts';
import type { RelayStorage } from './storage/relay-storage.ts';
import { openSqlite } from './storage/sqlite/open-sqlite.ts';
import { CallPresenceService } from './streams/call-presence.ts';
import { DeadlineScheduler } from './streams/deadlines.ts';
import { Retention } from './streams/retention.ts';
import { SessionLog } from './streams/session-log.ts';
import { StreamLog } from './streams/stream-log.ts';

export interface RelayOptions {
  clock?: RelayClock;
  log?: Logger;
  /** Opens the store; absent: SQLite in the data folder. */
  openStorage?: (dataDir: string) => Promise<RelayStorage>;
}

/** A relay that runs. */
export interface Relay {
  readonly settings: RelaySettings;
  /** The port that it listens on. */
  readonly port: number;
  /** `http://host:port` for this machine. */
  readonly origin: string;
  readonly storage: RelayStorage;
  readonly streams: StreamLog;
  readonly sessions: SessionLog;
  readonly people: PeopleService;
  readonly presence: CallPresenceService;
  readonly gate: SocketGate;
  readonly signIns: SignIns;
  /** For `app.request()` in tests. */
  readonly app: RelayParts['app'];
  /** Ends sockets, writes what is to be written, closes the store. */
  stop(): Promise<void>;
}

/** Slowloris: the head of a request must be there by then. A whole upload may take its time. */
const headersTimeoutMs = 5_000;
const requestTimeoutMs = 15 * 60_000;
/**
 * Longer than proxies and clients keep an idle connection: who closes first meets a request that is on its way. See the
 * advice for `keepalive` of nginx (60 s) and of load balancers (60 s).
 */
const keepAliveTimeoutMs = 75_000;

/**
 * Builds a relay and starts it: the only place that chooses who stands behind each port. Settings that are not given
 * are the defaults; port 0 takes any free one. Rejects with StorageError when the store cannot be opened, and with
 * the system's error when the port is taken.
 */
export async function createRelay(given: Partial<RelaySettings>, options: RelayOptions = {}): Promise<Relay> {
  const settings = { ...defaultRelaySettings(), ...given };
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLog(settings.logLevel);
  const storage = await (options.openStorage ?? openSqlite)(settings.dataDir);
  const closers: (() => Promise<void> | void)[] = [() => storage.close()];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await start(settings, { clock, log, storage }, closers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  settings: RelaySettings,
  { clock, log, storage }: { clock: RelayClock; log: Logger; storage: RelayStorage },
  closers: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Relay> {
  if (settings.demo && (await storage.directory.isEmpty())) await makeDemo(storage, clock.nowMs());

  const onFault = (error: unknown) => log.error({ err: error }, 'listener');
  const streams = new StreamLog(storage, clock, log);
  await streams.start();
  closers.push(() => streams.idle());
  const sessions = new SessionLog(streams);
  const people = new PeopleService(storage, streams, clock, {
    demoAllowed: settings.demo,
    onFault,
    onReuse: () => log.warn('a replaced sign-in token was used again; the sign-in is ended'),
  });
  const watch = new RightsWatch(storage, streams, people, log);
  closers.push(() => watch.close());
  const peerIds = new PeerIds(storage.secretKey);
  const presence = new CallPresenceService(sessions, clock, log, (...id) => peerIds.verify(...id));
  const retention = new Retention(streams, settings.dataDir, log);
  const deadlines = new DeadlineScheduler(sessions, clock, log, (session) => retention.purge(session));
  closers.push(
    () => presence.close(),
    () => deadlines.close(),
  );

  const tickets = new Tickets(clock);
  const gate = new SocketGate({ tickets, people, allowedOrigins: settings.allowedOrigins, log });
  const { allowedOrigins, appDir, modelsDirs } = settings;
  const app = createApp({ allowedOrigins, appDir, modelsDirs, log });
  const authenticate = async (request: Request) => {
    const token = tokenOf(request);
    return token === undefined ? undefined : people.byToken(token);
  };
  const signIns = new SignIns(storage, streams, people, clock);
  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer,
    serverOptions: {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: 500,
    },
  }) as Server;
  server.on('upgrade', (request, socket, head) => gate.upgrade(request, socket, head));
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  let listened = false;
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  closers.push(async () => {
    gate.close();
    server.closeAllConnections();
    if (listened) await closed;
  });
  const office = new TicketOffice({
    sessions,
    tickets,
    peerIds,
    config: settings,
    clock,
    secretKey: storage.secretKey,
  });
  const directoryOf = (person: Person) => directoryFor({ storage, streams }, person);
  const routes = apiRoutes({
    storage,
    streams,
    people,
    signIns,
    tickets: office,
    clock,
    directoryFor: directoryOf,
    trustProxy: settings.trustProxy,
    log,
  });
  registerRoutes(app, routes, authenticate);

  const hub = mountSync(gate, {
    streams,
    events: storage.events,
    people,
    presence,
    clock,
    log,
    epochFor: epochMaker(storage.epoch, storage.secretKey),
    directoryFor: directoryOf,
  });
  closers.push(() => hub.close());
  const parts: RelayParts = {
    config: settings,
    log,
    clock,
    gate,
    app,
    authenticate,
    sessions,
    tickets: ticketsOf(streams),
    people,
    presence,
    documents: storage.documents,
    blobs: storage.blobs,
    uploads: storage.uploads,
  };
  for (const mount of [mountDocuments, mountBlobs, mountCalls]) {
    const part = await mount(parts);
    closers.push(() => part.close());
  }
  await retention.sweep();
  await recover(storage, sessions, deadlines, presence);

  // Last in, first out: nobody new comes in while the rest ends.
  closers.push(() => {
    server.close();
    server.closeIdleConnections();
  });
  await listen(server, settings);
  listened = true;
  const { port } = server.address() as AddressInfo;
  return relayFrom({
    settings,
    port,
    storage,
    streams,
    sessions,
    people,
    presence,
    gate,
    signIns,
    app,
    stop,
  });
}

function relayFrom(rest: Omit<Relay, 'origin'>): Relay {
  const { host } = rest.settings;
  const name = isLoopback(host) ? host : 'localhost';
  return {
    ...rest,
    origin: `http://${name.includes(':') ? `[${name}]` : name}:${rest.port}`,
  };
}

function ticketsOf(streams: StreamLog): RelayParts['tickets'] {
  return {
    async get(id) {
      const loaded = await streams.load(id);
      return loaded?.kind === 'ticket' ? (loaded.state as Ticket) : undefined;
    },
    storeFile: (id, itemId) => streams.submit('ticket', id, { type: 'relay.store-file', itemId }),
  };
}

/** What fell due, and who was in a call, when the relay went down. */
async function recover(
  storage: RelayStorage,
  sessions: SessionLog,
  deadlines: DeadlineScheduler,
  presence: CallPresenceService,
): Promise<void> {
  for (const id of await storage.events.unsettled()) {
    const session = await sessions.get(id);
    if (!session) continue;
    deadlines.watch(session);
    presence.watch(session);
  }
}

function listen(server: Server, { port, host }: RelaySettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
