import type { Directory } from '#domain/protocol/directory.ts';
import { isModerator, isResponsible, type Person } from '#domain/session/subject.ts';
import type { DeviceRow, EmployeeRow, RelayStorage } from '../storage/relay-storage.ts';

/** What a person may know of the organization. Undefined when it is gone. */
export async function directoryFor(storage: RelayStorage, person: Person): Promise<Directory | undefined> {
  const { directory } = storage;
  const { organizationId } = person;
  const organization = await directory.organization(organizationId);
  if (!organization) return undefined;
  const [allDevices, employees, tickets] = await Promise.all([
    directory.devices(organizationId),
    directory.employees(organizationId),
    directory.tickets(organizationId),
  ]);
  const devices = allDevices.filter((device) => mayKnow(person, device));
  const deviceIds = new Set(devices.map((device) => device.id));
  return {
    subject: person,
    organization,
    devices: devices.map(({ id, name, location }) => ({
      id,
      name,
      location,
      responsible: responsibleFor(id, employees),
    })),
    employees: person.kind === 'employee' ? employees.map(({ id, name }) => ({ id, name })) : [],
    tickets: tickets
      .filter((ticket) => deviceIds.has(ticket.deviceId) && (person.kind === 'employee' || ticket.open))
      .map(({ id, number, title, deviceId, open }) => ({ id, number, title, deviceId, open })),
  };
}

/** Who answers for a device. */
export function responsibleFor(
  deviceId: string,
  employees: EmployeeRow[],
): { id: EmployeeRow['id']; name: string }[] {
  return employees
    .filter(({ responsibleFor: own }) => own === 'all' || own.some((responsible) => responsible === deviceId))
    .map(({ id, name }) => ({ id, name }));
}

function mayKnow(person: Person, device: DeviceRow): boolean {
  switch (person.kind) {
    case 'codeUser':
      return device.id === person.deviceId;
    case 'employee':
      return isModerator(person) || isResponsible(person, device.id);
    case 'guest':
      return false;
  }
}
