import type { ErrorCode } from '../error-codes.ts';
import { completedCalls, type Call, type Rating, type VideoSession } from './video-session.ts';

export function ratingOf(session: VideoSession, callId: string): Rating | undefined {
  return session.ratings.find((rating) => rating.callId === callId);
}

/** A call is rated by the code user who was in it. */
export function wasCodeUserOf(call: Call, personId: string): boolean {
  return call.legs.some((leg) => leg.kind === 'codeUser' && leg.participantId === personId);
}

/** The newest completed call that this code user is asked about; undefined when there is nothing to ask. */
export function callToRate(session: VideoSession, personId: string): Call | undefined {
  const mayRate = ratingVerdict(session, personId) === true;
  return mayRate ? unrated(session, personId).at(-1) : undefined;
}

/** Whether this code user can rate now, or why not: after completion, once for each completed call (F65, T49). */
export function ratingVerdict(session: VideoSession, personId: string): true | ErrorCode {
  if (!session.settings.sessionRating) return 'rating-switched-off';
  if (session.status !== 'DONE' && session.status !== 'CLOSED') return 'not-completed';
  if (!completedCalls(session).some((call) => wasCodeUserOf(call, personId))) return 'forbidden';
  return unrated(session, personId).length > 0 ? true : 'already-rated';
}

/** Whether the answer of the code user to the last completed call is still waited for. */
export function isRatingPending(session: VideoSession): boolean {
  const last = completedCalls(session).at(-1);
  return (
    session.settings.sessionRating &&
    session.visibility === 'public' &&
    last !== undefined &&
    last.legs.some((leg) => leg.kind === 'codeUser') &&
    !ratingOf(session, last.id)
  );
}

/** The newest score, as lists sort and filter by it (F66); undefined without one. */
export function lastScore(session: VideoSession): Rating['score'] {
  return session.ratings.filter((rating) => rating.score !== undefined).at(-1)?.score;
}

function unrated(session: VideoSession, personId: string): Call[] {
  return completedCalls(session).filter(
    (call) => wasCodeUserOf(call, personId) && !ratingOf(session, call.id),
  );
}
