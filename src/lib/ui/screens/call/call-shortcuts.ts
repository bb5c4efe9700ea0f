import type { FeatureOffer } from '../../../state/call/call-feature.ts';
import type { RunningCall } from '../../../state/call/RunningCall.svelte.ts';
import type { Rewind, Shortcut } from '../../shortcuts.ts';

/** The letters of the devices' own buttons; those of features come with their offers. */
export const deviceLetters = ['m', 'v'] as const;

/** What single keys do in the call window. */
export function callShortcuts(call: RunningCall, offers: readonly FeatureOffer[]): Shortcut[] {
  const ofFeatures = offers.flatMap(({ shortcut, disabled, run }) =>
    shortcut && !disabled ? [{ key: shortcut, run }] : [],
  );
  return [
    { key: 'm', run: () => call.toggleMicrophone() },
    { key: 'v', run: () => call.toggleCamera() },
    { key: 'Escape', run: () => call.hand.layDown() },
    ...ofFeatures,
  ];
}

/** What the keys of undo and redo do in the call window. */
export function callRewind(offers: readonly FeatureOffer[]): Rewind {
  const runOf = (way: 'undo' | 'redo') =>
    offers.find(({ rewinds, disabled }) => rewinds === way && !disabled)?.run;
  return { undo: runOf('undo'), redo: runOf('redo') };
}
