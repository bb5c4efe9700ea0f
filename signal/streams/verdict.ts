import type { ErrorCode } from '#domain/error-codes.ts';
import type { Result } from '#domain/result.ts';
import type { StreamEventBody } from '../storage/relay-storage.ts';

/** What became of a command: its events and the number of the last one, or why it was refused. */
type Accepted = { bodies: StreamEventBody[]; seq: number };
export type Verdict = Result<Accepted, ErrorCode>;
