import type { ErrorCode } from '#domain/error-codes.ts';

export type DeviceKind = 'camera' | 'microphone';

/** Which of the known failures an error of `getUserMedia` is. */
export function mediaFailure(kind: DeviceKind, error: unknown): ErrorCode {
  const name = typeof error === 'object' && error !== null ? (error as { name?: unknown }).name : undefined;
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return `${kind}-denied`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `${kind}-missing`;
    case 'NotReadableError':
    case 'AbortError':
      return `${kind}-busy`;
    default:
      return 'media-unsupported';
  }
}
