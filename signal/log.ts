import { pino, type DestinationStream, type Logger } from 'pino';

/** Keys under which something stands that nobody may read in a log. */
const secretKeys = [
  'ticket',
  'token',
  'cookie',
  'authorization',
  'password',
  'code',
  'accessCode',
  'email',
  'name',
  'reason',
  'text',
  'credential',
  'secret',
  'sdp',
];
const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** The path of an address without its query: tickets travel in queries. Access codes stand in `/c/<code>`. */
export function loggablePath(url: string | undefined): string {
  const path = (url ?? '').split(/[?#]/, 1)[0] ?? '';
  return path.startsWith('/c/') ? '/c/…' : path.slice(0, 200);
}

/** What of an error goes into the log: its kind and where, not values that it quotes. */
function loggableError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const at = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' && /^[\w-]{1,60}$/.test(code) ? { failure: code } : {}),
    at: at.slice(0, 12).join('\n'),
  };
}

/** The relay's log: JSON lines without queries, tokens, codes or names. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    redact: { paths, censor: '…' },
    serializers: { err: loggableError, error: loggableError, url: (url: string) => loggablePath(url) },
  };
  return destination ? pino(options, destination) : pino(options);
}
