import type { ErrorCode } from '#domain/error-codes.ts';
import type { Result } from '#domain/result.ts';

/** What an action answers: its value, or the reason why not. */
export type Outcome<T = void> = Result<T, ErrorCode>;
