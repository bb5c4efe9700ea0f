import { LogError } from '../session/fold.ts';
import { noAssistant } from './assistant.ts';
import type { OrganizationEvent } from './events.ts';
import {
  answersFor,
  deviceOf,
  employeeOf,
  type Device,
  type Employee,
  type Organization,
} from './organization.ts';
import { applySettings } from './apply-settings.ts';

/** The organization after one more event. Pure. Throws LogError for an event that cannot stand at this place. */
export function applyOrganizationEvent(
  organization: Organization | undefined,
  event: OrganizationEvent,
): Organization {
  if (event.type === 'organization.founded') {
    if (organization || event.seq !== 1) throw new LogError('an organization is founded once');
    return {
      id: event.streamId,
      name: event.payload.name,
      settings: event.payload.settings,
      employees: [],
      devices: [],
      customers: [],
      customerLinks: [],
      assistant: noAssistant,
      seq: 1,
      createdAtMs: event.atMs,
      updatedAtMs: event.atMs,
    };
  }
  if (!organization) throw new LogError('the first event must found the organization');
  if (event.streamId !== organization.id) throw new LogError('an event of another organization');
  if (event.seq !== organization.seq + 1)
    throw new LogError(`expected event ${organization.seq + 1}, got ${event.seq}`);
  return { ...advance(organization, event), seq: event.seq, updatedAtMs: event.atMs };
}

/** Folds a whole stream, in order. Undefined for an empty one. */
export function foldOrganization(events: Iterable<OrganizationEvent>): Organization | undefined {
  let organization: Organization | undefined;
  for (const event of events) organization = applyOrganizationEvent(organization, event);
  return organization;
}

function advance(organization: Organization, event: OrganizationEvent): Organization {
  switch (event.type) {
    case 'organization.founded':
      throw new LogError('an organization is founded once');
    case 'organization.settings-changed':
      return { ...organization, settings: applySettings(organization.settings, event.payload.changes) };
    case 'employee.invited': {
      const { employeeId, name, email, role, responsibleFor } = event.payload;
      if (employeeOf(organization, employeeId)) throw new LogError('an employee is invited once');
      const employee: Employee = {
        id: employeeId,
        name,
        email,
        role,
        responsibleFor,
        state: 'invited',
        rightsSeq: event.seq,
      };
      return { ...organization, employees: [...organization.employees, employee] };
    }
    case 'employee.joined':
      return withEmployee(organization, event.payload.employeeId, () => ({ state: 'active' }));
    case 'employee.renamed':
      return withEmployee(organization, event.payload.employeeId, () => ({ name: event.payload.name }));
    case 'employee.role-set':
      return withEmployee(organization, event.payload.employeeId, () => ({
        role: event.payload.role,
        rightsSeq: event.seq,
      }));
    case 'employee.responsibilities-set':
      return withEmployee(organization, event.payload.employeeId, () => ({
        responsibleFor: event.payload.responsibleFor,
        rightsSeq: event.seq,
      }));
    case 'employee.deactivated':
      return withEmployee(organization, event.payload.employeeId, () => ({
        state: 'deactivated',
        rightsSeq: event.seq,
      }));
    case 'employee.reactivated':
      // Comes in by a new link: the old password does not come back to life.
      return withEmployee(organization, event.payload.employeeId, () => ({
        state: 'invited',
        rightsSeq: event.seq,
      }));
    case 'device.added': {
      const { deviceId, name, location } = event.payload;
      if (deviceOf(organization, deviceId)) throw new LogError('a device is added once');
      const device: Device = { id: deviceId, name, location, supportEnabled: true };
      return { ...organization, devices: [...organization.devices, device] };
    }
    case 'device.renamed': {
      const { deviceId, name, location } = event.payload;
      return withDevice(organization, deviceId, () => ({ name, location }));
    }
    case 'device.responsible-set':
      return setResponsible(organization, event);
    case 'device.code-rotated': {
      const { deviceId, codeId } = event.payload;
      return withDevice(organization, deviceId, () => ({
        code: { id: codeId, state: 'active', sinceMs: event.atMs },
      }));
    }
    case 'device.code-revoked':
      return withCode(organization, event, (code) => ({ ...code, state: 'revoked', sinceMs: event.atMs }));
    case 'device.code-first-used':
      return withCode(organization, event, (code) => ({
        ...code,
        firstUsedAtMs: event.atMs,
        firstUsedBy: event.payload.by,
      }));
    case 'device.support-set':
      return withDevice(organization, event.payload.deviceId, () => ({
        supportEnabled: event.payload.enabled,
      }));
    case 'customer.added': {
      const { customerId, name, contact } = event.payload;
      return { ...organization, customers: [...organization.customers, { id: customerId, name, contact }] };
    }
    case 'customer.changed': {
      const { customerId, name, contact } = event.payload;
      return {
        ...organization,
        customers: organization.customers.map((one) =>
          one.id === customerId ? { ...one, name, contact } : one,
        ),
      };
    }
    case 'customer.linked':
      return {
        ...organization,
        customerLinks: [
          ...organization.customerLinks.filter((one) => one.codeUserId !== event.payload.codeUserId),
          event.payload,
        ],
      };
    case 'customer.unlinked':
      return {
        ...organization,
        customerLinks: organization.customerLinks.filter(
          (one) => one.codeUserId !== event.payload.codeUserId,
        ),
      };
    case 'assistant.configured':
      return { ...organization, assistant: event.payload.assistant };
    default:
      return event satisfies never;
  }
}

function withEmployee(
  organization: Organization,
  employeeId: string,
  change: (employee: Employee) => Partial<Employee>,
): Organization {
  if (!employeeOf(organization, employeeId)) throw new LogError('an employee that nobody invited');
  return {
    ...organization,
    employees: organization.employees.map((one) =>
      one.id === employeeId ? { ...one, ...change(one) } : one,
    ),
  };
}

function withDevice(
  organization: Organization,
  deviceId: string,
  change: (device: Device) => Partial<Device>,
): Organization {
  if (!deviceOf(organization, deviceId)) throw new LogError('a device that nobody added');
  return {
    ...organization,
    devices: organization.devices.map((one) => (one.id === deviceId ? { ...one, ...change(one) } : one)),
  };
}

function withCode(
  organization: Organization,
  event: Extract<OrganizationEvent, { type: 'device.code-revoked' | 'device.code-first-used' }>,
  change: (code: NonNullable<Device['code']>) => NonNullable<Device['code']>,
): Organization {
  return withDevice(organization, event.payload.deviceId, ({ code }) => {
    if (code?.id !== event.payload.codeId) throw new LogError('a code that is not the newest');
    return { code: change(code) };
  });
}

/** Those named answer for the device, others do not any more; who answers for all devices stays. */
function setResponsible(
  organization: Organization,
  event: Extract<OrganizationEvent, { type: 'device.responsible-set' }>,
): Organization {
  const { deviceId, employeeIds } = event.payload;
  const named = new Set<string>(employeeIds);
  const employees = organization.employees.map((one): Employee => {
    if (one.responsibleFor === 'all' || named.has(one.id) === answersFor(one, deviceId)) return one;
    const others = one.responsibleFor.filter((own) => own !== deviceId);
    return {
      ...one,
      responsibleFor: named.has(one.id) ? [...others, deviceId] : others,
      rightsSeq: event.seq,
    };
  });
  return { ...organization, employees };
}
