import type { DeviceAccess } from '../devices/local-media.ts';

/** A track without a device behind it; `running` says whether it has been stopped. */
export class FakeTrack extends EventTarget {
  readonly kind: 'audio' | 'video';
  readonly settings: MediaTrackSettings;
  enabled = true;
  muted = false;
  readyState: MediaStreamTrackState = 'live';

  constructor(kind: 'audio' | 'video', settings: MediaTrackSettings = {}) {
    super();
    this.kind = kind;
    this.settings = settings;
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** As when the plug is pulled: the track ends by itself. */
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }

  /** As in a phone call: the system takes the device away, or gives it back. */
  interrupt(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}

export const asTrack = (track: FakeTrack) => track as unknown as MediaStreamTrack;

const deviceError = (name: string) => Object.assign(new Error(name), { name });

/** A tablet with two cameras and a microphone, each of which can refuse. */
export class FakeDevices {
  /** What was asked for, in order. */
  readonly requests: MediaStreamConstraints[] = [];
  readonly tracks: FakeTrack[] = [];
  /** Name of the error that asking for the device gives, like 'NotAllowedError'. */
  audioError: string | undefined;
  videoError: string | undefined;
  permissions: { camera?: PermissionState; microphone?: PermissionState } = {};
  cameras = [
    { deviceId: 'front', facingMode: 'user' },
    { deviceId: 'rear', facingMode: 'environment' },
  ];
  microphones = [{ deviceId: 'built-in' }];
  /** Phones cannot run two cameras: asking for one while another runs fails as busy. */
  oneCameraAtATime = true;
  readonly #changes = new EventTarget();
  #gate: Promise<void> = Promise.resolve();

  /** Holds answers back, as long as the person has not decided yet. */
  hold(): () => void {
    let open: () => void = () => undefined;
    this.#gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  get running(): FakeTrack[] {
    return this.tracks.filter((track) => track.readyState === 'live');
  }

  /** Something was plugged in or pulled out: the list has changed. */
  changed(): void {
    this.#changes.dispatchEvent(new Event('devicechange'));
  }

  readonly access = {
    getUserMedia: async (constraints: MediaStreamConstraints) => {
      this.requests.push(constraints);
      await this.#gate;
      const made: FakeTrack[] = [];
      if (constraints.audio) {
        if (this.audioError) throw deviceError(this.audioError);
        const [microphone] = this.microphones;
        if (!microphone) throw deviceError('NotFoundError');
        made.push(new FakeTrack('audio', microphone));
      }
      if (constraints.video) {
        if (this.videoError) throw deviceError(this.videoError);
        made.push(this.#camera(constraints.video));
      }
      this.tracks.push(...made);
      return {
        getAudioTracks: () => made.filter((track) => track.kind === 'audio'),
        getVideoTracks: () => made.filter((track) => track.kind === 'video'),
      } as unknown as MediaStream;
    },
    enumerateDevices: async () =>
      [
        ...this.cameras.map(({ deviceId }) => ({ deviceId, kind: 'videoinput' })),
        ...this.microphones.map(({ deviceId }) => ({ deviceId, kind: 'audioinput' })),
      ] as MediaDeviceInfo[],
    addEventListener: (type: 'devicechange', listener: () => void) =>
      this.#changes.addEventListener(type, listener),
    removeEventListener: (type: 'devicechange', listener: () => void) =>
      this.#changes.removeEventListener(type, listener),
  } satisfies DeviceAccess;

  readonly permission = async (kind: 'camera' | 'microphone') => this.permissions[kind];

  #camera(constraints: boolean | MediaTrackConstraints): FakeTrack {
    if (this.oneCameraAtATime && this.running.some((track) => track.kind === 'video')) {
      throw deviceError('NotReadableError');
    }
    const wanted = typeof constraints === 'object' ? constraints : {};
    const byId = JSON.stringify(wanted.deviceId ?? '');
    const camera =
      this.cameras.find(({ deviceId }) => byId.includes(`"${deviceId}"`)) ??
      this.cameras.find(({ facingMode }) => facingMode === wanted.facingMode) ??
      this.cameras[0];
    if (!camera) throw deviceError('NotFoundError');
    return new FakeTrack('video', camera);
  }
}
