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
import { actorSchema, employeeRoles } from '../session/subject.ts';
import { assistantSchema } from './assistant.ts';
import { organizationSettingsSchema } from './settings.ts';

export const maxNameLength = 120;
export const maxDeviceNameLength = 200;
export const maxContactLength = 300;

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const employeeRef = { employeeId: id<EmployeeId>() };
const deviceRef = { deviceId: id<DeviceId>() };
const codeId = text(64);
export const responsibleForSchema = v.union([
  v.literal('all'),
  v.pipe(v.array(id<DeviceId>()), v.maxLength(5000)),
]);

const event = <T extends string, E extends v.ObjectEntries>(type: T, payload: E) =>
  v.object({ type: v.literal(type), payload: v.object(payload) });

/** What can be in an organization's stream. No secret is ever in here. */
const organizationEventBodies = v.variant('type', [
  event('organization.founded', { name: text(200), settings: organizationSettingsSchema }),
  event('organization.settings-changed', { changes: v.partial(organizationSettingsSchema) }),
  event('employee.invited', {
    ...employeeRef,
    name: text(maxNameLength),
    email: text(254),
    role: v.picklist(employeeRoles),
    responsibleFor: responsibleForSchema,
  }),
  event('employee.joined', { ...employeeRef }),
  event('employee.renamed', { ...employeeRef, name: text(maxNameLength) }),
  event('employee.role-set', { ...employeeRef, role: v.picklist(employeeRoles) }),
  event('employee.responsibilities-set', { ...employeeRef, responsibleFor: responsibleForSchema }),
  event('employee.deactivated', { ...employeeRef }),
  event('employee.reactivated', { ...employeeRef }),
  event('device.added', { ...deviceRef, name: text(maxDeviceNameLength), location: text(200) }),
  event('device.renamed', { ...deviceRef, name: text(maxDeviceNameLength), location: text(200) }),
  event('device.responsible-set', {
    ...deviceRef,
    employeeIds: v.pipe(v.array(id<EmployeeId>()), v.maxLength(500)),
  }),
  event('device.code-rotated', { ...deviceRef, codeId }),
  event('device.code-revoked', { ...deviceRef, codeId }),
  event('device.code-first-used', { ...deviceRef, codeId, by: text(maxNameLength) }),
  event('device.support-set', { ...deviceRef, enabled: v.boolean() }),
  event('customer.added', {
    customerId: id<CustomerId>(),
    name: text(200),
    contact: text(maxContactLength),
  }),
  event('customer.changed', {
    customerId: id<CustomerId>(),
    name: text(200),
    contact: text(maxContactLength),
  }),
  event('customer.linked', { customerId: id<CustomerId>(), codeUserId: id<CodeUserId>(), ...deviceRef }),
  event('customer.unlinked', { codeUserId: id<CodeUserId>() }),
  event('assistant.configured', { assistant: assistantSchema }),
]);
export type OrganizationEventBody = v.InferOutput<typeof organizationEventBodies>;

const envelope = v.object({
  streamId: id<OrganizationId>(),
  /** Place in the stream, from 1. */
  seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Place among all events of the relay. */
  position: v.pipe(v.number(), v.integer(), v.minValue(0)),
  commandId: v.optional(id<CommandId>()),
  actor: actorSchema,
  /** The relay's time. */
  atMs: v.number(),
});

/** One accepted event of an organization's stream. */
export type OrganizationEvent = v.InferOutput<typeof envelope> & OrganizationEventBody;

/** Parses one event; throws a ValiError. */
export function parseOrganizationEvent(input: unknown): OrganizationEvent {
  return { ...v.parse(envelope, input), ...v.parse(organizationEventBodies, input) };
}
