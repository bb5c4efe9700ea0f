import * as v from 'valibot';
import { directorySchema } from '#domain/protocol/directory.ts';
import {
  codeSignInSchema,
  signInSchema,
  socketTicketRequestSchema,
  socketTicketSchema,
} from '#domain/protocol/http.ts';
import { answer, refusal } from './answers.ts';
import { openApiDocument, route, type ApiRoute, type MountedRoute } from './api-routes.ts';
import { callRoutes } from './call-routes.ts';
import { guestRoutes } from './guest-routes.ts';
import { Invitations } from './invitations.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { clientAddress, setCookie, tokenOf } from './request-facts.ts';
import type { BeginSignIn, RouteParts } from './route-parts.ts';

/** What documents, blobs and calls mount by themselves. */
const mounted: MountedRoute[] = [
  {
    method: 'post',
    path: '/api/uploads',
    summary: 'Begins a resumable upload (tus 1.0.0) of a screenshot or a file that is in its stream.',
    errors: [
      'malformed',
      'not-found',
      'item-unknown',
      'length-mismatch',
      'hash-mismatch',
      'too-large',
      'storage-full',
    ],
  },
  {
    method: 'head',
    path: '/api/uploads/{uploadId}',
    summary: 'How far an upload is (tus).',
    errors: ['not-found'],
  },
  {
    method: 'patch',
    path: '/api/uploads/{uploadId}',
    summary: 'Goes on with an upload (tus). The last bytes are verified against the promised hash and type.',
    requestMediaType: 'application/offset+octet-stream',
    errors: ['not-found', 'stale', 'hash-mismatch', 'type-mismatch', 'too-large', 'storage-full'],
  },
  {
    method: 'delete',
    path: '/api/uploads/{uploadId}',
    summary: 'Gives an unfinished upload up (tus).',
    errors: ['not-found'],
  },
  {
    method: 'get',
    path: '/api/blobs/{sessionId}/{itemId}',
    summary: 'A verified picture of a session, or file of a ticket, that the person may see.',
    response: { description: 'The bytes.', mediaType: 'image/*' },
    errors: ['not-found'],
  },
];

/** The relay's HTTP API: one table for the routes and for the document that describes them. */
export function apiRoutes(parts: RouteParts): ApiRoute[] {
  const { people, signIns, tickets, trustProxy, directoryFor } = parts;

  const begin: BeginSignIn = async (request, started, before) => {
    if (!started.ok) return refusal(started.reason);
    const { token, lifetimeMs } = started.value;
    // One browser, one sign-in: the earlier one must not live on unseen.
    if (before) await people.signOut(before.signInId);
    const signedIn = await people.byToken(token);
    const directory = signedIn && (await directoryFor(signedIn.person));
    if (!directory) return refusal('internal');
    return answer(directory, { 'set-cookie': setCookie(request, token, lifetimeMs) });
  };

  const invitations = new Invitations(parts.storage, parts.streams, people, parts.clock);

  const routes: ApiRoute[] = [
    route({
      method: 'post',
      path: '/api/sign-in',
      summary: 'Signs an employee in; sets the cookie.',
      open: true,
      body: signInSchema,
      response: { schema: directorySchema, description: 'Who is signed in, as /api/me.' },
      errors: ['malformed', 'too-large', 'wrong-origin', 'wrong-credentials', 'too-many-requests'],
      async handle({ context, request, body, signedIn }) {
        const address = clientAddress(context, trustProxy);
        return begin(request, await signIns.withPassword(body.email, body.password, address), signedIn);
      },
    }),
    route({
      method: 'post',
      path: '/api/code',
      summary: "Signs somebody in by a machine's access code; sets the cookie.",
      open: true,
      body: codeSignInSchema,
      response: { schema: directorySchema, description: 'Who is signed in, as /api/me.' },
      errors: ['malformed', 'too-large', 'wrong-origin', 'unknown-code', 'too-many-requests'],
      async handle({ context, request, body, signedIn }) {
        const address = clientAddress(context, trustProxy);
        const token = tokenOf(request);
        const former = signedIn || token === undefined ? undefined : await people.formerCodeUser(token);
        const before = signedIn?.person ?? former?.person;
        const started = await signIns.withCode(body.code, body.name, address, before);
        if (started.ok && former) await people.signOut(former.signInId);
        return begin(request, started, signedIn);
      },
    }),
    route({
      method: 'post',
      path: '/api/sign-out',
      summary: 'Ends the sign-in and every socket of it.',
      open: true,
      errors: ['wrong-origin'],
      async handle({ request, signedIn }) {
        if (signedIn) await people.signOut(signedIn.signInId);
        return new Response(null, {
          status: 204,
          headers: { 'cache-control': 'no-store', 'set-cookie': setCookie(request, '', 0) },
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/me',
      summary: 'Who is signed in, and what they may know of the organization.',
      response: { schema: directorySchema, description: 'The person and their directory.' },
      errors: [],
      async handle({ signedIn }) {
        const directory = signedIn && (await directoryFor(signedIn.person));
        return directory ? answer(directory) : refusal('not-signed-in');
      },
    }),
    route({
      method: 'post',
      path: '/api/socket-tickets',
      summary: 'A ticket that opens one socket once, within a minute.',
      body: socketTicketRequestSchema,
      response: { schema: socketTicketSchema, description: 'The ticket.' },
      errors: [
        'malformed',
        'too-large',
        'wrong-origin',
        'not-found',
        'forbidden',
        'not-assigned',
        'no-call',
        'call-over',
        'too-many-requests',
      ],
      async handle({ body, signedIn }) {
        if (!signedIn) return refusal('not-signed-in');
        const minted = await tickets.mint(body, signedIn);
        return minted.ok ? answer(minted.value) : refusal(minted.reason);
      },
    }),
    route({
      method: 'get',
      path: '/healthz',
      summary: 'Whether the relay is ready.',
      open: true,
      response: { schema: v.object({ status: v.literal('ok') }), description: 'It is.' },
      errors: [],
      async handle() {
        return answer({ status: 'ok' });
      },
    }),
    route({
      method: 'get',
      path: '/api/openapi.json',
      summary: 'This document.',
      open: true,
      response: { description: 'OpenAPI 3.1.' },
      errors: [],
      async handle() {
        return answer(document);
      },
    }),
    ...peopleRoutes(parts, invitations, begin),
    ...passkeyRoutes(parts, invitations, begin),
    ...guestRoutes(parts, begin),
    ...callRoutes(parts),
  ];
  const document = openApiDocument([...routes, ...mounted]);
  return routes;
}
