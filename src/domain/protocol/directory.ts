import * as v from 'valibot';
import {
  id,
  type CodeUserId,
  type CustomerId,
  type DeviceId,
  type EmployeeId,
  type OrganizationId,
  type TicketId,
} from '../ids.ts';
import { assistantSchema } from '../organization/assistant.ts';
import { responsibleForSchema } from '../organization/events.ts';
import { organizationSettingsSchema } from '../organization/settings.ts';
import { employeeRoles, subjectSchema } from '../session/subject.ts';

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
      /** Off: live support is switched off for this device (F28). */
      supportEnabled: v.optional(v.boolean(), true),
      /** For who works here: its newest access code, never the code itself. */
      code: v.optional(
        v.object({
          id: text(64),
          state: v.picklist(['active', 'revoked']),
          sinceMs: v.number(),
          firstUsedAtMs: v.optional(v.number()),
          firstUsedBy: v.optional(text(120)),
        }),
      ),
    }),
  ),
  employees: v.array(
    v.object({
      id: id<EmployeeId>(),
      name: text(120),
      role: v.optional(v.picklist(employeeRoles), 'employee'),
      state: v.optional(v.picklist(['invited', 'active', 'deactivated']), 'active'),
      /** For administrators alone. */
      email: v.optional(text(254)),
      responsibleFor: v.optional(responsibleForSchema),
    }),
  ),
  /** Records of customers, for employees. */
  customers: v.optional(v.array(v.object({ id: id<CustomerId>(), name: text(200), contact: text(300) })), []),
  /** Which people who came in by a code are which customer, as far as their devices are known to the employee. */
  customerLinks: v.optional(
    v.array(
      v.object({ codeUserId: id<CodeUserId>(), customerId: id<CustomerId>(), deviceId: id<DeviceId>() }),
    ),
    [],
  ),
  assistant: v.optional(assistantSchema, { enabled: false, steps: [] }),
  /** Open tickets, the newest 200 at most. The tickets themselves are streams. */
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
