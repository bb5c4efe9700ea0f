import type { CallDesk } from '../../../state/call/CallDesk.svelte.ts';
import type { SessionState } from '../../../state/SessionState.svelte.ts';

/**
 * What a page offers about a session's call: to go back to the one that this tab is in, to join the one that runs, or
 * to start one. `busy`: it was pressed a moment ago, and nothing is offered twice.
 */
export type CallOffer = 'return' | 'busy' | 'join' | 'start' | undefined;

export function callOffer(desk: Pick<CallDesk, 'current' | 'doing'>, session: SessionState): CallOffer {
  if (desk.doing(session.id)) return 'busy';
  if (desk.current?.sessionId === session.id) return 'return';
  const { offers, call, ownLeg } = session;
  if (call && (ownLeg || offers.answer)) return 'join';
  return offers.startCall ? 'start' : undefined;
}
