import { boxCentre, type Box } from '#domain/tracking/box.ts';
import { moveBy } from '#domain/tracking/scene-pose.ts';
import { watchSeenFrames } from '../../../src/lib/call/frames/seen-frames.ts';
import { visionHosts } from '../../../src/lib/vision/host/open-vision-host.ts';
import type { OpenVisionHost, WatchedFrame } from '../../../src/lib/vision/host/vision-host.ts';
import type { TrackerName } from '../../../src/lib/vision/tracker-registry.ts';
import { connections, watchConnections } from '../../contracts/call-transport/watched-connections.ts';
import { seededRandom } from '../../harness/seeded.ts';
import { cameraId, cameraPicture, joinCall, openRoom, viewerId, type CallEnd } from './call-ends.ts';
import {
  loadWorld,
  newestNumber,
  openNumberedCamera,
  paintedFrame,
  pictureHeight,
  pictureWidth,
  readNumber,
  type NumberedCamera,
  type World,
} from './numbered-scene.ts';

/** A call between a camera and a viewer who makes marks; both ends are in this page, the link between them is real. */
export interface AnchoringPage {
  begin(input: BeginInput): Promise<void>;
  /** Frames wait so long before they are shown. */
  holdBack(ms: number): Promise<void>;
  /** Median age of the last frames when they were seen, in milliseconds. */
  delayMs(): Promise<number>;
  change(what: Change): Promise<void>;
  mark(input: MarkInput): Promise<MarkResult>;
  side(): string;
  end(): Promise<void>;
}

export interface BeginInput {
  readonly photoUrl: string;
  readonly tracker: TrackerName;
  readonly modelsUrl: string | undefined;
  readonly seed: number;
}

export type Change = 'another camera' | 'another resolution' | 'a pause';

export interface MarkInput {
  readonly kind: 'highlight' | 'stroke';
  /** False: the frame's name is left out. */
  readonly anchored: boolean;
}

export interface MarkResult {
  /** Age of the frame when the mark was made, in milliseconds. */
  readonly ageMs: number;
  /** Number in the frame that the viewer saw. */
  readonly seen: number;
  /** Number in the frame on which the camera's side put it; undefined where it had none, or refused. */
  readonly chosen: number | undefined;
  readonly refused: string | undefined;
  /** Between mark and element on the camera's side afterwards, in pixels; undefined where nothing was shown. */
  readonly distance: number | undefined;
}

/** Marks are judged so long after they came. */
const settleMs = 500;
const judgedMs = 400;
const patienceMs = 8_000;

watchConnections();
const peersPort = Number(new URLSearchParams(location.search).get('peers'));

interface SeenNumber {
  readonly number: number;
  readonly name: number | undefined;
  readonly ageMs: number;
}

let camera: CallEnd;
let viewer: CallEnd;
let worlds: readonly World[];
let open: NumberedCamera;
let random: () => number;
let seen: SeenNumber | undefined;
let ages: number[] = [];
/** Numbers of the own frames by their times, of the camera that is on. */
let ownNumbers = new Map<number, number>();
let readTimes: number[] = [];
let newestMs = Number.NEGATIVE_INFINITY;
/** What the camera's side asked its host for last, and the first frame on which it had it. */
let askedMs: number | undefined;
let firstWithObjectMs: number | undefined;
const video = document.createElement('video');

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15));

async function until<T>(what: string, found: () => T | undefined, withinMs = patienceMs): Promise<T> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const value = found();
    if (value !== undefined) return value;
    if (performance.now() > deadlineMs) throw new Error(`not seen within ${withinMs} ms: ${what}`);
    await nextTurn();
  }
}

function nextCamera(): MediaStreamTrack {
  const turn = open ? 1 : 0;
  open?.stop();
  open = openNumberedCamera(worlds[turn % worlds.length] as World, turn === 0 ? 'canvas' : 'clock');
  void readOwn(open.track.clone());
  return open.track;
}

async function readOwn(track: MediaStreamTrack): Promise<void> {
  const numbers = new Map<number, number>();
  ownNumbers = numbers;
  readTimes = [];
  newestMs = Number.NEGATIVE_INFINITY;
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done || ownNumbers !== numbers) break;
    const number = readNumber(value, value.displayWidth, value.displayHeight);
    if (number !== undefined) numbers.set(value.timestamp / 1_000, number);
    value.close();
  }
  track.stop();
}

