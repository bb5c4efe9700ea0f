import { lastScore } from '#domain/session/rating.ts';
import type { Actor } from '#domain/session/subject.ts';
import { openLegs, type Leg, type StatusChange, type VideoSession } from '#domain/session/video-session.ts';
import { firstLine } from '../format.ts';
import { m } from '../messages.ts';
import type { Who } from '../primitives/types.ts';
import type { PersonView, SessionRowView, StatusReached } from '../session/types.ts';

/** The name of whoever did something, in words of the screen. */
export function actorName(actor: Actor): string {
  if (actor.kind === 'relay') return m.session_automatic();
  if (actor.name)
    return actor.kind === 'codeUser' && actor.name === anonymousName ? m.session_code_user() : actor.name;
  return actor.kind === 'guest' ? m.session_guest() : m.session_code_user();
}

/** What the relay calls a code user who gave no name. */
const anonymousName = 'Code user';

/** Employees are yellow first, whoever stands at the machine is cyan: fixed for the session, by order of coming. */
export function whoOf(session: VideoSession, participantId: string | undefined): Who {
  const employees = session.assigned.findIndex((employee) => employee.id === participantId);
  if (employees === 0) return 1;
  if (employees > 0) return employees % 2 === 1 ? 3 : 4;
  return 2;
}

/** A person of a session, ready for avatar and name. */
export function personOf(session: VideoSession, actor: Actor): PersonView {
  return {
    id: actor.id ?? actor.kind,
    name: actorName(actor),
    who: whoOf(session, actor.id),
    anonymous: actor.kind === 'codeUser' || actor.kind === 'guest',
  };
}

/** The steps since the session was opened or last reopened. */
export function reachedOf(session: VideoSession): StatusReached[] {
  return session.history.map((step) => ({
    status: step.status,
    atMs: step.atMs,
    actor: reachedBy(session, step),
  }));
}

/** Start and end of a call move the status by themselves, whoever pressed what. */
function reachedBy(session: VideoSession, step: StatusChange): string {
  if (step.status === 'IN_PROGRESS')
    return m.session_call_number({ number: callNumberAt(session, step.atMs) });
  return step.status === 'DONE' ? m.session_automatic() : actorName(step.actor);
}

function callNumberAt(session: VideoSession, atMs: number): number {
  return session.calls.findLast((call) => call.startedAtMs <= atMs)?.number ?? 1;
}

/** One line of a list. */
export function rowOf(
  session: VideoSession,
  ticketNumber: (id: string) => string | undefined,
  fresh: boolean,
): SessionRowView {
  return {
    id: session.id,
    href: `/sessions/${session.id}`,
    status: session.status,
    reason: firstLine(session.reason) || m.session_without_reason(),
    note: noteOf(session),
    device: session.device.name,
    people: session.assigned.map((employee) => ({ ...employee, who: whoOf(session, employee.id) })),
    ticket:
      session.ticketIds
        .map((id) => ticketNumber(id))
        .filter(Boolean)
        .join(', ') || undefined,
    rating: lastScore(session),
    updatedAtMs: session.updatedAtMs,
    fresh,
    visibility: session.visibility,
  };
}

function noteOf(session: VideoSession): string {
  const parts: string[] = [];
  const last = session.calls.at(-1);
  if (session.status === 'IN_PROGRESS' && last) {
    parts.push(m.session_call_number({ number: last.number }), ...openLegs(last).map(legName));
  } else {
    parts.push(actorName(session.openedBy));
    if (session.customer) parts.push(session.customer.name);
    if (session.calls.length > 0) parts.push(m.session_calls_count({ count: session.calls.length }));
    if (session.screenshots.length > 0)
      parts.push(m.session_pictures_count({ count: session.screenshots.length }));
  }
  return parts.join(' · ');
}

const legName = (leg: Leg): string => actorName({ kind: leg.kind, id: leg.participantId, name: leg.name });

/** One line of the people of a session. */
export interface PeopleRow {
  person: PersonView;
  note: string;
  /** An employee who conducts the session. */
  assigned: boolean;
}

/** A sentence that goes on after a comma. */
const withinSentence = (words: string): string => words.charAt(0).toLocaleLowerCase() + words.slice(1);

/** Who conducts the session, who received the request, who is at the machine. */
export function peopleOf(session: VideoSession): PeopleRow[] {
  const received = new Set(session.receivedBy.map((one) => one.id));
  const assigned = new Set(session.assigned.map((one) => one.id));
  const employees = session.assigned.map((one) => ({
    person: { ...one, who: whoOf(session, one.id) },
    note: received.has(one.id)
      ? `${m.session_responsible()}, ${withinSentence(m.session_received_request())}`
      : m.session_responsible(),
    assigned: true,
  }));
  const waiting = session.receivedBy
    .filter((one) => !assigned.has(one.id))
    .map((one) => ({ person: { ...one }, note: m.session_received_request(), assigned: false }));
  const actors = [
    session.openedBy,
    ...session.calls.flatMap((call) =>
      call.legs.map((leg) => ({ kind: leg.kind, id: leg.participantId, name: leg.name })),
    ),
  ];
  const others = new Map<string, PeopleRow>();
  for (const actor of actors) {
    if (actor.kind === 'employee' || actor.kind === 'relay' || others.has(actor.id ?? '')) continue;
    others.set(actor.id ?? '', {
      person: personOf(session, actor),
      note: m.session_at_device({ device: session.device.name }),
      assigned: false,
    });
  }
  return [...employees, ...waiting, ...others.values()];
}
