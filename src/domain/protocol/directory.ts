import * as v from 'valibot';
import { id, type DeviceId, type EmployeeId, type OrganizationId, type TicketId } from '../ids.ts';
import { organizationSettingsSchema } from '../organization/settings.ts';
import { subjectSchema } from '../session/subject.ts';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

/** GET /api/me: who the person is, and what of the organization they may know. */
export const directorySchema = v.object({
  subject: subjectSchema,
  organization: v.object({ id: id<OrganizationId>(), name: text(200), settings: organizationSettingsSchema }),
  /** A code user gets the one device; an employee all those that they may open sessions for. */
  devices: v.array(
    v.object({
      id: id<DeviceId>(),
      name: text(200),
      location: v.optional(text(200), ''),
      /** For the back office and the tablet at the machine: who answers for it. */
      responsible: v.array(v.object({ id: id<EmployeeId>(), name: text(120) })),
    }),
  ),
  employees: v.array(v.object({ id: id<EmployeeId>(), name: text(120) })),
  tickets: v.array(
    v.object({
      id: id<TicketId>(),
      number: v.number(),
      title: text(300),
      deviceId: id<DeviceId>(),
      open: v.boolean(),
    }),
  ),
  /** The access code by which a code user came in; absent for employees. */
  accessCode: v.optional(text(64)),
});
export type Directory = v.InferOutput<typeof directorySchema>;

export function parseDirectory(input: unknown): Directory {
  return v.parse(directorySchema, input);
}
