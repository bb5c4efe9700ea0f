// X48: 10,000 changes made without a link, drained over a link with 300 ms round trip. `sync.drain` is the time from the
// link's return until the relay has accepted everything and its events are here, against batched gzip POSTs over the
// same link; `sync.requests` the frames with changes; `sync.bytes` all bytes both ways, against what PouchDB needs.
// `sync.relay-cpu` and `sync.relay-memory` are what 1,000 sessions with 20 changes each cost the relay.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { makeId, type CommandId, type SessionId } from '#domain/ids.ts';
import type { SessionCommand } from '#domain/session/commands.ts';
import { createMemoryPersonStore } from '../../src/lib/storage/memory-store.ts';
import type { PersonStore } from '../../src/lib/storage/person-store.ts';
import { openWorkspace, type Workspace } from '../../src/lib/sync/workspace.ts';
import { nodeParts, type NodeAppOptions } from '../faults/relay-parts.ts';
import { printBench } from '../harness/bench-line.ts';
import { startRelay } from '../harness/relay-process.ts';
import { until } from '../harness/until.ts';
import { offlineChanges } from './sync-parts/changes.ts';
import { couchServer, drainByGzip, drainLikePouch, gzipServer } from './sync-parts/peers.ts';
import { slowLink } from './sync-parts/slow-link.ts';

const changes = 10_000;
const sessionsOfRun = 100;
const roundTripMs = 300;
const runs = 3;
const patient = { timeoutMs: 120_000 };
const newId = <T extends SessionId | CommandId>(): T => makeId<T>(randomBytes);

const relay = await startRelay({ via: 'node' });
const link = await slowLink(() => relay.port, roundTripMs);
const [gzip, couch] = [await gzipServer(), await couchServer()];
const [gzipLink, couchLink] = [
  await slowLink(() => gzip.port, roundTripMs),
  await slowLink(() => couch.port, 0),
];
const figures = {
  ms: [] as number[],
  floorMs: [] as number[],
  requests: [] as number[],
  bytes: [] as number[],
  couchBytes: [] as number[],
};

for (let run = 0; run < runs; run += 1) {
  const sessions = Array.from({ length: sessionsOfRun }, () => newId<SessionId>());
  await prepare(sessions);
  const drained = offlineChanges(sessions, changes, 7 + run);
  await drain(drained);

  const startMs = performance.now();
  await drainByGzip(gzipLink.port, drained);
  figures.floorMs.push(performance.now() - startMs);
  couchLink.takeBytes();
  await drainLikePouch(couchLink.port, drained);
  figures.couchBytes.push(couchLink.takeBytes());
}
printBench('sync.drain', 'ms', figures.ms, [{ against: 'batched gzip POSTs', samples: figures.floorMs }]);
printBench('sync.requests', 'requests', figures.requests);
printBench('sync.bytes', 'B', figures.bytes, [
  { against: 'PouchDB to express-pouchdb', samples: figures.couchBytes },
]);
await measureRelay();

for (const one of [link, gzipLink, couchLink, gzip, couch]) one.close();
await relay.dispose();

async function office(origin: string, options: NodeAppOptions = {}): Promise<Workspace> {
  const parts = nodeParts(origin, options);
  const signedIn = await parts.api.signIn('erika@demo.example', 'sightline-demo');
  const me = signedIn.ok ? await parts.api.me() : signedIn;
  if (!me.ok) throw new Error(me.reason);
  const workspace = await openWorkspace(parts, me.value);
  workspace.start();
  await until('the employee has caught up', () => workspace.engine.connection.caughtUp, patient);
  return workspace;
}

async function keep(store: PersonStore, commands: readonly SessionCommand[]): Promise<void> {
  for (const command of commands) await store.outbox.add(command, command.clientAtMs);
}

function creating(sessions: readonly SessionId[], deviceId: string): SessionCommand[] {
  return sessions.map((streamId) => ({
    id: newId<CommandId>(),
    streamId,
    baseSeq: 0,
    clientAtMs: 0,
    type: 'session.create',
    payload: { deviceId: deviceId as never, reason: 'Check-up', ticketIds: [] },
  }));
}

/** The sessions are there before the link goes. */
async function prepare(sessions: readonly SessionId[]): Promise<void> {
  const store = createMemoryPersonStore(0);
  const app = await office(relay.url, { store });
  const device = app.directory.devices.find((one) => one.name === 'Pump P-101');
  await keep(store, creating(sessions, device?.id ?? ''));
  app.engine.nudge();
  await until('the sessions', async () => (await store.outbox.all()).length === 0, patient);
  app.stop();
}

async function drain(commands: SessionCommand[]): Promise<void> {
  const store = createMemoryPersonStore(0);
  let requests = 0;
  const onSent = (frame: string | Uint8Array): void => {
    if (typeof frame !== 'string' || frame.includes('"t":"push"')) requests += 1;
  };
  const app = await office(`http://127.0.0.1:${link.port}`, { store, onSent });
  app.engine.sleep();
  await keep(store, commands);
  link.takeBytes();
  const startMs = performance.now();
  app.engine.wake();
  await until('the outbox is empty', async () => (await store.outbox.all()).length === 0, patient);
  figures.ms.push(performance.now() - startMs);
  figures.bytes.push(link.takeBytes());
  figures.requests.push(requests);
  app.stop();
}

/** Without a slow link: what 1,000 sessions with 20 changes each cost the relay in processor time and memory. */
async function measureRelay(): Promise<void> {
  const sessions = Array.from({ length: 1_000 }, () => newId<SessionId>());
  const before = usage();
  await prepare(sessions);
  const store = createMemoryPersonStore(0);
  const app = await office(relay.url, { store });
  app.engine.sleep();
  await keep(store, offlineChanges(sessions, 20_000, 5));
  app.engine.wake();
  await until('all is accepted', async () => (await store.outbox.all()).length === 0, patient);
  const after = usage();
  app.stop();
  printBench('sync.relay-cpu', 'ms per 1,000 sessions', [after.cpuMs - before.cpuMs]);
  printBench('sync.relay-memory', 'MB per 1,000 sessions', [(after.rssBytes - before.rssBytes) / 1e6]);
}

/** Of the relay's process, from the kernel. */
function usage(): { cpuMs: number; rssBytes: number } {
  const pid = relay.pid();
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticks = Number(stat[11]) + Number(stat[12]);
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return { cpuMs: ticks * 10, rssBytes: pages * 4096 };
}
