import type { Directory } from '#domain/protocol/directory.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { ChannelState } from '../session/types.ts';

/** How the line between the machine and the service team stands: whether it is on, usable here, and open. */
export function channelOf(sessions: readonly VideoSession[], directory: Directory): ChannelState {
  const { services } = directory.organization.settings;
  if (!services.text && !services.voice && !services.video) return 'disabled';
  if (typeof RTCPeerConnection === 'undefined') return 'unavailable';
  return sessions.some((session) => session.status === 'CONFIRMED' || session.status === 'IN_PROGRESS')
    ? 'connected'
    : 'disconnected';
}
