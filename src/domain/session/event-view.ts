import type { SessionEvent, SessionEventType } from './events.ts';
import type { Subject } from './subject.ts';

/** What stays among the employees. */
const officeOnly: ReadonlySet<SessionEventType> = new Set<SessionEventType>([
  'note.added',
  'session.customer-linked',
  'session.customer-unlinked',
]);
/** What is between the one who said it and the employees. */
const confidential: ReadonlySet<SessionEventType> = new Set<SessionEventType>([
  'rating.given',
  'rating.skipped',
]);

/**
 * An event as this person may have it. Where it is not for them, `session.withheld` stands in its place: with the same
 * number, so that the log has no gap, and nothing of who did what. Asked for everything that goes to a person, after
 * `visible`.
 */
export function eventFor(subject: Subject, event: SessionEvent): SessionEvent {
  if (subject.kind === 'relay' || subject.kind === 'employee') return event;
  const own = event.actor.kind === subject.kind && event.actor.id === subject.id;
  if (!officeOnly.has(event.type) && (own || !confidential.has(event.type))) return event;
  const { streamId, seq, position, atMs } = event;
  return { streamId, seq, position, atMs, actor: { kind: 'relay' }, type: 'session.withheld', payload: {} };
}
