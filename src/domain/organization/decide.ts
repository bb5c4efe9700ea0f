import type { ErrorCode } from '../error-codes.ts';
import { ok, refuse, type Result } from '../result.ts';
import type { Subject } from '../session/subject.ts';
import { isVisible, written } from '../visible-text.ts';
import { applySettings } from './apply-settings.ts';
import type { OrganizationCommand, OrganizationServiceCommand } from './commands.ts';
import {
  maxContactLength,
  maxDeviceNameLength,
  maxNameLength,
  type OrganizationEventBody,
} from './events.ts';
import { administrators, deviceOf, employeeOf, type Employee, type Organization } from './organization.ts';
import { organizationVerdict, type OrganizationAction } from './permissions.ts';

/** What the relay knows around an organization when it judges a command. */
export interface OrganizationContext {
  subject: Subject;
  /** The device by which a code user came in; undefined for one that is not this organization's. */
  codeUserDevice(codeUserId: string): string | undefined;
}

export type OrganizationDecision = Result<OrganizationEventBody[], ErrorCode>;

const maxEmployees = 2000;
const maxDevices = 10_000;
const maxCustomers = 20_000;
const emailPattern = /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/;

/** Judges a command against the organization as it stands. Pure: the events to append, or the reason why not. */
export function decideOrganization(
  organization: Organization | undefined,
  command: OrganizationCommand | OrganizationServiceCommand,
  context: OrganizationContext,
): OrganizationDecision {
  if (!organization) return refuse('not-found');
  const allowed = organizationVerdict(context.subject, actionOf(command), organization);
  if (allowed !== true) return refuse(allowed);
  switch (command.type) {
    case 'organization.change-settings':
      return changeSettings(organization, command.payload.changes);
    case 'employee.invite':
    case 'employee.rename':
    case 'employee.set-role':
    case 'employee.set-responsibilities':
    case 'employee.deactivate':
    case 'employee.reactivate':
      return decideEmployee(organization, command);
    case 'device.add':
    case 'device.rename':
    case 'device.set-responsible':
    case 'device.revoke-code':
    case 'device.set-support':
      return decideDevice(organization, command);
    case 'customer.add':
    case 'customer.change':
    case 'customer.link':
    case 'customer.unlink':
      return decideCustomer(organization, command, context);
    case 'assistant.configure':
      return ok([{ type: 'assistant.configured', payload: command.payload }]);
    case 'service.rotate-code':
    case 'service.code-used':
    case 'service.join':
      return decideService(organization, command, context.subject);
    default:
      return refuse((command satisfies never, 'unknown-command'));
  }
}

function actionOf(command: OrganizationCommand | OrganizationServiceCommand): OrganizationAction {
  const [family] = command.type.split('.');
  switch (family) {
    case 'employee':
      return 'manageEmployees';
    case 'device':
      return command.type === 'device.revoke-code' ? 'manageCodes' : 'manageDevices';
    case 'customer':
      return 'manageCustomers';
    case 'assistant':
      return 'configureAssistant';
    case 'service':
      return 'manageCodes';
    default:
      return 'changeSettings';
  }
}

function changeSettings(
  organization: Organization,
  changes: Extract<OrganizationCommand, { type: 'organization.change-settings' }>['payload']['changes'],
): OrganizationDecision {
  const before = JSON.stringify(organization.settings);
  if (JSON.stringify(applySettings(organization.settings, changes)) === before) return ok([]);
  return ok([{ type: 'organization.settings-changed', payload: { changes } }]);
}

type EmployeeCommand = Extract<OrganizationCommand, { type: `employee.${string}` }>;

