import type { SessionStatus } from '#domain/session/status.ts';
import type { StatusReached } from './types.ts';

const row = ['REQUESTED', 'CONFIRMED', 'IN_PROGRESS', 'DONE', 'CLOSED'] as const;

export interface StatusStep {
  status: SessionStatus;
  state: 'done' | 'now' | 'next' | 'branch';
  reached: StatusReached | undefined;
}

/**
 * The steps to show. A session that an employee made has no 'Requested'. CANCELLED is a branch: the steps that were
 * reached, then the way out; what would have followed is gone.
 */
export function statusSteps(status: SessionStatus, reached: readonly StatusReached[]): StatusStep[] {
  const last = (of: SessionStatus): StatusReached | undefined =>
    reached.findLast((entry) => entry.status === of);
  if (status === 'CANCELLED') {
    const before = row.filter((entry) => last(entry) !== undefined);
    return [
      ...before.map((entry) => ({ status: entry, state: 'done' as const, reached: last(entry) })),
      { status, state: 'branch', reached: last(status) },
    ];
  }
  const shown = row.filter((entry) => entry !== 'REQUESTED' || status === 'REQUESTED' || last('REQUESTED'));
  const at = shown.indexOf(status);
  return shown.map((entry, index) => ({
    status: entry,
    state: index < at ? 'done' : index === at ? 'now' : 'next',
    // A session reopened stands at Confirmed again: what came later belongs to an earlier round.
    reached: index <= at ? last(entry) : undefined,
  }));
}
