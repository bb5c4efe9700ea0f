import type { DeviceKind } from './media-failure.ts';

/** The part of `navigator.mediaDevices` that is used; absent where pages may not use devices. */
export interface DeviceAccess extends Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'> {
  /** Absent where the browser does not tell of devices that come and go. */
  addEventListener?(type: 'devicechange', listener: () => void): void;
  removeEventListener?(type: 'devicechange', listener: () => void): void;
}

const listedAs = { camera: 'videoinput', microphone: 'audioinput' } as const;

/** Which devices are plugged in, and whether one has come since something was lost. */
export class DeviceList {
  readonly #devices: DeviceAccess | undefined;
  /** Those that were there when a device was lost or missing: any other one is news. */
  readonly #known: Record<DeviceKind, ReadonlySet<string> | undefined> = {
    camera: undefined,
    microphone: undefined,
  };

  constructor(devices: DeviceAccess | undefined) {
    this.#devices = devices;
  }

  /** Calls back when something was plugged in or pulled out; returns the way to stop. */
  watch(changed: () => void): () => void {
    this.#devices?.addEventListener?.('devicechange', changed);
    return () => this.#devices?.removeEventListener?.('devicechange', changed);
  }

  /** Empty also where the browser does not tell. */
  async of(kind: DeviceKind): Promise<MediaDeviceInfo[]> {
    return (await this.#told(kind)) ?? [];
  }

  /** Is this device gone from the list? `device` is what its track told while it lived. */
  async lost(kind: DeviceKind, { deviceId, groupId }: MediaTrackSettings): Promise<boolean> {
    const told = await this.#told(kind);
    // 'default' stays in the list while any device is there: which one it stands for is told by the group.
    const isIt = (device: MediaDeviceInfo) =>
      same(deviceId, device.deviceId) && same(groupId, device.groupId);
    return told !== undefined && !told.some(isIt);
  }

  /** There was no device of this kind: whichever comes is news. */
  noteNone(kind: DeviceKind): void {
    this.#known[kind] = new Set();
  }

  /** A device was pulled out: those that are left are no news. */
  async noteRest(kind: DeviceKind): Promise<void> {
    this.#known[kind] = new Set((await this.of(kind)).map(keyOf));
  }

  async hasCome(kind: DeviceKind): Promise<boolean> {
    const known = this.#known[kind];
    return known !== undefined && (await this.of(kind)).some((device) => !known.has(keyOf(device)));
  }

  async #told(kind: DeviceKind): Promise<MediaDeviceInfo[] | undefined> {
    const all = await this.#devices?.enumerateDevices().catch(() => undefined);
    return all?.filter((device) => device.kind === listedAs[kind]);
  }
}

const keyOf = ({ deviceId, groupId }: MediaDeviceInfo) => `${deviceId} ${groupId}`;

/** Ids are empty where the browser hides them, and in tracks of browsers that do not say them. */
const same = (one: string | undefined, other: string | undefined) => !one || !other || one === other;
