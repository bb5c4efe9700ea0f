import { isAssigned, type Leg, type VideoSession } from './video-session.ts';

/**
 * Whether somebody in a call may ask another's device to follow elements (C11): the device judges for itself, by the
 * log, since requests come to it directly. The same as `permissions.track`, for whom only the leg is known.
 */
export function participantMayTrack(
  session: VideoSession,
  leg: Pick<Leg, 'participantId' | 'kind'>,
): boolean {
  if (leg.kind === 'employee') return isAssigned(session, leg.participantId);
  return leg.kind === 'codeUser' && session.settings.codeUserMayTrack;
}
