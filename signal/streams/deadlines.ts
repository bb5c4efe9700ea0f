import type { Logger } from 'pino';
import type { SessionId } from '#domain/ids.ts';
import { nextDeadline } from '#domain/session/deadlines.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { RelayClock } from '../clock.ts';
import type { SessionLog } from './session-log.ts';

const tryAgainMs = 1000;

/** Does what is due by itself, on the relay's clock: missed calls, closing after the review, erasing. */
export class DeadlineScheduler {
  readonly #sessions: SessionLog;
  readonly #clock: RelayClock;
  readonly #log: Logger;
  readonly #purge: (session: VideoSession) => Promise<void>;
  readonly #timers = new Map<SessionId, () => void>();
  readonly #stop: () => void;

  /** `purge`: erases a session that has been kept long enough. */
  constructor(
    sessions: SessionLog,
    clock: RelayClock,
    log: Logger,
    purge: (session: VideoSession) => Promise<void>,
  ) {
    this.#sessions = sessions;
    this.#clock = clock;
    this.#log = log;
    this.#purge = purge;
    this.#stop = sessions.onAppended((session) => this.watch(session));
  }

  /** Looks at a session anew; also at start, for what fell due while the relay was down. */
  watch(session: VideoSession, atLeastMs = 0): void {
    this.#timers.get(session.id)?.();
    this.#timers.delete(session.id);
    const deadline = nextDeadline(session);
    if (!deadline) return;
    const waitMs = Math.max(atLeastMs, deadline.atMs - this.#clock.nowMs());
    this.#timers.set(
      session.id,
      this.#clock.after(waitMs, () => void this.#due(session.id)),
    );
  }

  close(): void {
    this.#stop();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  async #due(id: SessionId): Promise<void> {
    this.#timers.delete(id);
    try {
      const session = await this.#sessions.get(id);
      const deadline = session && nextDeadline(session);
      if (!session || !deadline) return;
      if (deadline.atMs > this.#clock.nowMs()) return this.watch(session);
      const decision = await this.#sessions.submit(id, deadline.command);
      if (decision.ok && deadline.command.type === 'relay.purge') return await this.#purge(session);
      if (decision.ok) return;
      const now = await this.#sessions.get(id);
      if (now && !this.#timers.has(id)) this.watch(now, tryAgainMs);
    } catch (error) {
      this.#log.error({ err: error }, 'deadline');
    }
  }
}
