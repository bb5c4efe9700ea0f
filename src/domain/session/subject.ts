import * as v from 'valibot';
import {
  id,
  type CodeUserId,
  type DeviceId,
  type EmployeeId,
  type GuestId,
  type OrganizationId,
  type SessionId,
} from '../ids.ts';

const name = v.pipe(v.string(), v.maxLength(120));

export const employeeRoles = ['employee', 'moderator', 'administrator'] as const;
export type EmployeeRole = (typeof employeeRoles)[number];

const codeUserSubjectSchema = v.object({
  kind: v.literal('codeUser'),
  id: id<CodeUserId>(),
  organizationId: id<OrganizationId>(),
  deviceId: id<DeviceId>(),
  name,
});
const employeeSubjectSchema = v.object({
  kind: v.literal('employee'),
  id: id<EmployeeId>(),
  organizationId: id<OrganizationId>(),
  name,
  role: v.picklist(employeeRoles),
  /** The devices this employee answers for. */
  responsibleFor: v.union([v.literal('all'), v.array(id<DeviceId>())]),
});
const guestSubjectSchema = v.object({
  kind: v.literal('guest'),
  id: id<GuestId>(),
  organizationId: id<OrganizationId>(),
  sessionId: id<SessionId>(),
  name,
  /** Sequence number of the session's log when the link was made; absent: at its beginning. */
  linkSeq: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

/** Somebody the relay knows: from the sign-in, never from what a client says of itself. */
export const subjectSchema = v.variant('kind', [
  codeUserSubjectSchema,
  employeeSubjectSchema,
  guestSubjectSchema,
]);

export type CodeUserSubject = v.InferOutput<typeof codeUserSubjectSchema>;
export type EmployeeSubject = v.InferOutput<typeof employeeSubjectSchema>;
export type GuestSubject = v.InferOutput<typeof guestSubjectSchema>;
/** A person as the relay knows them. */
export type Person = v.InferOutput<typeof subjectSchema>;
/** The relay itself: automatic changes on its own clock. */
interface RelaySubject {
  kind: 'relay';
}
export type Subject = Person | RelaySubject;

/** Who did something, as an event keeps it: `id` is absent for the relay. */
export const actorSchema = v.object({
  kind: v.picklist(['codeUser', 'employee', 'guest', 'relay']),
  id: v.optional(v.string()),
  name: v.optional(name),
});
export type Actor = v.InferOutput<typeof actorSchema>;

export function actorOf(subject: Subject): Actor {
  return subject.kind === 'relay'
    ? { kind: 'relay' }
    : { kind: subject.kind, id: subject.id, name: subject.name };
}

export function isResponsible(subject: EmployeeSubject, deviceId: string): boolean {
  return subject.responsibleFor === 'all' || subject.responsibleFor.some((own) => own === deviceId);
}

export function isModerator(subject: EmployeeSubject): boolean {
  return subject.role !== 'employee';
}