/** The host of the camera's side, and what is asked of it and seen by it. */
const listening =
  (openHost: OpenVisionHost): OpenVisionHost =>
  async (input) => {
    const opened = await openHost({
      ...input,
      onRead: (timeMs, readAtMs, name) => {
        readTimes.push(timeMs);
        if (readTimes.length > 300) readTimes.splice(0, 100);
        input.onRead?.(timeMs, readAtMs, name);
      },
    });
    if (!opened.ok) return opened;
    const { host } = opened;
    host.onFrame((frame: WatchedFrame) => {
      newestMs = Math.max(newestMs, frame.timeMs);
      if (frame.objects.length > 0) firstWithObjectMs ??= frame.timeMs;
    });
    const follow = host.follow.bind(host);
    const poseAt = host.poseAt.bind(host);
    host.follow = (box, timeMs) => {
      askedMs = timeMs;
      return follow(box, timeMs);
    };
    host.poseAt = (timeMs) => {
      askedMs = timeMs;
      return poseAt(timeMs);
    };
    return opened;
  };

function watchViewer(): void {
  video.muted = true;
  document.body.append(video);
  watchSeenFrames(video, ({ name }) => {
    const number = readNumber(video, video.videoWidth, video.videoHeight);
    const frame = number === undefined ? undefined : paintedFrame(number);
    viewer.vision.seen(cameraPicture, name);
    seen = frame && { number: frame.number, name, ageMs: performance.now() - frame.paintedAtMs };
    if (!seen) return;
    ages.push(seen.ageMs);
    if (ages.length > 60) ages.shift();
  });
  const show = (): void => {
    const stream = viewer.engine.snapshot.participants.find(
      ({ participantId }) => participantId === cameraId,
    )?.cameraStream;
    if (!stream || video.srcObject === stream) return;
    video.srcObject = stream;
    // Played again when the next one is there.
    void video.play().catch(() => undefined);
  };
  viewer.engine.subscribe(show);
  show();
}

const toShares = ({ x, y, width, height }: Box): Box => ({
  x: x / pictureWidth,
  y: y / pictureHeight,
  width: width / pictureWidth,
  height: height / pictureHeight,
});

/** Distance on the newest frame of the camera's side; undefined while it cannot be told. */
function distanceOf(place: () => { x: number; y: number } | undefined): number | undefined {
  const number = ownNumbers.get(newestMs);
  const frame = number === undefined ? undefined : paintedFrame(number);
  const at = frame && place();
  if (!at) return undefined;
  const centre = boxCentre(frame.element);
  return Math.hypot(at.x * pictureWidth - centre.x, at.y * pictureHeight - centre.y);
}

/** Median of all frames in a while, some time from now. */
async function judge(place: () => { x: number; y: number } | undefined): Promise<number | undefined> {
  const fromMs = performance.now() + settleMs;
  const distances: number[] = [];
  const off = camera.vision.onMoved(cameraPicture, () => {
    const distance = performance.now() >= fromMs ? distanceOf(place) : undefined;
    if (distance !== undefined) distances.push(distance);
  });
  await until('time to judge', () => (performance.now() > fromMs + judgedMs ? true : undefined));
  off();
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1];
}

/** The number in the frame of the ring that is nearest to a time. */
function numberNear(timeMs: number | undefined): number | undefined {
  if (timeMs === undefined) return undefined;
  let best: number | undefined;
  for (const one of readTimes) {
    if (best === undefined || Math.abs(one - timeMs) < Math.abs(best - timeMs)) best = one;
  }
  return best === undefined ? undefined : ownNumbers.get(best);
}

const markTopic = 'bench-mark';
let strokeTaken: ((data: { readonly name?: number }) => void) | undefined;

