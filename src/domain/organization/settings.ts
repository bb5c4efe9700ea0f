import * as v from 'valibot';

const minute = 60_000;

/** What an organization can switch. The relay enforces each; a session freezes its own part at its creation. */
export const organizationSettingsSchema = v.object({
  allowRequests: v.optional(v.boolean(), true),
  directCall: v.optional(v.boolean(), false),
  whoMayStart: v.optional(v.picklist(['both', 'employeeOnly']), 'both'),
  codeUserMayCancelConfirmed: v.optional(v.boolean(), true),
  keepOpenUntilClosed: v.optional(v.boolean(), false),
  /** How DONE becomes CLOSED: at once, after wrap-up at the latest after `reviewMs`, after `reviewMs`, or by hand. */
  reviewWindow: v.optional(v.picklist(['immediate', 'wrapUp', 'hours', 'manual']), 'wrapUp'),
  reviewMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 10 * minute),
  retention: v.optional(v.picklist(['keep', 'days', 'none']), 'keep'),
  retentionDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 90),
  codeUserMayTrack: v.optional(v.boolean(), false),
  guestMayEdit: v.optional(v.boolean(), true),
  employeeCamera: v.optional(v.boolean(), false),
  maxParticipants: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(4)), 2),
  drawingLifetimeMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1000), v.maxValue(30_000)), 5000),
  services: v.optional(
    v.object({
      text: v.optional(v.boolean(), true),
      voice: v.optional(v.boolean(), true),
      video: v.optional(v.boolean(), true),
    }),
    { text: true, voice: true, video: true },
  ),
});

export type OrganizationSettings = v.InferOutput<typeof organizationSettingsSchema>;

export const defaultSettings: OrganizationSettings = v.parse(organizationSettingsSchema, {});

/** The part of the settings that a session keeps as it was when the session was made. */
export const sessionSettingsSchema = v.pick(organizationSettingsSchema, [
  'whoMayStart',
  'codeUserMayCancelConfirmed',
  'keepOpenUntilClosed',
  'reviewWindow',
  'reviewMs',
  'retention',
  'retentionDays',
  'codeUserMayTrack',
  'guestMayEdit',
  'employeeCamera',
  'maxParticipants',
  'drawingLifetimeMs',
]);

export type SessionSettings = v.InferOutput<typeof sessionSettingsSchema>;

export function freezeSettings(settings: OrganizationSettings): SessionSettings {
  return v.parse(sessionSettingsSchema, settings);
}
