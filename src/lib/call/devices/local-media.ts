import type { ErrorCode } from '#domain/error-codes.ts';
import { ok, type Result } from '#domain/result.ts';
import { DeviceList, type DeviceAccess } from './device-list.ts';
import { reasonOf, type DeviceReason } from './device-reasons.ts';
import { DeviceRequests, pictureSize, type Acquired, type AskPermission } from './device-requests.ts';
import type { DeviceKind } from './media-failure.ts';

export type { DeviceAccess } from './device-list.ts';
export type Facing = 'environment' | 'user' | 'unknown';
export type DeviceState = 'off' | 'starting' | 'on' | 'disabled' | 'interrupted';

export interface LocalMediaOptions {
  preferredFacing: 'environment' | 'user';
  devices: DeviceAccess | undefined;
  /** Is this device known to be refused already? Then it is not asked for again. Undefined where nobody knows. */
  permission?: AskPermission;
}

const kinds = ['camera', 'microphone'] as const satisfies readonly DeviceKind[];

/**
 * Own camera and microphone. Both are asked for at once where both are wanted, so that there is one prompt. States
 * are read from the real tracks. What is stopped is really stopped: the light of the camera goes out.
 */
export class LocalMedia {
  readonly #list: DeviceList;
  readonly #requests: DeviceRequests;
  readonly #permission: AskPermission;
  readonly #unwatch: () => void;
  readonly #tracks: Record<DeviceKind, MediaStreamTrack | null> = { camera: null, microphone: null };
  readonly #failures: Record<DeviceKind, ErrorCode | null> = { camera: null, microphone: null };
  readonly #starting: Record<DeviceKind, Promise<Acquired> | undefined> = {
    camera: undefined,
    microphone: undefined,
  };
  /** How often it was stopped: what was begun before and goes on later may start nothing any more. */
  readonly #stops: Record<DeviceKind, number> = { camera: 0, microphone: 0 };
  /** Whether sound or picture goes out when the device comes; kept over a device that goes and comes. */
  readonly #enabled: Record<DeviceKind, boolean> = { camera: true, microphone: true };
  /** As the tracks told when they came: a track that has ended need not tell any more. */
  readonly #settings: Record<DeviceKind, MediaTrackSettings> = { camera: {}, microphone: {} };
  readonly #back: Record<DeviceKind, boolean> = { camera: false, microphone: false };
  readonly #listeners = new Set<() => void>();
  /** What is asked for; a camera that does not say where it looks is taken to look there. */
  #wantedFacing: 'environment' | 'user';
  #cameras: string[] = [];

  constructor(options: LocalMediaOptions) {
    this.#wantedFacing = options.preferredFacing;
    this.#permission = options.permission ?? (async () => undefined);
    this.#list = new DeviceList(options.devices);
    this.#requests = new DeviceRequests(options.devices, this.#permission);
    this.#unwatch = this.#list.watch(() => void this.#devicesChanged());
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

  /** Why nothing comes of a device that is wanted, or not yet; null while it works, and when it is simply off. */
  reason(kind: DeviceKind): DeviceReason | null {
    const state = this.state(kind);
    const failure = this.#failures[kind];
    if (state === 'starting') return 'starting';
    if (state === 'on' || state === 'disabled') return null;
    if (isLive(this.#tracks[kind])) return 'interrupted';
    return failure && reasonOf(kind, failure);
  }

  /** A device was missing or pulled out, and now there is one: it is offered, never taken by itself. */
  isBack(kind: DeviceKind): boolean {
    return this.#back[kind];
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
    const [first, second] = kinds.filter(
      (kind) => wanted[kind] && !isLive(this.#tracks[kind]) && !this.#starting[kind],
    );
    if (!first) {
      await Promise.all([this.#starting.camera, this.#starting.microphone]);
      return;
    }
    if (!second) {
      await this.#begin(first, this.#requests.one(first, this.#preferredCamera()));
      return;
    }
    const both = this.#requests.both(this.#preferredCamera());
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
    this.#stops[kind] += 1;
    this.#starting[kind] = undefined;
    this.#tracks[kind] = null;
    this.#failures[kind] = null;
    this.#back[kind] = false;
    this.#enabled[kind] = true;
    track?.stop();
    this.#changed();
  }

  /** Off: the track delivers silence or black, but is kept. */
  setEnabled(kind: DeviceKind, enabled: boolean): void {
    const track = this.#tracks[kind];
    if (!track || track.enabled === enabled) return;
    this.#enabled[kind] = enabled;
    track.enabled = enabled;
    this.#changed();
  }

  /**
   * The other camera: rear for front, or the next of several. The old one is stopped first, because phones cannot run
   * two; when the new one fails, the old one is brought back. Stopped meanwhile, none comes, and nothing has failed.
   */
  async switchCamera(): Promise<Result<void, ErrorCode>> {
    const stops = this.#stops.camera;
    const isStopped = () => this.#stops.camera !== stops;
    const old = this.#tracks.camera;
    const before = old?.getSettings?.();
    const target = await this.#otherCamera(before);
    if (isStopped()) return ok(undefined);
    old?.stop();
    this.#tracks.camera = null;
    const result = await this.#begin('camera', this.#requests.camera(target));
    if (isStopped()) return ok(undefined);
    if (!result.ok && before) {
      const failure = this.#failures.camera;
      await this.#begin(
        'camera',
        this.#requests.camera({ ...pictureSize, ...(before.deviceId ? { deviceId: before.deviceId } : {}) }),
      );
      if (isStopped()) return ok(undefined);
      this.#failures.camera = failure;
    }
    this.#changed();
    return result.ok ? ok(undefined) : result;
  }

  /** Gets interrupted devices anew; only from a gesture, since browsers may ask. */
  async resume(): Promise<void> {
    await this.#restart(kinds.filter((kind) => this.state(kind) === 'interrupted'));
  }

  /**
   * Another try for one device that failed, was pulled out, or is there again; within a gesture. One that was off
   * stays off.
   */
  async restart(kind: DeviceKind): Promise<void> {
    if (this.state(kind) !== 'on' && this.state(kind) !== 'disabled') await this.#restart([kind]);
  }

  async #restart(stale: readonly DeviceKind[]): Promise<void> {
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
    this.#unwatch();
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
    this.#back[kind] = false;
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
    if (!result.ok) {
      if (result.reason === `${kind}-missing`) this.#list.noteNone(kind);
      return;
    }
    const track = result.value;
    track.enabled = this.#enabled[kind];
    this.#tracks[kind] = track;
    for (const event of ['mute', 'unmute']) {
      track.addEventListener(event, () => {
        if (this.#tracks[kind] === track) this.#changed();
      });
    }
    this.#settings[kind] = track.getSettings?.() ?? {};
    track.addEventListener('ended', () => void this.#ended(kind, track));
    if (kind === 'camera') void this.#countCameras();
  }

  /** The track ended by itself: the plug, the person's settings, or the system. */
  async #ended(kind: DeviceKind, track: MediaStreamTrack): Promise<void> {
    if (this.#tracks[kind] !== track) return;
    this.#changed();
    const denied = (await this.#permission(kind)) === 'denied';
    const lost = !denied && (await this.#list.lost(kind, this.#settings[kind]));
    if (lost) await this.#list.noteRest(kind);
    // Replaced or stopped while that was found out.
    if (this.#tracks[kind] !== track) return;
    this.#failures[kind] = denied ? `${kind}-denied` : lost ? `${kind}-unplugged` : `${kind}-ended`;
    this.#changed();
  }

  /** The list may say later than the track that a device is gone, and is the only one that says that one has come. */
  async #devicesChanged(): Promise<void> {
    for (const kind of kinds) {
      const failure = this.#failures[kind];
      const track = this.#tracks[kind];
      if (failure === `${kind}-ended` && track) await this.#ended(kind, track);
      else if (failure === `${kind}-unplugged` || failure === `${kind}-missing`) {
        const back = await this.#list.hasCome(kind);
        if (this.#failures[kind] === failure) this.#back[kind] = back;
      }
    }
    await this.#countCameras();
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
    this.#cameras = (await this.#list.of('camera')).map((device) => device.deviceId);
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const isLive = (track: MediaStreamTrack | null) => track?.readyState === 'live';

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
