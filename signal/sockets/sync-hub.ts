import type { Logger } from 'pino';
import { maxFrameBytes } from '#domain/protocol/version.ts';
import type { MountedPart, UpgradeGate } from '../ports.ts';
import { keyedHash } from '../secrets.ts';
import { SocketDoor } from '../wire/socket-door.ts';
import { SyncConnection, type SyncParts } from './sync-connection.ts';

export const syncPath = '/sockets/sync';

const limits = {
  maxFrameBytes,
  rate: { perSecond: 200, burst: 400 },
  maxBufferedBytes: 8 * 1024 * 1024,
};
/** How often sign-ins that run out are looked for. */
const recheckMs = 30_000;

export interface SyncHub extends MountedPart {
  /** Settings, devices or tickets of an organization have changed. */
  directoryChanged(organizationId: string): void;
}

/** Identity of a replica's base: another history, another person's or changed rights give another one. */
export function epochMaker(epoch: string, secretKey: string): (replicaScope: string) => string {
  return (replicaScope) => keyedHash(secretKey, `epoch:${epoch}:${replicaScope}`).slice(0, 22);
}

/** Mounts /sockets/sync. */
export function mountSync(gate: UpgradeGate, parts: SyncParts): SyncHub {
  const { log, people, sessions } = parts;
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
  const stops = [
    sessions.onChange((change) => {
      for (const connection of connections) connection.deliver(change);
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
    directoryChanged(organizationId) {
      for (const connection of connections)
        if (connection.organizationId === organizationId) connection.send({ t: 'directory-changed' });
    },
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
