import type { DeviceAccess } from '../../../src/lib/call/devices/local-media.ts';
import type { AskPermission } from '../../../src/lib/call/devices/device-requests.ts';
import { drawPanel } from './panel.ts';

type Kind = 'camera' | 'microphone';

/** How often a camera's picture is drawn anew, in ms: a stream of a canvas has frames only when it is drawn. */
const frameMs = 100;

/** Tracks that are real ones, without a device behind them; silent, and seeing an instrument panel. */
export class Studio {
  readonly #running: (() => void)[] = [];

  camera(width = 1280, height = 720): MediaStreamTrack {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    drawPanel(context);
    const [track] = canvas.captureStream().getVideoTracks();
    if (!track) throw new Error('the canvas has no track');
    let needle = 0;
    // Not quite still: a picture that never changes is sent no frame of.
    const drawing = setInterval(() => drawPanel(context, (needle += 1e-4)), frameMs);
    this.#running.push(() => {
      clearInterval(drawing);
      track.stop();
    });
    return track;
  }

  microphone(): MediaStreamTrack {
    const context = new AudioContext();
    const [track] = context.createMediaStreamDestination().stream.getAudioTracks();
    if (!track) throw new Error('no track of sound');
    this.#running.push(() => {
      track.stop();
      void context.close();
    });
    return track;
  }

  close(): void {
    for (const end of this.#running.splice(0)) end();
  }
}

/** Camera and microphone of one device, either of which can refuse or take its time. */
export class StudioDevices {
  /** Name of the error that asking for it gives, like 'NotAllowedError'. */
  readonly refuses: Partial<Record<Kind, string | undefined>> = {};
  readonly #studio: Studio;
  #answers: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** As long as the person has not decided: no answer comes before `answer`. */
  hold(): void {
    this.#answers = new Promise((resolve) => (this.#open = resolve));
  }

  answer(): void {
    this.#open();
  }

  readonly permission: AskPermission = () => Promise.resolve(undefined);

  readonly access: DeviceAccess = {
    getUserMedia: async ({ audio, video } = {}) => {
      await this.#answers;
      const { camera, microphone } = this.refuses;
      if (audio && microphone) throw new DOMException('', microphone);
      if (video && camera) throw new DOMException('', camera);
      return new MediaStream([
        ...(audio ? [this.#studio.microphone()] : []),
        ...(video ? [this.#studio.camera()] : []),
      ]);
    },
    enumerateDevices: () =>
      Promise.resolve(
        [
          { kind: 'videoinput' as const, deviceId: 'camera' },
          { kind: 'audioinput' as const, deviceId: 'microphone' },
        ].map((device) => ({ ...device, groupId: '', label: '', toJSON: () => device })),
      ),
  };
}
