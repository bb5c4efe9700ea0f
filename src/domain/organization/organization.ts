import type { CodeUserId, CustomerId, DeviceId, EmployeeId, OrganizationId } from '../ids.ts';
import type { PersonRef } from '../session/events.ts';
import type { EmployeeRole } from '../session/subject.ts';
import type { Assistant } from './assistant.ts';
import type { OrganizationSettings } from './settings.ts';

export interface Employee {
  id: EmployeeId;
  name: string;
  /** Lower case. */
  email: string;
  role: EmployeeRole;
  /** The devices this employee answers for. */
  responsibleFor: 'all' | DeviceId[];
  /** `invited` until the link was followed and a password set. */
  state: 'invited' | 'active' | 'deactivated';
  /** Sequence number of the newest event that changed what this employee may see. */
  rightsSeq: number;
}

/** The newest access code of a device: which, and whether it opens anything. Never the code itself. */
interface DeviceCode {
  id: string;
  state: 'active' | 'revoked';
  sinceMs: number;
  /** When somebody first came in by it; absent while nobody has. */
  firstUsedAtMs?: number;
  firstUsedBy?: string;
}

export interface Device {
  id: DeviceId;
  name: string;
  location: string;
  /** Off: no live support for whoever comes in by this device's code (F28). */
  supportEnabled: boolean;
  code?: DeviceCode;
}

/** A record of a customer, to which people who came in by a code can be linked later. */
interface Customer {
  id: CustomerId;
  name: string;
  contact: string;
}

interface CustomerLink {
  codeUserId: CodeUserId;
  customerId: CustomerId;
  deviceId: DeviceId;
}

/** An organization as its stream makes it. */
export interface Organization {
  id: OrganizationId;
  name: string;
  settings: OrganizationSettings;
  employees: Employee[];
  devices: Device[];
  customers: Customer[];
  customerLinks: CustomerLink[];
  assistant: Assistant;
  /** Sequence number of the newest event. */
  seq: number;
  createdAtMs: number;
  updatedAtMs: number;
}

export function deviceOf(organization: Organization, id: string): Device | undefined {
  return organization.devices.find((device) => device.id === id);
}

export function employeeOf(organization: Organization, id: string): Employee | undefined {
  return organization.employees.find((employee) => employee.id === id);
}

export function answersFor(employee: Employee, deviceId: string): boolean {
  return employee.responsibleFor === 'all' || employee.responsibleFor.some((own) => own === deviceId);
}

/** Who answers for a device, of those who work here. */
export function responsibleEmployees(organization: Organization, deviceId: string): PersonRef[] {
  return organization.employees
    .filter((employee) => employee.state !== 'deactivated' && answersFor(employee, deviceId))
    .map(({ id, name }) => ({ id, name }));
}

/** Administrators who can come in: an organization keeps one at least. */
export function administrators(organization: Organization): Employee[] {
  return organization.employees.filter(({ role, state }) => role === 'administrator' && state === 'active');
}
