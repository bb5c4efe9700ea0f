import type { OwnMedia } from './call-snapshot.ts';
import type { RemoteMedia } from './call-transport.ts';
import type { DeviceState, LocalMedia } from './devices/local-media.ts';
import type { DeviceKind } from './devices/media-failure.ts';

/** The stream of the own picture: the same object as long as the track is the same. */
export class OwnStreams {
  readonly #makeStream: (track: MediaStreamTrack) => MediaStream;
  #camera: { track: MediaStreamTrack; stream: MediaStream } | undefined;

  constructor(makeStream: (track: MediaStreamTrack) => MediaStream) {
    this.#makeStream = makeStream;
  }

  camera(track: MediaStreamTrack | null): MediaStream | null {
    if (!track) this.#camera = undefined;
    else if (this.#camera?.track !== track) this.#camera = { track, stream: this.#makeStream(track) };
    return this.#camera?.stream ?? null;
  }
}

const offWord = <Word extends string>(state: DeviceState, word: Word) =>
  state === 'disabled' ? word : state;

/** Devices of `waiting` are asked for, though the browser was not asked yet: they are starting. */
export function ownMediaOf(
  media: LocalMedia,
  streams: OwnStreams,
  waiting: ReadonlySet<DeviceKind>,
): OwnMedia {
  const cameraTrack = media.track('camera');
  const waits = (kind: DeviceKind) => waiting.has(kind) && media.state(kind) === 'off';
  const state = (kind: DeviceKind) => (waits(kind) ? 'starting' : media.state(kind));
  const reason = (kind: DeviceKind) => (waits(kind) ? 'starting' : media.reason(kind));
  return {
    microphone: offWord(state('microphone'), 'muted'),
    camera: offWord(state('camera'), 'paused'),
    microphoneReason: reason('microphone'),
    cameraReason: reason('camera'),
    microphoneBack: media.isBack('microphone'),
    cameraBack: media.isBack('camera'),
    facing: media.facing,
    mirrored: media.mirrored,
    canSwitchCamera: media.canSwitchCamera,
    cameraStream: streams.camera(cameraTrack),
    cameraTrack,
    microphoneTrack: media.track('microphone'),
  };
}

/** What the others are told of the own devices. */
export function saidOfOwn(media: LocalMedia): RemoteMedia {
  const microphone = media.state('microphone');
  const camera = media.state('camera');
  const microphoneReason = media.reason('microphone');
  const cameraReason = media.reason('camera');
  return {
    microphone: microphone === 'on' ? 'on' : microphone === 'disabled' ? 'muted' : 'none',
    camera: camera === 'on' ? 'on' : camera === 'disabled' || camera === 'interrupted' ? 'paused' : 'off',
    screen: 'none',
    ...(microphoneReason && { microphoneReason }),
    ...(cameraReason && { cameraReason }),
  };
}
