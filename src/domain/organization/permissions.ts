import type { ErrorCode } from '../error-codes.ts';
import type { Subject } from '../session/subject.ts';
import type { Organization } from './organization.ts';

/** Everything that a person can do to an organization. */
export const organizationActions = [
  'see',
  'changeSettings',
  'manageEmployees',
  'manageDevices',
  'manageCodes',
  'manageCustomers',
  'configureAssistant',
] as const;
export type OrganizationAction = (typeof organizationActions)[number];

/** In what part a person meets an organization. */
type OrganizationRole =
  'relay' | 'codeUser' | 'guest' | 'employee' | 'moderator' | 'administrator' | 'stranger';

function roleAt(subject: Subject, organization: Pick<Organization, 'id'>): OrganizationRole {
  if (subject.kind === 'relay') return 'relay';
  if (subject.organizationId !== organization.id) return 'stranger';
  return subject.kind === 'employee' ? subject.role : subject.kind;
}

type PersonRole = Exclude<OrganizationRole, 'relay' | 'stranger'>;
const administratorOnly = {
  codeUser: false,
  guest: false,
  employee: false,
  moderator: false,
  administrator: true,
} as const;

/** The permission table: a row for every action. */
export const organizationPermissions = {
  /** The events. Everybody else gets a Directory made of them. */
  see: administratorOnly,
  changeSettings: administratorOnly,
  manageEmployees: administratorOnly,
  manageDevices: administratorOnly,
  manageCodes: administratorOnly,
  manageCustomers: { codeUser: false, guest: false, employee: true, moderator: true, administrator: true },
  configureAssistant: administratorOnly,
} as const satisfies Record<OrganizationAction, Record<PersonRole, boolean>>;

/** Whether the events of an organization's stream are for this person. */
export function organizationVisible(subject: Subject, organization: Pick<Organization, 'id'>): boolean {
  return organizationVerdict(subject, 'see', organization) === true;
}

/** True, or the reason. Another organization does not exist for anybody. */
export function organizationVerdict(
  subject: Subject,
  action: OrganizationAction,
  organization: Pick<Organization, 'id'>,
): true | ErrorCode {
  const role = roleAt(subject, organization);
  if (role === 'relay') return true;
  if (role === 'stranger') return 'not-found';
  const row: Record<PersonRole, boolean> = organizationPermissions[action];
  return row[role] ? true : 'forbidden';
}
