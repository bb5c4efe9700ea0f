import type { SentFrame } from '../../call-transport.ts';

/** What the worker tells of one link. */
interface NamedFrames {
  readonly link: number;
  readonly frames: readonly SentFrame[];
}

/** To the page: it runs (once), names, or that it is still there. */
export type NamingReply = 'ready' | 'here' | NamedFrames;
