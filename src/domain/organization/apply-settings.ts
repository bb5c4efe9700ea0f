import type { OrganizationSettings } from './settings.ts';

/** What an administrator changes of the settings. */
export type SettingsChanges = { [K in keyof OrganizationSettings]?: OrganizationSettings[K] | undefined };

/** The settings with what was changed. `services` is changed as a whole. */
export function applySettings(
  settings: OrganizationSettings,
  changes: SettingsChanges,
): OrganizationSettings {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return { ...settings, ...given };
}
