import type { EmployeeRole } from '#domain/session/subject.ts';
import { m } from '../../messages.ts';
import type { EmployeeView } from '../devices/device-view.ts';

export const roleWords: Record<EmployeeRole, { word: () => string; text: () => string }> = {
  employee: { word: m.people_role_employee, text: m.people_role_employee_text },
  moderator: { word: m.people_role_moderator, text: m.people_role_moderator_text },
  administrator: { word: m.people_role_administrator, text: m.people_role_administrator_text },
};

export const stateWords: Record<EmployeeView['state'], () => string> = {
  invited: m.people_state_invited,
  active: m.people_state_active,
  deactivated: m.people_state_deactivated,
};

/** What somebody answers for, in a few words. */
export function responsibleWords(responsibleFor: EmployeeView['responsibleFor'] = []): string {
  if (responsibleFor === 'all') return m.people_all_devices();
  return responsibleFor.length === 0
    ? m.people_no_devices()
    : m.device_count({ count: responsibleFor.length });
}
