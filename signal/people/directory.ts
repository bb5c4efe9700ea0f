import {
  responsibleEmployees,
  type Device,
  type Employee,
  type Organization,
} from '#domain/organization/organization.ts';
import type { EmployeeId } from '#domain/ids.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import { isModerator, isResponsible, type EmployeeSubject, type Person } from '#domain/session/subject.ts';
import type { RelayStorage } from '../storage/relay-storage.ts';
import type { StreamLog } from '../streams/stream-log.ts';

/** As many open tickets stand in a directory; all of them are streams. */
const maxTickets = 200;

/** What a person may know of the organization, made of its stream. Undefined when it is gone. */
export async function directoryFor(
  parts: { storage: RelayStorage; streams: StreamLog },
  person: Person,
): Promise<Directory | undefined> {
  const { organizationId } = person;
  const organization = await parts.streams.organization(organizationId);
  if (!organization) return undefined;
  const devices = organization.devices.filter((device) => mayKnow(person, device));
  const deviceIds = new Set(devices.map((device) => device.id));
  const tickets = await parts.storage.events.openTickets(organizationId, maxTickets);
  const { id, name, settings, assistant } = organization;
  return {
    subject: person,
    organization: { id, name, settings },
    devices: devices.map((device) => deviceEntry(person, organization, device)),
    employees: person.kind === 'employee' ? employeeEntries(person, organization) : [],
    tickets: tickets
      .filter((ticket) => deviceIds.has(ticket.deviceId))
      .map((ticket) => ({
        id: ticket.id,
        number: ticket.number,
        title: ticket.title,
        deviceId: ticket.deviceId,
        open: ticket.open,
      }))
      .reverse(),
    customers: person.kind === 'employee' ? organization.customers : [],
    customerLinks:
      person.kind === 'employee'
        ? organization.customerLinks.filter((link) => deviceIds.has(link.deviceId))
        : [],
    assistant: person.kind === 'guest' ? { enabled: false, steps: [] } : assistant,
  };
}

function deviceEntry(
  person: Person,
  organization: Organization,
  device: Device,
): Directory['devices'][number] {
  const { id, name, location, supportEnabled, code } = device;
  return {
    id,
    name,
    location,
    supportEnabled,
    responsible: responsibleEmployees(organization, id).map((who) => ({ ...who, id: who.id as EmployeeId })),
    ...(code && person.kind === 'employee' ? { code } : {}),
  };
}

function employeeEntries(person: EmployeeSubject, organization: Organization): Directory['employees'] {
  const isAdministrator = person.role === 'administrator';
  return organization.employees
    .filter((employee) => isAdministrator || employee.state !== 'deactivated')
    .map(({ id, name, role, state, email, responsibleFor }: Employee) => ({
      id,
      name,
      role,
      state,
      ...(isAdministrator ? { email, responsibleFor } : {}),
    }));
}

function mayKnow(person: Person, device: Device): boolean {
  switch (person.kind) {
    case 'codeUser':
      return device.id === person.deviceId;
    case 'employee':
      return isModerator(person) || isResponsible(person, device.id);
    case 'guest':
      return false;
  }
}
