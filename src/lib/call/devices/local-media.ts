import type { ErrorCode } from '#domain/error-codes.ts';
import type { Result } from '#domain/result.ts';
import { mediaFailure, type DeviceKind } from './media-failure.ts';

export type Facing = 'environment' | 'user' | 'unknown';
export type DeviceState = 'off' | 'starting' | 'on' | 'disabled' | 'interrupted';
type Acquired = Result<MediaStreamTrack, ErrorCode>;

/** The part of `navigator.mediaDevices` that is used; absent where pages may not use devices. */
export type DeviceAccess = Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'>;

export interface LocalMediaOptions {
  preferredFacing: 'environment' | 'user';
  devices: DeviceAccess | undefined;
  /** Is this device known to be refused already? Then it is not asked for again. Undefined where nobody knows. */
  permission?: (kind: DeviceKind) => Promise<PermissionState | undefined>;
}

const audioConstraints: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};
const pictureSize = { width: { ideal: 1280 }, height: { ideal: 720 } };

/**
 * Own camera and microphone. Both are asked for at once where both are wanted, so that there is one prompt. States
 * are read from the real tracks. What is stopped is really stopped: the light of the camera goes out.
 */
export class LocalMedia {
  readonly #devices: DeviceAccess | undefined;
  readonly #permission: NonNullable<LocalMediaOptions['permission']>;
  readonly #tracks: Record<DeviceKind, MediaStreamTrack | null> = { camera: null, microphone: null };
  readonly #failures: Record<DeviceKind, ErrorCode | null> = { camera: null, microphone: null };
  readonly #starting: Record<DeviceKind, Promise<Acquired> | undefined> = {
    camera: undefined,
    microphone: undefined,
  };
  readonly #listeners = new Set<() => void>();
  /** What is asked for; a camera that does not say where it looks is taken to look there. */
  #wantedFacing: 'environment' | 'user';
  #cameras: string[] = [];

  constructor(options: LocalMediaOptions) {
    this.#devices = options.devices;
    this.#wantedFacing = options.preferredFacing;
    this.#permission = options.permission ?? (async () => undefined);
  }

  /** Called after every change of a state, a track or a failure. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  track(kind: DeviceKind): MediaStreamTrack | null {
    return this.#tracks[kind];
  }

  failure(kind: DeviceKind): ErrorCode | null {
    return this.#failures[kind];
  }

  /** Read from the real track: `interrupted` is a phone call, a closed lid, another program, a pulled plug. */
  state(kind: DeviceKind): DeviceState {
    const track = this.#tracks[kind];
    if (this.#starting[kind]) return 'starting';
    if (!track) return 'off';
    if (track.readyState === 'ended' || track.muted) return 'interrupted';
    return track.enabled ? 'on' : 'disabled';
  }

  /** Which way the camera looks, as its track says. */
  get facing(): Facing {
    const settings = this.#tracks.camera?.getSettings?.();
    if (settings?.facingMode === 'environment' || settings?.facingMode === 'user') return settings.facingMode;
    return 'unknown';
  }

  /** Is the own picture shown as in a mirror by default? Front cameras are; a rear camera never is. */
  get mirrored(): boolean {
    const { facing } = this;
    return facing === 'unknown' ? this.#wantedFacing === 'user' : facing === 'user';
  }

  get canSwitchCamera(): boolean {
    return this.#cameras.length > 1;
  }

  /** Gets what is wanted and not there yet, in one request. Each device fails on its own. */
  async start(wanted: { camera?: boolean; microphone?: boolean }): Promise<void> {
    const kinds = (['camera', 'microphone'] as const).filter(
      (kind) => wanted[kind] && !isLive(this.#tracks[kind]) && !this.#starting[kind],
    );
    const [first, second] = kinds;
    if (!first) {
      await Promise.all([this.#starting.camera, this.#starting.microphone]);
      return;
    }
    if (!second) {
      await this.#begin(first, this.#request(first));
      return;
    }
    const both = this.#requestBoth();
    await Promise.all([
      this.#begin(
        'camera',
        both.then((got) => got.camera),
      ),
      this.#begin(
        'microphone',
        both.then((got) => got.microphone),
      ),
    ]);
  }

  /** Stops the device; nothing is captured any more. */
  stop(kind: DeviceKind): void {
    const track = this.#tracks[kind];
    this.#starting[kind] = undefined;
    this.#tracks[kind] = null;
    this.#failures[kind] = null;
    track?.stop();
    this.#changed();
  }

  /** Off: the track delivers silence or black, but is kept. */
  setEnabled(kind: DeviceKind, enabled: boolean): void {
    const track = this.#tracks[kind];
    if (!track || track.enabled === enabled) return;
    track.enabled = enabled;
    this.#changed();
  }

  /**
   * The other camera: rear for front, or the next of several. The old one is stopped first, because phones cannot run
   * two; when the new one fails, the old one is brought back.
   */
  async switchCamera(): Promise<Acquired> {
    const old = this.#tracks.camera;
    const enabled = old?.enabled ?? true;
    const before = old?.getSettings?.();
    const target = await this.#otherCamera(before);
    old?.stop();
    this.#tracks.camera = null;
    const result = await this.#begin('camera', this.#capture(target));
    if (!result.ok && before) {
      const failure = this.#failures.camera;
      await this.#begin(
        'camera',
        this.#capture({ ...pictureSize, ...(before.deviceId ? { deviceId: before.deviceId } : {}) }),
      );
      this.#failures.camera = failure;
    }
    this.setEnabled('camera', enabled);
    this.#changed();
    return result;
  }

  /** Gets interrupted devices anew; only from a gesture, since browsers may ask. */
  async resume(): Promise<void> {
    const stale = (['camera', 'microphone'] as const).filter((kind) => this.state(kind) === 'interrupted');
    for (const kind of stale) {
      this.#tracks[kind]?.stop();
      this.#tracks[kind] = null;
    }
    await this.start(Object.fromEntries(stale.map((kind) => [kind, true])));
  }

  /** Stops everything, also what is still being asked for. */
  close(): void {
    this.stop('camera');
    this.stop('microphone');
    this.#listeners.clear();
  }

  async #begin(kind: DeviceKind, request: Promise<Acquired>): Promise<Acquired> {
    const running: Promise<Acquired> = request.then((result) => {
      if (this.#starting[kind] === running) this.#take(kind, result);
      // Stopped while the person was being asked: what comes now must not run on.
      else if (result.ok) result.value.stop();
      return result;
    });
    this.#starting[kind] = running;
    this.#failures[kind] = null;
    this.#changed();
    try {
      return await running;
    } finally {
      if (this.#starting[kind] === running) this.#starting[kind] = undefined;
      this.#changed();
    }
  }

  #take(kind: DeviceKind, result: Acquired): void {
    this.#failures[kind] = result.ok ? null : result.reason;
    if (!result.ok) return;
    const track = result.value;
    this.#tracks[kind] = track;
    for (const event of ['ended', 'mute', 'unmute']) {
      track.addEventListener(event, () => {
        if (this.#tracks[kind] === track) this.#changed();
      });
    }
    if (kind === 'camera') void this.#countCameras();
  }

  async #requestBoth(): Promise<Record<DeviceKind, Acquired>> {
    if (!this.#devices) return { camera: unsupported, microphone: unsupported };
    try {
      const stream = await this.#devices.getUserMedia({
        audio: audioConstraints,
        video: this.#preferredCamera(),
      });
      return { camera: firstOf(stream, 'camera'), microphone: firstOf(stream, 'microphone') };
    } catch (error) {
      // One of both is refused, missing or busy: what works is taken, each with its own reason where not.
      const refused = mediaFailure('camera', error) === 'camera-denied';
      const state = {
        camera: await this.#permission('camera'),
        microphone: await this.#permission('microphone'),
      };
      const again = (kind: DeviceKind, other: DeviceKind): Promise<Acquired> => {
        // The person has just said no: only what was not part of that answer may be asked for again.
        const askable = state[kind] === 'granted' || (state[kind] === 'prompt' && state[other] === 'denied');
        if (refused && !askable) return Promise.resolve({ ok: false, reason: `${kind}-denied` });
        return this.#request(kind);
      };
      return {
        microphone: await again('microphone', 'camera'),
        camera: await again('camera', 'microphone'),
      };
    }
  }

  async #request(kind: DeviceKind): Promise<Acquired> {
    if (!this.#devices) return unsupported;
    if ((await this.#permission(kind)) === 'denied') return { ok: false, reason: `${kind}-denied` };
    if (kind === 'camera') return this.#capture(this.#preferredCamera());
    try {
      return firstOf(await this.#devices.getUserMedia({ audio: audioConstraints }), kind);
    } catch (error) {
      return { ok: false, reason: mediaFailure(kind, error) };
    }
  }

  async #capture(video: MediaTrackConstraints): Promise<Acquired> {
    if (!this.#devices) return unsupported;
    try {
      return firstOf(await this.#devices.getUserMedia({ video }), 'camera');
    } catch (error) {
      return { ok: false, reason: mediaFailure('camera', error) };
    }
  }

  #preferredCamera(): MediaTrackConstraints {
    return { facingMode: this.#wantedFacing, ...pictureSize };
  }

  async #otherCamera(before: MediaTrackSettings | undefined): Promise<MediaTrackConstraints> {
    if (before?.facingMode === 'environment' || before?.facingMode === 'user') {
      this.#wantedFacing = before.facingMode === 'user' ? 'environment' : 'user';
      return { ...pictureSize, facingMode: this.#wantedFacing };
    }
    await this.#countCameras();
    const next = this.#cameras[(this.#cameras.indexOf(before?.deviceId ?? '') + 1) % this.#cameras.length];
    return next ? { ...pictureSize, deviceId: { exact: next } } : this.#preferredCamera();
  }

  async #countCameras(): Promise<void> {
    const found = (await this.#devices?.enumerateDevices().catch(() => [])) ?? [];
    this.#cameras = found.flatMap((device) => (device.kind === 'videoinput' ? device.deviceId : []));
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const unsupported: Acquired = { ok: false, reason: 'media-unsupported' };

const isLive = (track: MediaStreamTrack | null) => track?.readyState === 'live';

function firstOf(stream: MediaStream, kind: DeviceKind): Acquired {
  const tracks = kind === 'camera' ? stream.getVideoTracks() : stream.getAudioTracks();
  const [track] = tracks;
  return track ? { ok: true, value: track } : { ok: false, reason: `${kind}-missing` };
}

/** Camera and microphone of this browser. */
export function createLocalMedia(options: { preferredFacing: 'environment' | 'user' }): LocalMedia {
  return new LocalMedia({
    ...options,
    // Missing on pages that are not served securely, whatever the types say.
    devices: navigator.mediaDevices as MediaDevices | undefined,
    permission: async (kind) => {
      try {
        return (await navigator.permissions.query({ name: kind as PermissionName })).state;
      } catch {
        return undefined;
      }
    },
  });
}
