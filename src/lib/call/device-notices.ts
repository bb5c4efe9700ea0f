import type { CallParticipant, DeviceNotice, OwnMedia } from './call-snapshot.ts';
import type { DeviceReason } from './devices/device-reasons.ts';
import type { DeviceKind } from './devices/media-failure.ts';

/**
 * What is said to this person about devices: every own one that gives nothing, each with its reason, then those of
 * everybody else who is linked. That an own device is starting is seen on its button, and not said here.
 */
export function deviceNotices(snapshot: {
  own: OwnMedia;
  participants: readonly CallParticipant[];
}): readonly DeviceNotice[] {
  return [...ownNotices(snapshot.own), ...snapshot.participants.flatMap(noticesOf)];
}

function ownNotices(own: OwnMedia): DeviceNotice[] {
  const notices = [
    ownNotice('microphone', own.microphoneReason, own.microphoneBack),
    ownNotice('camera', own.cameraReason, own.cameraBack),
  ].filter((notice) => notice !== undefined);
  // A browser without devices is one fault, not two.
  const unsupported = notices.find(({ reason }) => reason === 'unsupported');
  return notices.filter((notice) => notice.reason !== 'unsupported' || notice === unsupported);
}

function ownNotice(device: DeviceKind, reason: DeviceReason | null, back: boolean): DeviceNotice | undefined {
  if (reason === null || reason === 'starting') return undefined;
  const failure = reason === 'unsupported' ? 'media-unsupported' : (`${device}-${reason}` as const);
  return { whose: 'own', device, reason, failure, back };
}

function noticesOf({ participantId, name, link, media }: CallParticipant): DeviceNotice[] {
  if (link !== 'connected') return [];
  const of = (device: DeviceKind, reason: DeviceReason | undefined): DeviceNotice[] =>
    reason ? [{ whose: 'other', participantId, name, device, reason }] : [];
  return [...of('microphone', media.microphoneReason), ...of('camera', media.cameraReason)];
}
