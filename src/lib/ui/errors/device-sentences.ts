import type { DeviceKind, DeviceReason } from '../../state/call-ports.ts';
import { m } from '../messages.ts';

type NamedSentence = (values: { name: string }) => string;

/** Why somebody else's device gives nothing. One row per reason; one without a sentence does not compile. */
export const remoteDeviceSentences: Record<DeviceKind, Record<DeviceReason, NamedSentence>> = {
  microphone: {
    starting: m.call_remote_microphone_starting,
    denied: m.call_remote_microphone_denied,
    missing: m.call_remote_microphone_missing,
    busy: m.call_remote_microphone_busy,
    unplugged: m.call_remote_microphone_unplugged,
    ended: m.call_remote_microphone_ended,
    interrupted: m.call_remote_microphone_interrupted,
    unsupported: m.call_remote_microphone_unsupported,
  },
  camera: {
    starting: m.call_remote_camera_starting,
    denied: m.call_remote_camera_denied,
    missing: m.call_remote_camera_missing,
    busy: m.call_remote_camera_busy,
    unplugged: m.call_remote_camera_unplugged,
    ended: m.call_remote_camera_ended,
    interrupted: m.call_remote_camera_interrupted,
    unsupported: m.call_remote_camera_unsupported,
  },
};

/** How it can be mended there; nothing is to be done about a device that is starting. */
export const remoteDeviceWays: Record<DeviceReason, (() => string) | undefined> = {
  starting: undefined,
  denied: m.call_remote_way_denied,
  missing: m.call_remote_way_missing,
  busy: m.call_remote_way_busy,
  unplugged: m.call_remote_way_unplugged,
  ended: m.call_remote_way_ended,
  interrupted: m.call_remote_way_interrupted,
  unsupported: m.call_remote_way_unsupported,
};
