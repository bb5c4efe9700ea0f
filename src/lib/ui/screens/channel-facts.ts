import type { Directory } from '#domain/protocol/directory.ts';
import { channelOf, type Channel, type DeviceAbilities } from '#domain/session/channel.ts';
import type { VideoSession } from '#domain/session/video-session.ts';

/** The channel of a machine, as this person sees it on this device (C12). */
export function channelFor(
  directory: Directory,
  sessions: readonly VideoSession[],
  abilities: DeviceAbilities,
  deviceId: string | undefined = directory.devices[0]?.id,
): Channel {
  return channelOf({
    sessions,
    services: directory.organization.settings.services,
    supportEnabled: directory.devices.find((device) => device.id === deviceId)?.supportEnabled ?? true,
    abilities,
    kind: directory.subject.kind,
  });
}
