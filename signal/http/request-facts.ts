import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Context } from 'hono';

const cookieName = 'sightline';

/** The sign-in's token in the cookie. */
export function tokenOf(request: Request): string | undefined {
  const header = request.headers.get('cookie') ?? '';
  for (const part of header.split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === cookieName && value && value.length <= 64) return value;
  }
  return undefined;
}

/** Whether the client speaks TLS, as a proxy in front says. */
function isSecure(request: Request): boolean {
  return request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';
}

export function setCookie(request: Request, token: string, lifetimeMs: number): string {
  const age = Math.floor(lifetimeMs / 1000);
  const secure = isSecure(request) ? '; Secure' : '';
  return `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure}`;
}

/**
 * Where a request comes from, as the key for limits: an IPv4 address, or the network of an IPv6 one. The forwarded
 * address counts only where a proxy is known to set it.
 */
export function clientAddress(context: Context, trustProxy: boolean): string {
  const forwarded = trustProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage };
  const address = forwarded || incoming?.socket.remoteAddress || 'unknown';
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (!isIPv6(plain)) return plain;
  // Everybody has a whole /64; two spellings of one network must not count twice.
  return new URL(`http://[${plain}]`).hostname
    .replace(/^\[|\]$/g, '')
    .split(':')
    .slice(0, 4)
    .join(':');
}
