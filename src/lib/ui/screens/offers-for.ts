import type { CallDesk } from '../../state/call/CallDesk.svelte.ts';
import type { SessionState } from '../../state/SessionState.svelte.ts';
import { callOffer } from './call/call-offer.ts';
import type { SessionOffers } from './session-offers.ts';
import type { Toasts } from './toasts.svelte.ts';

/** What a card of a session offers now, with what happens on a tap. */
export function offersFor(
  desk: CallDesk,
  session: SessionState,
  go: (to: string) => void,
  toasts: Toasts,
): SessionOffers {
  const call = `/sessions/${session.id}/call`;
  const { offers } = session;
  const offer = callOffer(desk, session);
  const join = async (): Promise<void> => {
    // With a place in the call its window enters it.
    const result = session.ownLeg ? undefined : await desk.answer(session.id);
    if (result && !result.ok) toasts.fail(result.reason);
    else go(call);
  };
  const start = async (): Promise<void> => {
    const result = await desk.start(session.id);
    if (result.ok) go(call);
    // Hung up, or another one started, before this one was: nothing that would have to be said.
    else if (result.reason !== 'call-over') toasts.fail(result.reason);
  };
  return {
    ...(offer === 'join' ? { rejoin: () => void join() } : {}),
    ...(offer === 'start' ? { start: () => void start() } : {}),
    ...(offers.withdraw ? { withdraw: () => void session.withdraw() } : {}),
    ...(session.callToRate ? { rateHref: `/sessions/${session.id}` } : {}),
  };
}
