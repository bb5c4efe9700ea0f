import type { Box } from '../../../src/domain/tracking/box.ts';
import { visionHosts } from '../../../src/lib/vision/host/open-vision-host.ts';
import type { VisionHost, WatchedFrame } from '../../../src/lib/vision/host/vision-host.ts';
import type { ObjectId } from '../../../src/lib/vision/object-tracker.ts';

/** Kept for looking at the track itself: the page takes it from the host to try the other way. */
const Processor = MediaStreamTrackProcessor;

/** A vision host on this browser's camera, or on a picture that came over a link; the test asks step by step. */
export interface VisionPage {
  /** @param way `elements` as in browsers that have no streams of frames */
  open(from: 'camera' | 'link', way: 'streams' | 'elements', width: number, height: number): Promise<void>;
  /** Follows what is in the box until so many frames were looked at: what was seen, and the page's longest task meanwhile. */
  follow(frames: number, box: Box): Promise<Watched>;
  /** Black frames, then the camera again. */
  cover(): Promise<{ readonly lost: boolean; readonly epochs: number }>;
  /** Wants nothing: how many more frames are read in a time in which many would come. */
  rest(): Promise<number>;
  /** Another resolution of the same camera: the aspect of its frames. */
  resize(width: number, height: number): Promise<number>;
  close(): Promise<{ readonly track: MediaStreamTrackState; readonly framesAfter: number }>;
  /** The camera is stopped under the host; resolves when it says so. */
  stopCamera(): Promise<void>;
}

export interface Watched {
  readonly outcome: unknown;
  readonly times: readonly number[];
  readonly names: readonly (number | undefined)[];
  readonly posed: number;
  readonly tracked: number;
  /** Of the centre of what was followed, while it was tracked, from where it was begun; in shares of the picture. */
  readonly farthest: number;
  readonly aspect: number;
  readonly reads: number;
  readonly frameMs: number | undefined;
}

/** Between the centres. */
const distanceOf = (one: Box, other: Box): number =>
  Math.hypot(
    one.x + one.width / 2 - other.x - other.width / 2,
    one.y + one.height / 2 - other.y - other.height / 2,
  );

let camera: MediaStreamTrack | undefined;
let track: MediaStreamTrack;
let host: VisionHost;
let reads = 0;
let lastTimeMs = 0;
const followed: ObjectId[] = [];
let links: RTCPeerConnection[] = [];

async function overLink(from: MediaStreamTrack): Promise<MediaStreamTrack> {
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  links = [near, far];
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
  const arrived = new Promise<MediaStreamTrack>((resolve) => {
    far.ontrack = (event) => resolve(event.track);
  });
  near.addTrack(from, new MediaStream([from]));
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription as RTCSessionDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription as RTCSessionDescription);
  return arrived;
}

const frameWhere = (is: (frame: WatchedFrame) => boolean): Promise<WatchedFrame> =>
  new Promise((resolve) => {
    const off = host.onFrame((frame) => {
      if (!is(frame)) return;
      off();
      resolve(frame);
    });
  });

const page: VisionPage = {
  async open(from, way, width, height) {
    if (way === 'elements') Reflect.deleteProperty(globalThis, 'MediaStreamTrackProcessor');
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width, height } });
    camera = stream.getVideoTracks()[0];
    if (!camera) throw new Error('no camera');
    track = from === 'link' ? await overLink(camera) : camera;
    reads = 0;
    const opened = await visionHosts({ tracker: 'scene-without-model', cores: () => 2, trackGoneMs: 0 })({
      track,
      onRead: (timeMs) => {
        reads += 1;
        lastTimeMs = timeMs;
      },
    });
    if (!opened.ok) throw new Error(opened.reason);
    host = opened.host;
  },

  async follow(count, box) {
    host.want({ frames: true, motion: true });
    await frameWhere(({ pose }) => pose !== undefined);
    // The tracker is open and warm: until then a busy machine keeps its frames too shortly for this.
    const first = await host.follow(box, undefined);
    if (first.ok) host.unfollow(first.id);
    await frameWhere(({ objects }) => objects.length === 0);
    // Made on a frame that is some hundred milliseconds old.
    const seenMs = lastTimeMs;
    for (let i = 0; i < 6; i += 1) await frameWhere(() => true);
    const frames: WatchedFrame[] = [];
    const outcome = await host.follow(box, seenMs);
    if (outcome.ok) followed.push(outcome.id);
    const off = host.onFrame((frame) => frames.push(frame));
    await frameWhere(() => frames.length >= count);
    off();
    const tracked = frames.flatMap(({ objects }) => objects.filter(({ state }) => state === 'tracked'));
    return {
      outcome,
      times: frames.map(({ timeMs }) => timeMs),
      names: frames.map(({ name }) => name),
      posed: frames.filter(({ pose }) => pose).length,
      tracked: tracked.length,
      farthest: Math.max(...tracked.map((object) => distanceOf(object.box, box))),
      aspect: frames.at(-1)?.aspect ?? 0,
      reads,
      frameMs: host.load.frameMs,
    };
  },

  async cover() {
    const before = await frameWhere(({ pose }) => pose !== undefined);
    track.enabled = false;
    const covered = await frameWhere(
      ({ objects, pose }) => !pose && objects.every(({ state }) => state === 'lost'),
    );
    // Long enough for the scene to be another one.
    const back = frameWhere(({ pose }) => pose !== undefined);
    await frameWhere(({ timeMs }) => timeMs > covered.timeMs + 800);
    track.enabled = true;
    const after = await back;
    return { lost: true, epochs: ((after.pose?.epoch ?? 0) - (before.pose?.epoch ?? 0) + 256) % 256 };
  },

  async rest() {
    host.want({ frames: false, motion: false });
    for (const id of followed) host.unfollow(id);
    // The worker has answered: it knows by now that nothing is wanted.
    const quiet = await settledReads();
    await pictures(12);
    return reads - quiet;
  },

  async resize(width, height) {
    host.want({ frames: true, motion: true });
    await frameWhere(() => true);
    await track.applyConstraints({ width: { exact: width }, height: { exact: height } });
    const { aspect } = await frameWhere((frame) => Math.abs(frame.aspect - width / height) < 0.01);
    return aspect;
  },

  async close() {
    host.want({ frames: true, motion: true });
    host.dispose();
    const before = reads;
    await pictures(9);
    const state = track.readyState;
    camera?.stop();
    for (const link of links) link.close();
    return { track: state, framesAfter: reads - before };
  },

  async stopCamera() {
    host.want({ frames: true, motion: true });
    await frameWhere(() => true);
    const stopped = new Promise<void>((resolve) => host.onStopped(() => resolve()));
    camera?.stop();
    await stopped;
  },
};

/** Waits until the camera has given so many pictures: whoever reads it could have read them. */
async function pictures(count: number): Promise<void> {
  const copy = track.clone();
  const reader = new Processor({ track: copy }).readable.getReader();
  for (let seen = 0; seen < count; seen += 1) {
    const { value, done } = await reader.read();
    if (done) throw new Error('the track has ended');
    value.close();
  }
  copy.stop();
}

/** Reads so far, when none has come for some pictures. */
async function settledReads(): Promise<number> {
  let before = -1;
  while (before !== reads) {
    before = reads;
    await pictures(6);
  }
  return reads;
}

Object.assign(globalThis, { vision: page });
document.title = 'ready';
