import type { Logger } from 'pino';
import { maxFrameBytes } from '#domain/protocol/version.ts';
import type { MountedPart, UpgradeGate } from '../ports.ts';
import { keyedHash } from '../secrets.ts';
import { rulesOf } from '../streams/stream-rules.ts';
import { SocketDoor } from '../wire/socket-door.ts';
import { SyncConnection, type SyncParts } from './sync-connection.ts';

const syncPath = '/sockets/sync';

const limits = {
  maxFrameBytes,
  rate: { perSecond: 200, burst: 400 },
  maxBufferedBytes: 8 * 1024 * 1024,
};
/** How often sign-ins that run out are looked for. */
const recheckMs = 30_000;

/** Events of tickets that change what the directory says. */
const directoryEvents: ReadonlySet<string> = new Set(['ticket.opened', 'ticket.closed', 'ticket.reopened']);

/** Identity of a replica's base: another history, another person's or changed rights give another one. */
export function epochMaker(epoch: string, secretKey: string): (replicaScope: string) => string {
  return (replicaScope) => keyedHash(secretKey, `epoch:${epoch}:${replicaScope}`).slice(0, 22);
}

/** Mounts /sockets/sync. */
export function mountSync(gate: UpgradeGate, parts: SyncParts): MountedPart {
  const { log, people, streams } = parts;
  const connections = new Set<SyncConnection>();
  const door = new SocketDoor(limits, (error) => log.error({ err: error }, 'sync frame'));

  gate.route(syncPath, 'sync', (request, socket, head, claims) => {
    door.open(request, socket, head, (live) => {
      const connection = new SyncConnection(parts, live, claims.person, claims.signInId);
      connections.add(connection);
      live.onClose(() => connections.delete(connection));
    });
  });

  const refresh = (connection: SyncConnection): void => {
    connection.refresh().catch((error: unknown) => warn(log, error));
  };
  /** Organizations of which something new is to be told at the end of this turn. */
  const toTell = new Set<string>();
  const tellDirectory = (organizationId: string): void => {
    if (toTell.size === 0) setImmediate(tellAll);
    toTell.add(organizationId);
  };
  const tellAll = (): void => {
    const organizations = new Set(toTell);
    toTell.clear();
    for (const connection of connections) {
      if (!organizations.has(connection.organizationId)) continue;
      // Rights first: what somebody is told is what they may know now, and whose rights have changed comes again.
      connection.refresh(true).catch((error: unknown) => warn(log, error));
    }
  };

  const stops = [
    streams.onChange((change) => {
      for (const connection of connections) connection.deliver(change);
      const { kind, state } = change.after;
      if (kind === 'organization' || change.events.some((event) => directoryEvents.has(event.type)))
        tellDirectory(rulesOf(kind).index(state).organizationId);
    }),
    streams.onErased((erasure) => {
      for (const connection of connections) connection.forget(erasure);
    }),
    people.onChanged((signInId) => {
      for (const connection of connections) if (connection.signInId === signInId) refresh(connection);
    }),
  ];
  const timer = setInterval(() => {
    for (const connection of connections) refresh(connection);
  }, recheckMs);
  timer.unref();

  return {
    async close() {
      clearInterval(timer);
      for (const stop of stops) stop();
      await door.close();
    },
  };
}

function warn(log: Logger, error: unknown): void {
  log.error({ err: error }, 'rights of a connection');
}
