import { reconnectGraceMs } from '#domain/session/decide-call.ts';
import type { CallSnapshot } from '../../call/call-snapshot.ts';

/** How long a lost link may stay away before the call is over for whoever lost it, in seconds. */
export const reconnectSeconds = reconnectGraceMs / 1000;

/** The call's link as the screens tell it. */
export class CallLink {
  readonly #source: { readonly snapshot: CallSnapshot };

  constructor(source: { readonly snapshot: CallSnapshot }) {
    this.#source = source;
  }

  /** It stood, and is gone. */
  get reconnecting(): boolean {
    const { link, linkedAtMs } = this.#source.snapshot;
    return linkedAtMs !== null && (link === 'reconnecting' || link === 'lost');
  }

  /** The call stood, and everybody else is gone: by a closed page, or on the way to the log's word of it. */
  get alone(): boolean {
    const { participants, linkedAtMs } = this.#source.snapshot;
    return linkedAtMs !== null && participants.length === 0;
  }

  /** Of the time of grace, at this moment of the device's clock. */
  secondsLeft(nowMs: number): number {
    const sinceMs = this.#source.snapshot.reconnectingSinceMs ?? nowMs;
    return Math.max(0, reconnectSeconds - Math.floor((nowMs - sinceMs) / 1000));
  }

  /** How long the call has been standing, in milliseconds; undefined before it does. */
  elapsedMs(nowMs: number): number | undefined {
    const { linkedAtMs } = this.#source.snapshot;
    return linkedAtMs === null ? undefined : nowMs - linkedAtMs;
  }
}
