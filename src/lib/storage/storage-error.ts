import { CodedError } from '#domain/error-codes.ts';

/** Turns a failure of the store into one with a code: full, or not kept for another reason. */
export function storageError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  return new CodedError(isQuota(error) ? 'storage-full' : 'not-saved-here', 'the store failed', {
    cause: error,
  });
}

function isQuota(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, inner } = error as { name?: unknown; inner?: unknown };
  return name === 'QuotaExceededError' || isQuota(inner);
}
