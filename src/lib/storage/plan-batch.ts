import type { SessionId } from '#domain/ids.ts';
import { refuse, type Result } from '#domain/result.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import { applyEvent, LogError } from '#domain/session/fold.ts';
import type { VideoSession } from '#domain/session/video-session.ts';

export interface BatchPlan {
  events: SessionEvent[];
  sessions: VideoSession[];
}

export function streamsOf(events: SessionEvent[]): SessionId[] {
  return [...new Set(events.map((event) => event.streamId))];
}

/**
 * What a batch adds to the sessions as they stand. Events that a session has already are left out; their order
 * within a stream decides, not their order in the batch. Refuses a gap or a log that cannot be.
 */
export function planBatch(
  known: ReadonlyMap<SessionId, VideoSession>,
  events: SessionEvent[],
): Result<BatchPlan, 'malformed'> {
  const sessions = new Map(known);
  const changed = new Set<SessionId>();
  const added: SessionEvent[] = [];
  const inOrder = events.toSorted((a, b) => a.seq - b.seq);
  try {
    for (const event of inOrder) {
      const before = sessions.get(event.streamId);
      if (before && event.seq <= before.seq) continue;
      sessions.set(event.streamId, applyEvent(before, event));
      changed.add(event.streamId);
      added.push(event);
    }
  } catch (error) {
    if (error instanceof LogError) return refuse('malformed');
    throw error;
  }
  const after = [...changed].flatMap((id) => sessions.get(id) ?? []);
  return { ok: true, value: { events: added, sessions: after } };
}
