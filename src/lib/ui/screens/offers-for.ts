import type { ErrorCode } from '#domain/error-codes.ts';
import type { SessionState } from '../../state/SessionState.svelte.ts';
import type { SessionOffers } from './session-offers.ts';
import type { Toasts } from './toasts.svelte.ts';

/** What a card of a session offers now, with what happens on a tap. */
export function offersFor(session: SessionState, go: (to: string) => void, toasts: Toasts): SessionOffers {
  const call = `/sessions/${session.id}/call`;
  const { offers } = session;
  const start = async (): Promise<void> => {
    const result = await session.startCall();
    if (result.ok) go(call);
    else toasts.fail(result.reason as ErrorCode);
  };
  return {
    ...(session.ownLeg || (offers.answer && session.call) ? { rejoin: () => go(call) } : {}),
    ...(offers.startCall ? { start: () => void start() } : {}),
    ...(offers.withdraw ? { withdraw: () => void session.withdraw() } : {}),
    ...(session.callToRate ? { rateHref: `/sessions/${session.id}` } : {}),
  };
}