async function highlight(at: SeenNumber, box: Box, anchored: boolean): Promise<MarkResult> {
  viewer.nameFrames(anchored);
  const outcome = await viewer.vision.start(cameraPicture, toShares(box), '');
  viewer.nameFrames(true);
  const made = { ageMs: at.ageMs, seen: at.number };
  if (!outcome.ok) return { ...made, chosen: undefined, refused: outcome.reason, distance: undefined };
  await until('the first frame', () => firstWithObjectMs);
  const chosen = firstWithObjectMs === undefined ? undefined : ownNumbers.get(firstWithObjectMs);
  const distance = await judge(() => {
    const shown = camera.vision.highlights.find(({ id }) => id === outcome.id);
    const now = shown?.state === 'tracked' ? camera.vision.boxOf(outcome.id) : undefined;
    return now && boxCentre(now);
  });
  camera.vision.remove(outcome.id);
  await until('its end', () =>
    [...camera.vision.highlights, ...viewer.vision.highlights].length === 0 ? true : undefined,
  );
  return { ...made, chosen, refused: undefined, distance };
}

async function stroke(at: SeenNumber, box: Box, anchored: boolean): Promise<MarkResult> {
  const begun = viewer.vision.anchorNow(cameraPicture);
  const name = begun && viewer.vision.frameNameFor(cameraId, begun);
  const came = new Promise<{ readonly name?: number }>((resolve) => (strokeTaken = resolve));
  viewer.engine.sendControl(markTopic, anchored ? { name } : {}, cameraId);
  const told = await came;
  const anchor = camera.vision.anchorFrom(viewerId, cameraPicture, told.name);
  camera.vision.riding(cameraPicture, true);
  const { x, y } = boxCentre(toShares(box));
  const distance = await judge(() => {
    const motion = anchor && camera.vision.motionSince(anchor);
    return motion && moveBy(motion, { x, y }, pictureWidth / pictureHeight);
  });
  camera.vision.riding(cameraPicture, false);
  return { ageMs: at.ageMs, seen: at.number, chosen: numberNear(askedMs), refused: undefined, distance };
}

const page: AnchoringPage = {
  async begin({ photoUrl, tracker, modelsUrl, seed }) {
    random = seededRandom(seed);
    worlds = [await loadWorld(photoUrl)];
    const room = openRoom(peersPort);
    const openHost = visionHosts({ tracker, cores: () => 2, ...(modelsUrl !== undefined && { modelsUrl }) });
    camera = await joinCall({ room, selfId: cameraId, nextCamera, openHost: listening(openHost) });
    viewer = await joinCall({ room, selfId: viewerId, openHost });
    camera.engine.onControl(markTopic, (_from, data) => strokeTaken?.(data as { name?: number }));
    watchViewer();
    viewer.vision.arm(cameraPicture, true);
    await until('a picture with a name', () => (seen?.name === undefined ? undefined : true), 30_000);
    await until('names', () => (camera.engine.frameNames.knows(viewerId) ? true : undefined), 30_000);
  },

  async holdBack(ms) {
    for (const connection of connections) {
      for (const receiver of connection.getReceivers()) {
        (receiver as RTCRtpReceiver & { jitterBufferTarget: number | null }).jitterBufferTarget = ms;
      }
    }
  },

  async delayMs() {
    ages = [];
    await until('frames', () => (ages.length >= 40 ? true : undefined), 20_000);
    ages.sort((a, b) => a - b);
    return ages[ages.length >> 1] ?? Number.NaN;
  },

  async change(what) {
    if (what === 'another camera') await camera.engine.switchCamera();
    else if (what === 'another resolution') open.resize(480);
    else {
      camera.engine.pauseCamera();
      await until('a picture without a number', () => (seen ? undefined : true));
      camera.engine.resumeCamera();
    }
    const from = newestNumber();
    await until('the picture after it', () => (seen && seen.number > from ? true : undefined), 20_000);
  },

  async mark({ kind, anchored }) {
    const fromMs = performance.now() + 100 + 300 * random();
    const at = await until('a frame', () => (performance.now() > fromMs ? seen : undefined));
    const frame = paintedFrame(at.number);
    if (!frame) throw new Error('a frame that was never painted');
    askedMs = undefined;
    firstWithObjectMs = undefined;
    return kind === 'highlight'
      ? highlight(at, frame.element, anchored)
      : stroke(at, frame.element, anchored);
  },

  side: () => camera.vision.visionOf(cameraPicture).side,

  async end() {
    await viewer.close();
    await camera.close();
  },
};

Object.assign(globalThis, { anchoring: page });
document.title = 'ready';
