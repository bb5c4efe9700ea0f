import type { SessionId } from '../ids.ts';
import type { Services } from '../organization/settings.ts';
import { offersSessions } from './offered.ts';
import type { VideoSession } from './video-session.ts';

/** How the line between a machine and the service team stands: another axis than a session's status (C12). */
export const channelStates = ['disabled', 'connected', 'disconnected', 'unavailable'] as const;
type ChannelState = (typeof channelStates)[number];

/** `unknown`: the browser has not been asked yet; it counts as there. */
export type Ability = 'ready' | 'unknown' | 'denied' | 'missing';

/** What this device can do for a call. */
export interface DeviceAbilities {
  /** Whether the browser has WebRTC at all. */
  webRtc: boolean;
  camera: Ability;
  microphone: Ability;
}

/** What is in the way of a call here, each with its own way to fix it. */
export type Obstacle =
  'no-webrtc' | 'camera-denied' | 'camera-missing' | 'microphone-denied' | 'microphone-missing';

export interface Channel {
  state: ChannelState;
  /** What to fix; empty unless `unavailable`. */
  obstacles: Obstacle[];
  /** The session that selecting the chip leads to; only where `connected`. */
  sessionId?: SessionId;
}

export interface ChannelFacts {
  /** Those of the machine (or of the person) that the person sees. */
  sessions: readonly Pick<VideoSession, 'id' | 'status' | 'updatedAtMs'>[];
  services: Services;
  /** False: live support is off for this code or machine (F28). */
  supportEnabled: boolean;
  abilities: DeviceAbilities;
  /** Whose device it is: employees take part without a camera (C6). */
  kind: 'codeUser' | 'employee' | 'guest';
}

/**
 * The channel, from facts alone. What is switched off comes before what is broken here, and that before what is open:
 * a chip that says 'connected' on a device that cannot call would lie.
 */
export function channelOf(facts: ChannelFacts): Channel {
  if (!offersSessions(facts)) return { state: 'disabled', obstacles: [] };
  const obstacles = obstaclesOf(facts);
  if (obstacles.length > 0) return { state: 'unavailable', obstacles };
  const open = openSession(facts.sessions);
  return open ? { state: 'connected', obstacles, sessionId: open.id } : { state: 'disconnected', obstacles };
}

function obstaclesOf({ services, abilities, kind }: ChannelFacts): Obstacle[] {
  // Text needs neither camera nor microphone nor a media link.
  if (!services.voice && !services.video) return [];
  if (!abilities.webRtc) return ['no-webrtc'];
  const found: Obstacle[] = [];
  if (services.video && kind !== 'employee') {
    if (abilities.camera === 'denied') found.push('camera-denied');
    if (abilities.camera === 'missing') found.push('camera-missing');
  }
  if (abilities.microphone === 'denied') found.push('microphone-denied');
  if (abilities.microphone === 'missing') found.push('microphone-missing');
  return found;
}

/** The one with a call before one that waits for its next; among equals the one that changed last. */
function openSession(sessions: ChannelFacts['sessions']): ChannelFacts['sessions'][number] | undefined {
  const rank = (session: ChannelFacts['sessions'][number]): number =>
    session.status === 'IN_PROGRESS' ? 1 : 0;
  return sessions
    .filter(({ status }) => status === 'CONFIRMED' || status === 'IN_PROGRESS')
    .sort((a, b) => rank(b) - rank(a) || b.updatedAtMs - a.updatedAtMs)[0];
}
