import type { Directory } from '../protocol/directory.ts';
import type { DecideContext } from './decide.ts';

/** What this device knows around a session: enough to show at once what the relay will most likely decide. */
export function localContext(directory: Directory, nowMs: number): DecideContext {
  const { subject, organization } = directory;
  return {
    subject,
    nowMs,
    settings: organization.settings,
    device: (id) => {
      const device = directory.devices.find((one) => one.id === id);
      return device && { ...device, organizationId: organization.id };
    },
    employee: (id) => directory.employees.find((one) => one.id === id),
    customer: (id) => directory.customers.find((one) => one.id === id),
    ticketKnown: (id, deviceId) =>
      directory.tickets.some((ticket) => ticket.id === id && ticket.deviceId === deviceId),
  };
}
