import type { SessionId } from '#domain/ids.ts';
import type { CommandOutcome } from '#domain/protocol/sync-messages.ts';
import type { RelayCommand } from '#domain/session/commands.ts';
import type { Decision } from '#domain/session/decide.ts';
import type { SessionEvent, SessionEventBody } from '#domain/session/events.ts';
import type { Person } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { Sessions } from '../ports.ts';
import type { StreamItem } from '../storage/relay-storage.ts';
import type { StreamLog } from './stream-log.ts';

/** One session before and after a batch of events that is durable by now. */
export interface SessionChange {
  before: VideoSession | undefined;
  after: VideoSession;
  events: SessionEvent[];
}

/** The streams as those parts of the relay see them that know sessions alone. */
export class SessionLog implements Sessions {
  readonly #streams: StreamLog;

  constructor(streams: StreamLog) {
    this.#streams = streams;
  }

  async get(id: SessionId): Promise<VideoSession | undefined> {
    const loaded = await this.#streams.load(id);
    return loaded?.kind === 'session' ? (loaded.state as VideoSession) : undefined;
  }

  findByScreenshot(screenshotId: string): Promise<VideoSession | undefined> {
    return this.#find({ kind: 'screenshot', id: screenshotId });
  }

  findByCall(callId: string): Promise<VideoSession | undefined> {
    return this.#find({ kind: 'call', id: callId });
  }

  onAppended(listener: (session: VideoSession, events: SessionEvent[]) => void): () => void {
    return this.onChange(({ after, events }) => listener(after, events));
  }

  onChange(listener: (change: SessionChange) => void): () => void {
    return this.#streams.onChange(({ before, after, events }) => {
      if (after.kind !== 'session') return;
      listener({
        before: before?.state as VideoSession | undefined,
        after: after.state as VideoSession,
        events: [...events] as SessionEvent[],
      });
    });
  }

  async submit(sessionId: SessionId, command: RelayCommand): Promise<Decision> {
    const verdict = await this.#streams.submit('session', sessionId, command);
    return verdict.ok ? { ok: true, value: verdict.value.bodies as SessionEventBody[] } : verdict;
  }

  propose(person: Person, proposals: readonly unknown[]): Promise<CommandOutcome[]> {
    return this.#streams.propose(person, proposals);
  }

  /** Waits until everything that was submitted is settled. */
  idle(): Promise<void> {
    return this.#streams.idle();
  }

  async #find(item: StreamItem): Promise<VideoSession | undefined> {
    const id = await this.#streams.streamOf(item);
    return id && this.get(id as SessionId);
  }
}
