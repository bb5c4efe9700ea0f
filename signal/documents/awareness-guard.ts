import type { Person } from '#domain/session/subject.ts';
import { isShallow } from '../wire/json-depth.ts';

const maxStateChars = 4096;
const maxStateDepth = 6;

/**
 * Makes awareness states fit to be passed on: a connection speaks for its own client alone, who it is comes from the
 * sign-in, and whoever may not draw is seen but does not point. Changes `states` in place.
 */
export function guardAwareness(
  states: Map<number, Record<string, unknown>>,
  ownClientId: number | undefined,
  { person, mayWrite }: { person: Person; mayWrite: boolean },
): void {
  for (const [clientId, state] of states) {
    if (clientId !== ownClientId || !isSmall(state)) {
      states.delete(clientId);
      continue;
    }
    const { user, name: _name, role: _role, ...rest } = state;
    states.set(clientId, {
      ...(mayWrite ? rest : {}),
      user: { ...colorOf(user), id: person.id, kind: person.kind, name: person.name },
    });
  }
}

function isSmall(state: unknown): boolean {
  return isShallow(state, maxStateDepth) && JSON.stringify(state).length <= maxStateChars;
}

function colorOf(user: unknown): { color?: string } {
  if (typeof user !== 'object' || user === null || !('color' in user)) return {};
  return typeof user.color === 'string' && user.color.length <= 32 ? { color: user.color } : {};
}
