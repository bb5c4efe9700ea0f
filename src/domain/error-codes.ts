/**
 * Every reason for which something is refused or fails, by its stable code. Sentences for people are kept in one
 * table in the interface (`lib/ui/errors`), in both languages.
 */
export const errorCodes = [
  // Shape and size of what came in
  'malformed',
  'too-large',
  'unsupported-version',
  'too-many-requests',
  'unknown-command',
  // Who may
  'not-found',
  'not-signed-in',
  'wrong-credentials',
  'unknown-code',
  'forbidden',
  'wrong-origin',
  'ticket-invalid',
  // Session rules
  'requests-switched-off',
  'direct-call-switched-off',
  'reason-missing',
  'reason-too-long',
  'device-missing',
  'ticket-unknown',
  'already-exists',
  'stale',
  'illegal-transition',
  'not-assigned',
  'not-responsible',
  'start-reserved-for-employee',
  'cancel-switched-off',
  'call-running',
  'no-call',
  'call-over',
  'call-full',
  'already-answered',
  'session-closed',
  'employee-unknown',
  'last-employee',
  'text-missing',
  'text-too-long',
  'service-switched-off',
  'rating-switched-off',
  'not-completed',
  'already-rated',
  'customer-unknown',
  // Tickets, people, devices
  'ticket-closed',
  'message-unknown',
  'name-missing',
  'email-invalid',
  'last-administrator',
  'limit-reached',
  'support-switched-off',
  'link-invalid',
  'password-too-short',
  'confirm-identity',
  'passkey-refused',
  'passkey-cancelled',
  'passkey-unavailable',
  'last-way-in',
  // Pictures and uploads
  'hash-mismatch',
  'length-mismatch',
  'type-not-allowed',
  'type-mismatch',
  'picture-too-large',
  'item-unknown',
  'storage-full',
  // Devices of the person, network
  'camera-denied',
  'camera-missing',
  'camera-busy',
  'camera-unplugged',
  'camera-ended',
  'camera-interrupted',
  'microphone-denied',
  'microphone-missing',
  'microphone-busy',
  'microphone-unplugged',
  'microphone-ended',
  'microphone-interrupted',
  'media-unsupported',
  'relay-unreachable',
  'link-failed',
  'not-saved-here',
  'open-elsewhere',
  'update-needed',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

const known: ReadonlySet<string> = new Set(errorCodes);

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && known.has(value);
}

/** The code of something thrown, `internal` when it has none. */
export function codeOf(error: unknown): ErrorCode {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return isErrorCode(code) ? code : 'internal';
}

/** An unexpected failure that still has a stable code for the screen. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string = code, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CodedError';
    this.code = code;
  }
}