function decideEmployee(organization: Organization, command: EmployeeCommand): OrganizationDecision {
  if (command.type === 'employee.invite') return invite(organization, command.payload);
  const employee = employeeOf(organization, command.payload.employeeId);
  if (!employee) return refuse('employee-unknown');
  const { employeeId } = command.payload;
  switch (command.type) {
    case 'employee.rename': {
      const name = written(command.payload.name);
      const wrong = nameProblem(name, maxNameLength);
      if (wrong) return refuse(wrong);
      return name === employee.name
        ? ok([])
        : ok([{ type: 'employee.renamed', payload: { employeeId, name } }]);
    }
    case 'employee.set-role': {
      const { role } = command.payload;
      if (role === employee.role) return ok([]);
      if (isLastAdministrator(organization, employee)) return refuse('last-administrator');
      return ok([{ type: 'employee.role-set', payload: { employeeId, role } }]);
    }
    case 'employee.set-responsibilities': {
      const responsibleFor = known(organization, command.payload.responsibleFor);
      if (!responsibleFor) return refuse('not-found');
      if (sameDevices(responsibleFor, employee.responsibleFor)) return ok([]);
      return ok([{ type: 'employee.responsibilities-set', payload: { employeeId, responsibleFor } }]);
    }
    case 'employee.deactivate':
      if (employee.state === 'deactivated') return ok([]);
      if (isLastAdministrator(organization, employee)) return refuse('last-administrator');
      return ok([{ type: 'employee.deactivated', payload: { employeeId } }]);
    case 'employee.reactivate':
      return employee.state === 'deactivated'
        ? ok([{ type: 'employee.reactivated', payload: { employeeId } }])
        : ok([]);
  }
}

function invite(
  organization: Organization,
  payload: Extract<OrganizationCommand, { type: 'employee.invite' }>['payload'],
): OrganizationDecision {
  const name = written(payload.name);
  const email = payload.email.trim().toLowerCase();
  const wrong = nameProblem(name, maxNameLength);
  if (wrong) return refuse(wrong);
  if (email.length > 254 || !emailPattern.test(email)) return refuse('email-invalid');
  if (organization.employees.some((one) => one.id === payload.employeeId || one.email === email))
    return refuse('already-exists');
  if (organization.employees.length >= maxEmployees) return refuse('limit-reached');
  const responsibleFor = known(organization, payload.responsibleFor);
  if (!responsibleFor) return refuse('not-found');
  const { employeeId, role } = payload;
  return ok([{ type: 'employee.invited', payload: { employeeId, name, email, role, responsibleFor } }]);
}

function isLastAdministrator(organization: Organization, employee: Employee): boolean {
  const all = administrators(organization);
  return all.length === 1 && all[0]?.id === employee.id;
}

/** The same without doubles; undefined where a device is not the organization's. */
function known(
  organization: Organization,
  devices: Employee['responsibleFor'],
): Employee['responsibleFor'] | undefined {
  if (devices === 'all') return devices;
  const unique = [...new Set(devices)];
  return unique.every((one) => deviceOf(organization, one)) ? unique : undefined;
}

function sameDevices(one: Employee['responsibleFor'], other: Employee['responsibleFor']): boolean {
  if (one === 'all' || other === 'all') return one === other;
  return one.length === other.length && one.every((device) => other.includes(device));
}

type DeviceCommand = Extract<OrganizationCommand, { type: `device.${string}` }>;

function decideDevice(organization: Organization, command: DeviceCommand): OrganizationDecision {
  const { deviceId } = command.payload;
  const device = deviceOf(organization, deviceId);
  if (command.type === 'device.add' || command.type === 'device.rename') {
    const name = written(command.payload.name);
    const location = written(command.payload.location);
    const wrong = nameProblem(name, maxDeviceNameLength);
    if (wrong) return refuse(wrong);
    if (location.length > 200) return refuse('text-too-long');
    if (command.type === 'device.rename') {
      if (!device) return refuse('not-found');
      if (device.name === name && device.location === location) return ok([]);
      return ok([{ type: 'device.renamed', payload: { deviceId, name, location } }]);
    }
    if (device) return refuse('already-exists');
    if (organization.devices.length >= maxDevices) return refuse('limit-reached');
    return ok([{ type: 'device.added', payload: { deviceId, name, location } }]);
  }
  if (!device) return refuse('not-found');
  switch (command.type) {
    case 'device.set-responsible': {
      const employeeIds = [...new Set(command.payload.employeeIds)];
      if (!employeeIds.every((one) => employeeOf(organization, one))) return refuse('employee-unknown');
      return ok([{ type: 'device.responsible-set', payload: { deviceId, employeeIds } }]);
    }
    case 'device.revoke-code':
      if (!device.code) return refuse('item-unknown');
      if (device.code.state === 'revoked') return ok([]);
      return ok([{ type: 'device.code-revoked', payload: { deviceId, codeId: device.code.id } }]);
    case 'device.set-support': {
      const { enabled } = command.payload;
      if (device.supportEnabled === enabled) return ok([]);
      return ok([{ type: 'device.support-set', payload: { deviceId, enabled } }]);
    }
  }
}

