import { createHmac } from 'node:crypto';
import type { IceServer } from '#domain/protocol/http.ts';
import type { RelayConfig } from '../ports.ts';

/** How long TURN credentials are good for. A running allocation outlives them; a new one needs fresh ones. */
const turnLifetimeMs = 10 * 60_000;

/**
 * The ICE servers for one person: the configured TURN server with credentials of its REST interface (user name
 * `expiry:person` with the expiry in seconds, password base64 HMAC-SHA1 of it), or none.
 */
export function iceServers(config: Pick<RelayConfig, 'turn'>, nowMs: number, personId: string): IceServer[] {
  const { turn } = config;
  if (!turn || turn.urls.length === 0 || !turn.secret) return [];
  const username = `${Math.floor((nowMs + turnLifetimeMs) / 1000)}:${personId}`;
  const credential = createHmac('sha1', turn.secret).update(username).digest('base64');
  return [{ urls: turn.urls, username, credential }];
}
