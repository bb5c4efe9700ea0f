import { isRatingPending } from './rating.ts';
import type { Screenshot, VideoSession } from './video-session.ts';

/**
 * For so long after the end nothing is closed as 'wrapped up': what the devices still have on their way, taken in the
 * last moment of the call, comes in first.
 */
export const wrapUpSettleMs = 5000;

/** What has been announced and is not yet kept and verified by the relay. */
export function pendingUploads(session: VideoSession): Screenshot[] {
  return session.screenshots.filter((screenshot) => !screenshot.stored);
}

/** Uploads finished, and the rating answered, skipped or off (C1). */
export function isWrappedUp(session: VideoSession): boolean {
  return pendingUploads(session).length === 0 && !isRatingPending(session);
}

/** When a session that is DONE becomes CLOSED by itself, relay's time; undefined where nothing is due. */
export function closingTime(session: VideoSession): number | undefined {
  const done = session.history.at(-1);
  if (session.status !== 'DONE' || !done) return undefined;
  const { reviewWindow, reviewMs } = session.settings;
  switch (reviewWindow) {
    case 'immediate':
      return done.atMs;
    case 'manual':
      return undefined;
    case 'hours':
      return done.atMs + reviewMs;
    case 'wrapUp':
      return done.atMs + (isWrappedUp(session) ? Math.min(wrapUpSettleMs, reviewMs) : reviewMs);
  }
}
