import type { ErrorCode } from '#domain/error-codes.ts';
import type { Result } from '#domain/result.ts';
import type { DeviceAccess } from './device-list.ts';
import { mediaFailure, type DeviceKind } from './media-failure.ts';

export type Acquired = Result<MediaStreamTrack, ErrorCode>;

/** Is this device known to be refused already? Undefined where nobody knows. */
export type AskPermission = (kind: DeviceKind) => Promise<PermissionState | undefined>;

const audioConstraints: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};
export const pictureSize = { width: { ideal: 1280 }, height: { ideal: 720 } };

/** Asks the browser, and through it the person, for camera and microphone. */
export class DeviceRequests {
  readonly #devices: DeviceAccess | undefined;
  readonly #permission: AskPermission;

  constructor(devices: DeviceAccess | undefined, permission: AskPermission) {
    this.#devices = devices;
    this.#permission = permission;
  }

  /** Both in one question. Each fails on its own. */
  async both(camera: MediaTrackConstraints): Promise<Record<DeviceKind, Acquired>> {
    if (!this.#devices) return { camera: unsupported, microphone: unsupported };
    try {
      const stream = await this.#devices.getUserMedia({ audio: audioConstraints, video: camera });
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
        return this.one(kind, camera);
      };
      return {
        microphone: await again('microphone', 'camera'),
        camera: await again('camera', 'microphone'),
      };
    }
  }

  async one(kind: DeviceKind, camera: MediaTrackConstraints): Promise<Acquired> {
    if (!this.#devices) return unsupported;
    if ((await this.#permission(kind)) === 'denied') return { ok: false, reason: `${kind}-denied` };
    if (kind === 'camera') return this.camera(camera);
    try {
      return firstOf(await this.#devices.getUserMedia({ audio: audioConstraints }), kind);
    } catch (error) {
      return { ok: false, reason: mediaFailure(kind, error) };
    }
  }

  async camera(video: MediaTrackConstraints): Promise<Acquired> {
    if (!this.#devices) return unsupported;
    try {
      return firstOf(await this.#devices.getUserMedia({ video }), 'camera');
    } catch (error) {
      return { ok: false, reason: mediaFailure('camera', error) };
    }
  }
}

const unsupported: Acquired = { ok: false, reason: 'media-unsupported' };

function firstOf(stream: MediaStream, kind: DeviceKind): Acquired {
  const tracks = kind === 'camera' ? stream.getVideoTracks() : stream.getAudioTracks();
  const [track] = tracks;
  return track ? { ok: true, value: track } : { ok: false, reason: `${kind}-missing` };
}
