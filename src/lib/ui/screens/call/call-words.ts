import type { RunningCall } from '../../../state/call/RunningCall.svelte.ts';
import { m } from '../../messages.ts';
import { actorName } from '../session-view.ts';

/** Whoever is on the other side, or is being called. */
export function otherName(call: RunningCall): string {
  return actorName(call.people.other);
}

/** What stands on the stage while there is no picture: why there is none. */
export function stageTitle(call: RunningCall, nowMs: number): string {
  if (call.people.others.length > 0) return m.call_no_picture({ name: otherName(call) });
  if (call.link.alone) return m.call_other_gone({ seconds: call.link.secondsLeft(nowMs) });
  return linkWords(call);
}

/** How far the link to somebody who has not come yet is. */
export function linkWords(call: RunningCall): string {
  if (call.link.alone) return m.call_waiting_for_return();
  return call.people.call?.state === 'ringing' ? m.call_ringing_other_side() : m.call_connecting();
}
