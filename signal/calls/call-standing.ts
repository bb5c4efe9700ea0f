import type { ErrorCode } from '#domain/error-codes.ts';
import { closeCodes } from '#domain/protocol/version.ts';
import { may, visible } from '#domain/session/permissions.ts';
import { legOf, liveCall, type Call } from '#domain/session/video-session.ts';
import type { RelayParts, TicketClaims } from '../ports.ts';

/** Whether the holder of a ticket still belongs to its call, from the newest state of person and session. */
export type Standing =
  | { ok: true; call: Call; /** Answered and not left. */ inCall: boolean }
  | { ok: false; code: number; reason: ErrorCode };

const no = (code: number, reason: ErrorCode): Standing => ({ ok: false, code, reason });

export async function callStanding(parts: RelayParts, claims: TicketClaims): Promise<Standing> {
  const person = await parts.people.bySignIn(claims.signInId);
  if (!person || person.id !== claims.person.id) return no(closeCodes.signedOut, 'not-signed-in');
  const session = claims.sessionId && (await parts.sessions.get(claims.sessionId));
  if (!session || !visible(person, session)) return no(closeCodes.notFound, 'not-found');
  const call = liveCall(session);
  if (!call || call.id !== claims.callId) return no(closeCodes.notFound, 'call-over');
  const inCall = legOf(call, person.id) !== undefined;
  // Whoever is rung may open the socket while deciding; nothing is forwarded before the answer.
  if (!may(person, 'answerCall', session) || (!inCall && call.state !== 'ringing')) {
    return no(closeCodes.notFound, 'no-call');
  }
  return { ok: true, call, inCall };
}
