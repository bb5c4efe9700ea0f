import type { OrganizationId, TicketId } from '#domain/ids.ts';
import { defaultSettings } from '#domain/organization/settings.ts';
import type { RelayCommand, SessionCommand } from '#domain/session/commands.ts';
import type { DecideContext } from '#domain/session/decide.ts';
import type { Person, Subject } from '#domain/session/subject.ts';
import { responsibleFor } from '../people/directory.ts';
import type { RelayStorage } from '../storage/relay-storage.ts';

/** Loads what the rules need to judge this one command. Read anew each time: a switch counts from when it is set. */
export async function contextFor(
  storage: RelayStorage,
  subject: Subject,
  command: SessionCommand | RelayCommand,
  nowMs: number,
): Promise<DecideContext> {
  const bare: DecideContext = {
    subject,
    nowMs,
    settings: defaultSettings,
    device: () => undefined,
    employee: () => undefined,
    ticketKnown: () => false,
  };
  if (subject.kind === 'relay') return bare;
  switch (command.type) {
    case 'session.request':
    case 'session.create':
      return { ...bare, ...(await openingContext(storage, subject, command)) };
    case 'session.assign':
      return { ...bare, employee: await employeeLookup(storage, subject, command.payload.employeeId) };
    default:
      return bare;
  }
}

async function openingContext(
  storage: RelayStorage,
  subject: Person,
  command: Extract<SessionCommand, { type: 'session.request' | 'session.create' }>,
): Promise<Partial<DecideContext>> {
  const { directory } = storage;
  const organization = await directory.organization(subject.organizationId);
  const deviceId = subject.kind === 'codeUser' ? subject.deviceId : command.payload.deviceId;
  const device = deviceId && (await directory.device(deviceId));
  const responsible = device
    ? responsibleFor(device.id, await directory.employees(device.organizationId))
    : [];
  const known = new Set<TicketId>();
  for (const ticketId of command.payload.ticketIds) {
    const ticket = await directory.ticket(ticketId);
    const same = ticket?.organizationId === subject.organizationId;
    if (same && (subject.kind !== 'codeUser' || ticket.deviceId === subject.deviceId)) known.add(ticketId);
  }
  return {
    settings: organization?.settings ?? defaultSettings,
    device: (id) => (device && device.id === id ? { ...device, responsible } : undefined),
    ticketKnown: (id) => known.has(id),
  };
}

async function employeeLookup(
  storage: RelayStorage,
  subject: { organizationId: OrganizationId },
  employeeId: string,
): Promise<DecideContext['employee']> {
  const employee = await storage.directory.employee(employeeId);
  const same = employee?.organizationId === subject.organizationId;
  return (id) => (same && employee.id === id ? { id: employee.id, name: employee.name } : undefined);
}
