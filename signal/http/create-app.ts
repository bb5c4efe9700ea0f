import { Hono } from 'hono';
import type { Logger } from 'pino';
import { loggablePath } from '../log.ts';
import { isAllowedOrigin } from '../sockets/origin.ts';
import { refusal } from './answers.ts';
import { ModelFiles, modelsPath } from './model-files.ts';
import { StaticFiles } from './static-files.ts';

/** On every answer, unless the answer has a stricter one of its own. */
const securityHeaders = {
  'content-security-policy': "frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()',
} as const;

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The application that everything is mounted on: headers, origin check, faults, and the app's files at the end. */
export function createApp(options: {
  allowedOrigins: readonly string[];
  appDir: string | undefined;
  modelsDirs: readonly string[];
  log: Logger;
}): Hono {
  const { allowedOrigins, appDir, modelsDirs, log } = options;
  const models = new ModelFiles(modelsDirs, log);
  const files = appDir === undefined ? undefined : new StaticFiles(appDir);
  const app = new Hono();

  app.use('*', async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders))
      if (!context.res.headers.has(name)) context.header(name, value);
  });
  app.use('/api/*', async (context, next) => {
    const { method, headers } = context.req.raw;
    if (harmless.has(method)) return next();
    const facts = {
      origin: headers.get('origin'),
      host: headers.get('host'),
      forwardedProto: headers.get('x-forwarded-proto'),
    };
    return isAllowedOrigin(facts, allowedOrigins) ? next() : refusal('wrong-origin');
  });
  app.onError((error, context) => {
    log.error({ err: error, path: loggablePath(context.req.path) }, 'request');
    return refusal('internal');
  });
  app.notFound((context) => {
    const { path, raw } = context.req;
    const isPage = path !== '/api' && !path.startsWith('/api/') && !path.startsWith('/sockets/');
    const isRead = raw.method === 'GET' || raw.method === 'HEAD';
    if (isRead && path.startsWith(modelsPath)) return models.serve(raw);
    return files && isPage && isRead ? files.serve(raw) : refusal('not-found');
  });
  return app;
}
