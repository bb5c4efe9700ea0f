import type { SessionState } from '../SessionState.svelte.ts';

/**
 * Leaves a call as soon as the log knows it: the relay may have accepted what it was too late to answer, and nobody is
 * left ringing for somebody who was told that nothing came of it.
 */
export function leaveOnceThere(session: SessionState, callId: string): void {
  const stop = session.watch(() => {
    const { state, session: record, pending, call, ownLeg } = session;
    if (state === 'missing') return stop();
    // What this device itself wrote down stands there too, until it is taken back.
    if (pending.length > 0 || !record?.calls.some(({ id }) => id === callId)) return;
    stop();
    if (call?.id === callId && ownLeg) void session.leave();
  });
}
