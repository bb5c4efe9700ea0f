import type { CallId, OrganizationId, SessionId } from '../ids.ts';
import type { Actor } from './subject.ts';
import type { VideoSession } from './video-session.ts';

const day = 24 * 60 * 60_000;

/** When the stream of a session is erased, relay's time, and what then stays with the relay. */
export interface Purge {
  atMs: number;
  keeps: 'remnant' | 'nothing';
}

/** Undefined while the session has not ended, and where everything is kept (C3). */
export function purgeOf(session: VideoSession): Purge | undefined {
  const ended = session.history.at(-1);
  if (!ended || (session.status !== 'CLOSED' && session.status !== 'CANCELLED')) return undefined;
  const { retention, retentionDays, reviewMs } = session.settings;
  switch (retention) {
    case 'keep':
      return undefined;
    case 'days':
      return { atMs: ended.atMs + retentionDays * day, keeps: 'nothing' };
    case 'none':
      // A reason for which something was declined or cancelled can be read first.
      return { atMs: ended.atMs + (session.status === 'CANCELLED' ? reviewMs : 0), keeps: 'remnant' };
  }
}

/** Whether the session is to be erased by now: then it is as good as gone (purge beats everything). */
export function isPurgeDue(session: VideoSession, nowMs: number): boolean {
  const purge = purgeOf(session);
  return purge !== undefined && purge.atMs <= nowMs;
}

/** What 'none' leaves of a session: id, times and participants. */
export interface SessionRemnant {
  id: SessionId;
  organizationId: OrganizationId;
  createdAtMs: number;
  endedAtMs: number;
  calls: { id: CallId; startedAtMs: number; linkedAtMs?: number; endedAtMs?: number }[];
  participants: Actor[];
}

export function remnantOf(session: VideoSession): SessionRemnant {
  const people = new Map<string, Actor>();
  const add = (kind: Actor['kind'], id: string | undefined, name: string | undefined): void => {
    if (id !== undefined && !people.has(id)) people.set(id, { kind, id, ...(name ? { name } : {}) });
  };
  add(session.openedBy.kind, session.openedBy.id, session.openedBy.name);
  for (const who of session.assigned) add('employee', who.id, who.name);
  for (const call of session.calls) for (const leg of call.legs) add(leg.kind, leg.participantId, leg.name);
  return {
    id: session.id,
    organizationId: session.organizationId,
    createdAtMs: session.createdAtMs,
    endedAtMs: session.history.at(-1)?.atMs ?? session.updatedAtMs,
    calls: session.calls.map(({ id, startedAtMs, linkedAtMs, endedAtMs }) => ({
      id,
      startedAtMs,
      ...(linkedAtMs === undefined ? {} : { linkedAtMs }),
      ...(endedAtMs === undefined ? {} : { endedAtMs }),
    })),
    participants: [...people.values()],
  };
}
