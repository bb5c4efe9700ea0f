import type { RelayCommand } from './commands.ts';
import { ringTimeoutMs } from './decide-call.ts';
import { liveCall, type VideoSession } from './video-session.ts';

/** What is due by itself, and when. Computed from the log alone, so it comes out right after the relay was down. */
export function nextDeadline(session: VideoSession): { atMs: number; command: RelayCommand } | undefined {
  const call = liveCall(session);
  if (call?.state === 'ringing') {
    return { atMs: call.startedAtMs + ringTimeoutMs, command: { type: 'relay.miss-call', callId: call.id } };
  }
  if (session.status === 'DONE' && session.closesAtMs !== undefined) {
    return { atMs: session.closesAtMs, command: { type: 'relay.close' } };
  }
  return undefined;
}
