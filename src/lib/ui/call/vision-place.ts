import { m } from '../messages.ts';

/** Where a picture is looked at, as far as the screen says it. */
export interface VisionPlace {
  readonly side: 'camera' | 'viewer' | 'none';
}

/**
 * What is worth saying about it: that nothing can be followed, or that another device than the camera's does it;
 * undefined for what is as it should be. `name`: whose camera's picture it is, undefined for the own one.
 */
export function visionSentence({ side }: VisionPlace, name: string | undefined): string | undefined {
  if (side === 'viewer') return m.track_by_viewer();
  if (side === 'none') return name === undefined ? m.track_none_here() : m.track_none_there({ name });
  return undefined;
}