type CustomerCommand = Extract<OrganizationCommand, { type: `customer.${string}` }>;

function decideCustomer(
  organization: Organization,
  command: CustomerCommand,
  context: OrganizationContext,
): OrganizationDecision {
  switch (command.type) {
    case 'customer.add':
    case 'customer.change': {
      const { customerId } = command.payload;
      const name = written(command.payload.name);
      const contact = written(command.payload.contact);
      const wrong =
        nameProblem(name, 200) ?? (contact.length > maxContactLength ? 'text-too-long' : undefined);
      if (wrong) return refuse(wrong);
      const exists = organization.customers.some((one) => one.id === customerId);
      if (command.type === 'customer.change')
        return exists
          ? ok([{ type: 'customer.changed', payload: { customerId, name, contact } }])
          : refuse('not-found');
      if (exists) return refuse('already-exists');
      if (organization.customers.length >= maxCustomers) return refuse('limit-reached');
      return ok([{ type: 'customer.added', payload: { customerId, name, contact } }]);
    }
    case 'customer.link': {
      const { customerId, codeUserId } = command.payload;
      if (!organization.customers.some((one) => one.id === customerId)) return refuse('not-found');
      const device = codeUserDeviceOf(organization, codeUserId, context);
      if (!device) return refuse('not-found');
      const present = organization.customerLinks.find((one) => one.codeUserId === codeUserId);
      if (present?.customerId === customerId) return ok([]);
      return ok([{ type: 'customer.linked', payload: { customerId, codeUserId, deviceId: device } }]);
    }
    case 'customer.unlink': {
      const { codeUserId } = command.payload;
      if (!codeUserDeviceOf(organization, codeUserId, context)) return refuse('not-found');
      return organization.customerLinks.some((one) => one.codeUserId === codeUserId)
        ? ok([{ type: 'customer.unlinked', payload: { codeUserId } }])
        : ok([]);
    }
  }
}

/** The device of a code user whom the subject may know of: an employee, by responsibility. */
function codeUserDeviceOf(organization: Organization, codeUserId: string, context: OrganizationContext) {
  const { subject } = context;
  const device = deviceOf(organization, context.codeUserDevice(codeUserId) ?? '');
  if (!device || subject.kind !== 'employee') return undefined;
  const knows =
    subject.role !== 'employee' ||
    subject.responsibleFor === 'all' ||
    subject.responsibleFor.includes(device.id);
  return knows ? device.id : undefined;
}

function decideService(
  organization: Organization,
  command: OrganizationServiceCommand,
  subject: Subject,
): OrganizationDecision {
  switch (command.type) {
    case 'service.rotate-code': {
      const { deviceId, codeId } = command;
      if (!deviceOf(organization, deviceId)) return refuse('not-found');
      return ok([{ type: 'device.code-rotated', payload: { deviceId, codeId } }]);
    }
    case 'service.code-used': {
      if (subject.kind !== 'relay') return refuse('forbidden');
      const { deviceId, codeId, by } = command;
      const code = deviceOf(organization, deviceId)?.code;
      if (code?.id !== codeId || code.state !== 'active') return refuse('stale');
      if (code.firstUsedAtMs !== undefined) return ok([]);
      return ok([
        { type: 'device.code-first-used', payload: { deviceId, codeId, by: by.slice(0, maxNameLength) } },
      ]);
    }
    case 'service.join': {
      if (subject.kind !== 'relay') return refuse('forbidden');
      const employee = employeeOf(organization, command.employeeId);
      if (!employee || employee.state === 'deactivated') return refuse('employee-unknown');
      return employee.state === 'active'
        ? ok([])
        : ok([{ type: 'employee.joined', payload: { employeeId: employee.id } }]);
    }
  }
}

function nameProblem(name: string, max: number): ErrorCode | undefined {
  if (!isVisible(name)) return 'name-missing';
  return name.length > max ? 'text-too-long' : undefined;
}
