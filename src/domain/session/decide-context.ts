import type { ErrorCode } from '../error-codes.ts';
import type { CustomerId, DeviceId, TicketId } from '../ids.ts';
import type { OrganizationSettings } from '../organization/settings.ts';
import { refuse, type Result } from '../result.ts';
import type { CallMode, PersonRef, SessionEventBody } from './events.ts';
import type { Actor, Subject } from './subject.ts';

export interface KnownDevice {
  id: string;
  name: string;
  organizationId: string;
  /** Employees who answer for the device. */
  responsible: PersonRef[];
  /** False: no live support for this device (F28). Absent counts as true. */
  supportEnabled?: boolean;
}

/** What the relay knows around a session when it judges a command. */
export interface DecideContext {
  subject: Subject;
  nowMs: number;
  /** Of the organization, as they stand now: for every command, not only for those that open a session. */
  settings: OrganizationSettings;
  /** The device with this id, of any organization. */
  device(id: string): KnownDevice | undefined;
  /** The employee with this id in the subject's organization; none who is deactivated. */
  employee(id: string): PersonRef | undefined;
  /**
   * Whether the ticket is of this device (and by that of the subject's organization). Of no other: a session's chat
   * goes into its tickets, and those are read at their own device.
   */
  ticketKnown(id: TicketId, deviceId: DeviceId): boolean;
  /** The customer record with this id in the subject's organization. */
  customer(id: CustomerId): { id: CustomerId; name: string } | undefined;
}

export type Decision = Result<SessionEventBody[], ErrorCode>;

export function orRefuse(answer: true | ErrorCode, then: () => Decision): Decision {
  return answer === true ? then() : refuse(answer);
}

/** Whether the actor of an event is this person. */
export function isOwn(actor: Actor, subject: Subject): boolean {
  return subject.kind !== 'relay' && actor.kind === subject.kind && actor.id === subject.id;
}

/** Why nobody calls in this way now (F28, F42): the service is switched off, or support for the device is. */
export function serviceProblem(
  context: Pick<DecideContext, 'settings' | 'device'>,
  deviceId: DeviceId,
  mode: CallMode,
): ErrorCode | undefined {
  if (context.device(deviceId)?.supportEnabled === false) return 'support-switched-off';
  return context.settings.services[mode] ? undefined : 'service-switched-off';
}
