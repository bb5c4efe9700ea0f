import type { RelayCommand } from './commands.ts';
import { ringTimeoutMs } from './decide-call.ts';
import { purgeOf } from './retention.ts';
import { liveCall, type VideoSession } from './video-session.ts';

/** What is due by itself, and when by the relay's clock. */
export interface Deadline {
  atMs: number;
  command: RelayCommand;
}

/**
 * What is due next for a session. Computed from the log alone, so it comes out right after the relay was down: what
 * fell due meanwhile is due at once.
 */
export function nextDeadline(session: VideoSession): Deadline | undefined {
  const call = liveCall(session);
  if (call?.state === 'ringing')
    return { atMs: call.startedAtMs + ringTimeoutMs, command: { type: 'relay.miss-call', callId: call.id } };
  if (session.status === 'DONE' && session.closesAtMs !== undefined)
    return { atMs: session.closesAtMs, command: { type: 'relay.close' } };
  const expiresAtMs = expiryTime(session);
  if (expiresAtMs !== undefined) return { atMs: expiresAtMs, command: { type: 'relay.expire' } };
  const purge = purgeOf(session);
  return purge && { atMs: purge.atMs, command: { type: 'relay.purge' } };
}

/** When a request that nobody answers is cancelled; undefined where requests stay open (F13). */
export function expiryTime(session: VideoSession): number | undefined {
  const { requestExpiryMs } = session.settings;
  return session.status === 'REQUESTED' && requestExpiryMs !== null
    ? session.createdAtMs + requestExpiryMs
    : undefined;
}
