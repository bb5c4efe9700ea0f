import * as v from 'valibot';
import {
  id,
  type CodeUserId,
  type CommandId,
  type CustomerId,
  type DeviceId,
  type EmployeeId,
  type OrganizationId,
} from '../ids.ts';
import { employeeRoles } from '../session/subject.ts';
import { assistantSchema } from './assistant.ts';
import { maxContactLength, maxDeviceNameLength, maxNameLength, responsibleForSchema } from './events.ts';
import { organizationSettingsSchema } from './settings.ts';

// A little over what is kept: so that too long a text gets its own reason instead of 'malformed'.
const looseText = (max: number) => v.pipe(v.string(), v.maxLength(max * 4));
const employeeRef = { employeeId: id<EmployeeId>() };
const deviceRef = { deviceId: id<DeviceId>() };
const customer = {
  customerId: id<CustomerId>(),
  name: looseText(200),
  contact: v.optional(looseText(maxContactLength), ''),
};

const command = <T extends string, E extends v.ObjectEntries>(type: T, payload: E) =>
  v.object({ type: v.literal(type), payload: v.object(payload) });

/** What a person can propose for an organization. Fields that are not in here are dropped, whoever sends them. */
export const organizationCommandBodies = v.variant('type', [
  command('organization.change-settings', { changes: v.partial(organizationSettingsSchema) }),
  command('employee.invite', {
    ...employeeRef,
    name: looseText(maxNameLength),
    email: looseText(254),
    role: v.optional(v.picklist(employeeRoles), 'employee'),
    responsibleFor: v.optional(responsibleForSchema, []),
  }),
  command('employee.rename', { ...employeeRef, name: looseText(maxNameLength) }),
  command('employee.set-role', { ...employeeRef, role: v.picklist(employeeRoles) }),
  command('employee.set-responsibilities', { ...employeeRef, responsibleFor: responsibleForSchema }),
  command('employee.deactivate', { ...employeeRef }),
  command('employee.reactivate', { ...employeeRef }),
  command('device.add', {
    ...deviceRef,
    name: looseText(maxDeviceNameLength),
    location: v.optional(looseText(200), ''),
  }),
  command('device.rename', {
    ...deviceRef,
    name: looseText(maxDeviceNameLength),
    location: v.optional(looseText(200), ''),
  }),
  command('device.set-responsible', {
    ...deviceRef,
    employeeIds: v.pipe(v.array(id<EmployeeId>()), v.maxLength(500)),
  }),
  command('device.revoke-code', { ...deviceRef }),
  command('device.set-support', { ...deviceRef, enabled: v.boolean() }),
  command('customer.add', customer),
  command('customer.change', customer),
  command('customer.link', { customerId: id<CustomerId>(), codeUserId: id<CodeUserId>() }),
  command('customer.unlink', { codeUserId: id<CodeUserId>() }),
  command('assistant.configure', { assistant: assistantSchema }),
]);
export type OrganizationCommandBody = v.InferOutput<typeof organizationCommandBodies>;
export type OrganizationCommandType = OrganizationCommandBody['type'];

const envelope = v.object({
  /** Made by the client; the same id counts once. */
  id: id<CommandId>(),
  streamId: id<OrganizationId>(),
  /** The sequence number of the stream that the person saw; 0 for who does not follow it. */
  baseSeq: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  /** The client's time, for display only. */
  clientAtMs: v.pipe(v.number(), v.finite()),
});

/** A proposal for an organization's stream. */
export type OrganizationCommand = v.InferOutput<typeof envelope> & OrganizationCommandBody;

/** Parses one command; throws a ValiError. */
export function parseOrganizationCommand(input: unknown): OrganizationCommand {
  return { ...v.parse(envelope, input), ...v.parse(organizationCommandBodies, input) };
}

/**
 * What comes with a secret and therefore not over the sync socket: the relay proposes it in a person's name when the
 * secret is in its place, or by itself.
 */
export type OrganizationServiceCommand =
  | { type: 'service.rotate-code'; deviceId: DeviceId; codeId: string }
  | { type: 'service.code-used'; deviceId: DeviceId; codeId: string; by: string }
  | { type: 'service.join'; employeeId: EmployeeId };
