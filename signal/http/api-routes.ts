import type { Context, Hono } from 'hono';
import * as v from 'valibot';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { SignedIn } from '../people/people-service.ts';
import { refusal, statusOf } from './answers.ts';
import { toJsonSchema, type JsonSchema } from './json-schema.ts';
import { readJson } from './read-body.ts';
import { setCookie } from './request-facts.ts';

interface RouteFacts {
  method: 'get' | 'post' | 'patch' | 'head' | 'delete';
  /** In the spelling of OpenAPI: `/api/blobs/{sessionId}`. */
  path: string;
  summary: string;
  /** What it answers on success; absent: no body. */
  response?: { schema?: v.GenericSchema; description: string; mediaType?: string };
  errors: ErrorCode[];
  /** Open to whoever is not signed in. */
  open?: boolean;
}

/** One route of the HTTP API: what the document says of it and what it does stand together. */
export interface ApiRoute extends RouteFacts {
  body?: v.GenericSchema;
  handle(call: ApiCall): Promise<Response>;
}

/** A route that another part of the relay mounts; here for the document alone. */
export type MountedRoute = RouteFacts & { requestMediaType?: string };

export interface ApiCall {
  context: Context;
  request: Request;
  /** The parsed body, as the route's schema makes it. */
  body: unknown;
  /** Absent on open routes for whoever is not signed in. */
  signedIn: SignedIn | undefined;
}

/** Types a route by the schema of its body. */
export function route<S extends v.GenericSchema>(
  facts: RouteFacts & {
    body: S;
    handle(call: ApiCall & { body: v.InferOutput<S> }): Promise<Response>;
  },
): ApiRoute;
export function route(facts: RouteFacts & { handle(call: ApiCall): Promise<Response> }): ApiRoute;
export function route(facts: ApiRoute): ApiRoute {
  return facts;
}

/** Registers the routes: sign-in and body are checked here, before a handler sees anything. */
export function registerRoutes(
  app: Hono,
  routes: readonly ApiRoute[],
  authenticate: (request: Request) => Promise<SignedIn | undefined>,
): void {
  for (const one of routes) {
    app.on(one.method.toUpperCase(), one.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (context) => {
      const request = context.req.raw;
      const signedIn = await authenticate(request);
      if (!signedIn && !one.open) return refusal('not-signed-in');
      const renewed = (response: Response): Response => {
        if (signedIn?.renewed && !response.headers.has('set-cookie')) {
          const { token, lifetimeMs } = signedIn.renewed;
          response.headers.append('set-cookie', setCookie(request, token, lifetimeMs));
        }
        return response;
      };
      if (!one.body) return renewed(await one.handle({ context, request, body: undefined, signedIn }));
      const json = await readJson(request);
      if (!json.ok) return refusal(json.reason);
      const body = v.safeParse(one.body, json.value);
      if (!body.success) return refusal('malformed');
      return renewed(await one.handle({ context, request, body: body.output, signedIn }));
    });
  }
}

/** The OpenAPI 3.1 document of these routes. */
export function openApiDocument(routes: readonly (ApiRoute | MountedRoute)[]): JsonSchema {
  const paths: Record<string, JsonSchema> = {};
  for (const one of routes) paths[one.path] = { ...paths[one.path], [one.method]: operation(one) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sightline relay',
      version: '1',
      description: 'Requests that change something need the Origin header of the relay or an allowed one.',
    },
    paths,
    components: {
      securitySchemes: { signIn: { type: 'apiKey', in: 'cookie', name: 'sightline' } },
      schemas: {
        Error: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] },
      },
    },
  };
}

function operation(one: ApiRoute | MountedRoute): JsonSchema {
  const parameters = [...one.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    summary: one.summary,
    security: one.open ? [] : [{ signIn: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBody(one),
    responses: { ...success(one), ...failures(one) },
  };
}

function requestBody(one: ApiRoute | MountedRoute): JsonSchema {
  if ('body' in one && one.body)
    return {
      requestBody: { required: true, content: { 'application/json': { schema: toJsonSchema(one.body) } } },
    };
  return 'requestMediaType' in one && one.requestMediaType
    ? { requestBody: { content: { [one.requestMediaType]: {} } } }
    : {};
}

function success(one: ApiRoute | MountedRoute): JsonSchema {
  const { response } = one;
  if (!response) return { 204: { description: 'Done.' } };
  const { schema, description, mediaType } = response;
  return {
    200: {
      description,
      content: { [mediaType ?? 'application/json']: schema ? { schema: toJsonSchema(schema) } : {} },
    },
  };
}

/** Several codes may share a status. */
function failures(one: ApiRoute | MountedRoute): JsonSchema {
  const codes: ErrorCode[] = [...one.errors, ...(one.open ? [] : (['not-signed-in'] as const))];
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.join(', '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}
