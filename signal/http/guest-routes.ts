import { isId, type SessionId } from '#domain/ids.ts';
import { directorySchema } from '#domain/protocol/directory.ts';
import { guestSignInSchema, madeGuestLinkSchema } from '#domain/protocol/http.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import { verdict } from '#domain/session/permissions.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { SignedIn } from '../people/people-service.ts';
import { hashToken, newId, newToken } from '../secrets.ts';
import { answer, refusal } from './answers.ts';
import { route, type ApiRoute } from './api-routes.ts';
import { WindowLimit } from './limits.ts';
import { clientAddress } from './request-facts.ts';
import type { BeginSignIn, RouteParts } from './route-parts.ts';

const linkLifetimeMs = 24 * 3_600_000;
/** A token has 256 bits and cannot be guessed; this only keeps the load down. */
const limit = { points: 60, windowMs: 5 * 60_000 };

/** Guest links: made by who may invite, good until they expire, are withdrawn, or the session ends. */
export function guestRoutes(parts: RouteParts, begin: BeginSignIn): ApiRoute[] {
  const { storage, streams, people, clock, trustProxy } = parts;
  const { directory } = storage;
  const byAddress = new WindowLimit(clock, limit);

  const sessionFor = async (
    id: string | undefined,
    signedIn: SignedIn | undefined,
  ): Promise<VideoSession | ErrorCode> => {
    const loaded = isId(id) ? await streams.load(id as SessionId) : undefined;
    if (!signedIn || loaded?.kind !== 'session') return 'not-found';
    const session = loaded.state as VideoSession;
    const allowed = verdict(signedIn.person, 'invite', session);
    return allowed === true ? session : allowed;
  };

  /** Ends the link, and who came in by it. */
  const withdraw = async (sessionId: SessionId): Promise<void> => {
    await directory.removeGuestLinks(sessionId);
    people.guestsChanged(await directory.guestSignIns(sessionId));
  };

  return [
    route({
      method: 'post',
      path: '/api/sessions/{sessionId}/guest-link',
      summary: 'Makes the link by which guests join a session; the one before ends.',
      response: { schema: madeGuestLinkSchema, description: 'The link, this one time.' },
      errors: ['wrong-origin', 'not-found', 'forbidden', 'not-assigned', 'session-closed'],
      async handle({ context, signedIn }) {
        const session = await sessionFor(context.req.param('sessionId'), signedIn);
        if (typeof session === 'string') return refusal(session);
        await withdraw(session.id);
        const token = newToken();
        const expiresAtMs = clock.nowMs() + linkLifetimeMs;
        await directory.putGuestLink({
          id: newId(),
          organizationId: session.organizationId,
          sessionId: session.id,
          tokenHash: hashToken(token),
          sessionSeq: session.seq,
          expiresAtMs,
        });
        return answer({ token, path: `/g#${token}`, expiresAtMs });
      },
    }),
    route({
      method: 'delete',
      path: '/api/sessions/{sessionId}/guest-link',
      summary: 'Withdraws the link, and ends the sign-ins of who came in by it.',
      errors: ['wrong-origin', 'not-found', 'forbidden', 'not-assigned', 'session-closed'],
      async handle({ context, signedIn }) {
        const session = await sessionFor(context.req.param('sessionId'), signedIn);
        if (typeof session === 'string') return refusal(session);
        await withdraw(session.id);
        return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
      },
    }),
    route({
      method: 'post',
      path: '/api/guest',
      summary: 'Signs a guest in by a link; sets the cookie.',
      open: true,
      body: guestSignInSchema,
      response: { schema: directorySchema, description: 'Who is signed in, as /api/me.' },
      errors: ['malformed', 'wrong-origin', 'link-invalid', 'too-many-requests'],
      async handle({ context, request, body, signedIn }) {
        if (!byAddress.take(clientAddress(context, trustProxy))) return refusal('too-many-requests');
        const link = await directory.guestLink(hashToken(body.token));
        if (!link || link.expiresAtMs <= clock.nowMs() || !people.isOpen(link.organizationId))
          return refusal('link-invalid');
        const started = await people.signInGuest(link, body.name);
        // A link whose session is over, or not for guests now, is as good as none.
        if (!(await people.byToken(started.token))) return refusal('link-invalid');
        return begin(request, { ok: true, value: started }, signedIn);
      },
    }),
  ];
}
