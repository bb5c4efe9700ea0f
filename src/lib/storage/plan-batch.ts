import { kindOfType, type StreamEvent, type StreamId, type StreamKind } from '#domain/protocol/streams.ts';
import { refuse, type Result } from '#domain/result.ts';
import { LogError } from '#domain/session/fold.ts';
import type { OutboxItem } from './person-store.ts';
import { applyStreamEvent, type StateOf } from './stream-states.ts';

/** A stream's state, with the kind by which it is kept. */
export type KeptState = { [K in StreamKind]: { kind: K; state: StateOf<K> } }[StreamKind];

export interface BatchPlan {
  events: StreamEvent[];
  changed: KeptState[];
}

/** The streams of a batch, by kind, each once. */
export function streamsOf(events: StreamEvent[]): Map<StreamKind, StreamId[]> {
  const ids = new Map<StreamKind, Set<StreamId>>();
  for (const event of events) {
    const kind = kindOfType(event.type);
    const known = ids.get(kind);
    if (known) known.add(event.streamId);
    else ids.set(kind, new Set([event.streamId]));
  }
  return new Map([...ids].map(([kind, set]) => [kind, [...set]]));
}

/**
 * What a batch adds to the streams as they stand. Events that a stream has already are left out; their order within a
 * stream decides, not their order in the batch. Refuses a gap or a log that cannot be.
 */
export function planBatch(
  known: ReadonlyMap<StreamId, StateOf<StreamKind>>,
  events: StreamEvent[],
): Result<BatchPlan, 'malformed'> {
  const states = new Map<StreamId, StateOf<StreamKind>>(known);
  const changed = new Map<StreamId, StreamKind>();
  const added: StreamEvent[] = [];
  const inOrder = events.toSorted((a, b) => a.seq - b.seq);
  try {
    for (const event of inOrder) {
      const before = states.get(event.streamId);
      if (before && event.seq <= before.seq) continue;
      const kind = kindOfType(event.type);
      states.set(event.streamId, applyStreamEvent(kind, before, event));
      changed.set(event.streamId, kind);
      added.push(event);
    }
  } catch (error) {
    if (error instanceof LogError) return refuse('malformed');
    throw error;
  }
  const after = [...changed].map(([id, kind]) => ({ kind, state: states.get(id) }) as KeptState);
  return { ok: true, value: { events: added, changed: after } };
}

/** Whoever does not follow the organization never gets an event of it: what was accepted there is done. */
export function seqOfUnfollowed({ command }: OutboxItem): number {
  return kindOfType(command.type) === 'organization' ? Infinity : 0;
}
