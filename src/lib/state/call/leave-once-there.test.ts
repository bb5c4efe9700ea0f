import { expect, it, vi } from 'vitest';
import type { SessionState } from '../SessionState.svelte.ts';
import { leaveOnceThere } from './leave-once-there.ts';

function sessionWith() {
  let changed: (() => void) | undefined;
  const state = {
    state: 'here' as 'here' | 'missing',
    session: { calls: [] as { id: string }[] },
    pending: [] as unknown[],
    call: undefined as { id: string } | undefined,
    ownLeg: undefined as object | undefined,
    leave: vi.fn(async () => ({ ok: true, value: undefined })),
    watch: (listener: () => void) => {
      changed = listener;
      return () => (changed = undefined);
    },
  };
  const change = (part: Partial<typeof state>): void => {
    Object.assign(state, part);
    changed?.();
  };
  return { state, change, watched: () => changed !== undefined };
}
const start = (given: ReturnType<typeof sessionWith>) =>
  leaveOnceThere(given.state as unknown as SessionState, 'late');

it('F25 F99 a call that the relay accepted too late is left when the log tells of it, once', () => {
  const given = sessionWith();
  start(given);
  const call = { id: 'late' };
  // What stands in the own outbox is not the relay's word.
  given.change({ session: { calls: [call] }, pending: ['call.start'], call, ownLeg: {} });
  given.change({ session: { calls: [] }, pending: [], call: undefined, ownLeg: undefined });
  expect(given.state.leave).not.toHaveBeenCalled();
  given.change({ session: { calls: [call] }, call, ownLeg: {} });
  expect(given.state.leave).toHaveBeenCalledTimes(1);
  expect(given.watched()).toBe(false);
});

it('F25 one that is over by then, or a session that is gone, is nothing to leave', () => {
  const over = sessionWith();
  start(over);
  over.change({ session: { calls: [{ id: 'late' }] } });
  expect(over.watched()).toBe(false);
  const gone = sessionWith();
  start(gone);
  gone.change({ state: 'missing' });
  expect(gone.watched()).toBe(false);
  expect([over.state.leave, gone.state.leave].map((leave) => leave.mock.calls.length)).toEqual([0, 0]);
});
