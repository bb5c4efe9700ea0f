import type { ErrorCode } from '#domain/error-codes.ts';

const byCode: Partial<Record<ErrorCode, number>> = {
  malformed: 400,
  'not-signed-in': 401,
  'passkey-refused': 401,
  'wrong-credentials': 401,
  'unknown-code': 401,
  forbidden: 403,
  'confirm-identity': 403,
  'wrong-origin': 403,
  'not-assigned': 403,
  'not-responsible': 403,
  'not-found': 404,
  'link-invalid': 404,
  'already-exists': 409,
  'last-administrator': 409,
  'last-way-in': 409,
  stale: 409,
  'no-call': 409,
  'call-over': 409,
  'call-full': 409,
  'already-answered': 409,
  'too-large': 413,
  'too-many-requests': 429,
  internal: 500,
  'storage-full': 507,
};

/** The HTTP status of a refusal. */
export function statusOf(code: ErrorCode): number {
  return byCode[code] ?? 400;
}

export function refusal(code: ErrorCode, headers: Record<string, string> = {}): Response {
  return Response.json(
    { code },
    { status: statusOf(code), headers: { 'cache-control': 'no-store', ...headers } },
  );
}

export function answer(body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, { headers: { 'cache-control': 'no-store', ...headers } });
}

/** An answer without a body. */
export function done(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers: { 'cache-control': 'no-store', ...headers } });
}
