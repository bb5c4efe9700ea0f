import { isId, type SessionId } from '#domain/ids.ts';
import { leaveCallSchema } from '#domain/protocol/http.ts';
import type { SessionCommand } from '#domain/session/commands.ts';
import { visible } from '#domain/session/permissions.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { done, refusal } from './answers.ts';
import { route, type ApiRoute } from './api-routes.ts';
import type { RouteParts } from './route-parts.ts';

/** What a page says while it goes: a socket's frame might not leave any more, a request of this kind does. */
export function callRoutes({ streams, clock }: Pick<RouteParts, 'streams' | 'clock'>): ApiRoute[] {
  return [
    route({
      method: 'post',
      path: '/api/sessions/{sessionId}/call/leave',
      summary: 'Hangs up: the command call.leave of the sync socket, by the same id, and judged as that.',
      body: leaveCallSchema,
      errors: [
        'malformed',
        'too-large',
        'wrong-origin',
        'not-found',
        'no-call',
        'call-over',
        'already-exists',
      ],
      async handle({ context, body, signedIn }) {
        const id = context.req.param('sessionId');
        const loaded = isId(id) ? await streams.load(id as SessionId) : undefined;
        if (!signedIn || loaded?.kind !== 'session') return refusal('not-found');
        const session = loaded.state as VideoSession;
        if (!visible(signedIn.person, session)) return refusal('not-found');
        const command: SessionCommand = {
          type: 'call.leave',
          id: body.commandId,
          streamId: session.id,
          baseSeq: session.seq,
          clientAtMs: clock.nowMs(),
          payload: { callId: body.callId },
        };
        const [outcome] = await streams.propose(signedIn.person, [command]);
        if (!outcome) return refusal('internal');
        return outcome.ok ? done() : refusal(outcome.reason);
      },
    }),
  ];
}
