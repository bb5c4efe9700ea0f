import * as v from 'valibot';

const minute = 60_000;
const hour = 60 * minute;
/** The longest wait that can be set, in ms: what every clock can hold as one timer, a little over 24 days. */
const longestWaitMs = 2 ** 31 - 1;

const flag = (byDefault: boolean) => v.optional(v.boolean(), byDefault);
const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/**
 * What an organization can switch. The relay enforces each. A session freezes its own part at its creation
 * (`sessionSettingsSchema`); the rest counts as it stands when a command is judged.
 */
export const organizationSettingsSchema = v.object({
  /** Code users may ask for sessions (C7). */
  allowRequests: flag(true),
  /** Code users may call at once, without a request (F14). Off wherever only employees may start (C2). */
  directCall: flag(false),
  whoMayStart: v.optional(v.picklist(['both', 'employeeOnly']), 'both'),
  codeUserMayCancelConfirmed: flag(true),
  /** A hang-up leads back to CONFIRMED; the session ends when an employee ends it (C15). */
  keepOpenUntilClosed: flag(false),
  /** How DONE becomes CLOSED: at once, after wrap-up at the latest after `reviewMs`, after `reviewMs`, or by hand. */
  reviewWindow: v.optional(v.picklist(['immediate', 'wrapUp', 'hours', 'manual']), 'wrapUp'),
  reviewMs: v.optional(count(0, longestWaitMs), 10 * minute),
  /** What is kept after the end: all, all for `retentionDays`, or nothing but id, times and participants (C3). */
  retention: v.optional(v.picklist(['keep', 'days', 'none']), 'keep'),
  retentionDays: v.optional(count(1, 36_500), 90),
  codeUserMayTrack: flag(false),
  guestMayEdit: flag(true),
  /** Employees join with the camera on (C6). */
  employeeCamera: flag(false),
  maxParticipants: v.optional(count(2, 4), 2),
  drawingLifetimeMs: v.optional(count(1000, 30_000), 5000),
  /** The code user is asked to rate a completed call (F66). Tickets have nothing to do with it. */
  sessionRating: flag(true),
  /** A request that nobody answers is cancelled after this time; null: it stays open (F13, B11). */
  requestExpiryMs: v.optional(v.nullable(count(minute, longestWaitMs)), null),
  /** Chat of a session is copied into the tickets linked to it (C19). */
  mirrorChatToTicket: flag(true),
  /** What is offered at all (F42). */
  services: v.optional(v.object({ text: flag(true), voice: flag(true), video: flag(true) }), {
    text: true,
    voice: true,
    video: true,
  }),
});

export type OrganizationSettings = v.InferOutput<typeof organizationSettingsSchema>;
export type Services = OrganizationSettings['services'];

export const defaultSettings: OrganizationSettings = v.parse(organizationSettingsSchema, {});

/** Review windows that the settings page offers, in ms. */
export const usualReviewMs = [10 * minute, hour, 8 * hour, 24 * hour, 72 * hour] as const;

/** Whether a code user may call at once. That only employees may start forces it off, however it is set (C2). */
export function allowsDirectCall(
  settings: Pick<OrganizationSettings, 'directCall' | 'whoMayStart'>,
): boolean {
  return settings.directCall && settings.whoMayStart === 'both';
}

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
  'sessionRating',
  'requestExpiryMs',
]);

export type SessionSettings = v.InferOutput<typeof sessionSettingsSchema>;

export function freezeSettings(settings: OrganizationSettings): SessionSettings {
  return v.parse(sessionSettingsSchema, settings);
}
