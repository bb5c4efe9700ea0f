import type { SessionSettings } from '#domain/organization/settings.ts';
import type { CallMode } from '#domain/session/events.ts';
import type { Person } from '#domain/session/subject.ts';

/**
 * How a person enters the media of a call. An employee's camera stays off until it is switched on, where the
 * organization does not want it on from the beginning.
 */
export function mediaMode(
  kind: Person['kind'],
  mode: CallMode,
  { employeeCamera }: Pick<SessionSettings, 'employeeCamera'>,
): CallMode {
  return kind === 'employee' && mode === 'video' && !employeeCamera ? 'voice' : mode;
}
