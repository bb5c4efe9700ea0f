import type { Services } from '../organization/settings.ts';
import type { CallMode } from './events.ts';

/**
 * Whether there are video sessions at all for a machine (F2, F28, F42): live support is on for it, and one of the
 * services at least. Where there are none, nothing on the screen leads to one.
 */
export function offersSessions(facts: { services: Services; supportEnabled: boolean }): boolean {
  return facts.supportEnabled && fullestMode(facts.services) !== undefined;
}

/** How somebody takes part who asks for nothing less: with the most that is offered. Undefined where nothing is. */
export function fullestMode({ video, voice, text }: Services): CallMode | undefined {
  if (video) return 'video';
  if (voice) return 'voice';
  return text ? 'text' : undefined;
}
