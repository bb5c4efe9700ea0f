import { rescaleBox, usableBox, type Box } from '#domain/tracking/box.ts';
import { motionBetween, moveBy, type ScenePose } from '#domain/tracking/scene-pose.ts';
import { maxObjects, type ModelOutcome, type ObjectId } from '../object-tracker.ts';
import {
  followsAlways,
  type FollowOutcome,
  type FollowRefusal,
  type VisionHost,
  type VisionHostInput,
  type VisionLoad,
  type VisionWants,
  type WatchedFrame,
  type WatchedObject,
} from './vision-host.ts';

/** A frame as a script tells it. */
export interface ScriptedFrame {
  readonly timeMs: number;
  /** Where the scene lies; where it lay before if nothing is said, not recognised for null. */
  readonly pose?: ScenePose | null;
  /** Where an object is, in the order in which they were started; null for lost. Without it, it rides on the scene. */
  readonly boxes?: readonly (Box | null | undefined)[];
  readonly name?: number;
}

interface FakeObject {
  readonly number: number;
  box: Box;
  pose: ScenePose | undefined;
  lost: boolean;
}

interface FakeFrame {
  readonly timeMs: number;
  readonly pose: ScenePose | undefined;
  readonly script: ScriptedFrame;
}

const keptMs = 2200;
const reachMs = 60;
const seldomMs = 1_000;
const pixels = { width: 640, height: 480 };
const unit = { width: 1, height: 1 };

/** A vision host that sees what it is told, at once: for tests of what is built on one. */
export class FakeVisionHost implements VisionHost {
  readonly input: VisionHostInput;
  track: MediaStreamTrack | null;
  wants: VisionWants = { frames: false, motion: false };
  held: number | undefined;
  /** Every box that was asked for is refused with this. */
  refusal: FollowRefusal | undefined;
  load: VisionLoad = { frameMs: undefined, framesPerSecond: 0 };
  model: ModelOutcome | undefined;
  stopped = false;
  readonly #objects = new Map<ObjectId, FakeObject>();
  readonly #frames = new Set<(frame: WatchedFrame) => void>();
  readonly #stops = new Set<() => void>();
  #kept: FakeFrame[] = [];
  #heldFrame: FakeFrame | undefined;
  #poseWanted = false;
  /** Of the frame in which what is followed was looked for last. */
  #lookedMs = Number.NEGATIVE_INFINITY;
  #started = 0;

  constructor(input: VisionHostInput) {
    this.input = input;
    this.track = input.track;
  }

  get followed(): readonly ObjectId[] {
    return [...this.#objects.keys()];
  }

  /** Opened by `fakeVisionHosts`: something wants frames. */
  get active(): boolean {
    return this.#keeps || this.#followsScene || this.#seldom;
  }

  /** A frame comes. Nothing happens while nobody wants any. */
  frame(script: ScriptedFrame): void {
    if (this.stopped || this.track === null || !this.active) return;
    const { timeMs, name } = script;
    this.input.onRead?.(timeMs, timeMs, name);
    const before = this.#kept.at(-1)?.pose ?? { epoch: 0, a: 1, b: 0, dx: 0, dy: 0 };
    const pose = script.pose === undefined ? before : (script.pose ?? undefined);
    const frame = { timeMs, pose, script };
    this.#kept = this.#kept.filter((one) => timeMs - one.timeMs <= keptMs);
    this.#kept.push(frame);
    const due = this.#follows || (this.#seldom && timeMs - this.#lookedMs >= seldomMs);
    if (due) {
      this.#lookedMs = timeMs;
      for (const object of this.#objects.values()) this.#carry(object, frame);
    }
    if (this.#followsScene || due) this.#show(frame);
  }

  /** As if its worker had died. */
  die(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.#frames.clear();
    this.#objects.clear();
    const stops = [...this.#stops];
    this.#stops.clear();
    for (const stop of stops) stop();
  }

  setTrack(track: MediaStreamTrack | null): void {
    if (this.stopped) return;
    this.track = track;
    const last = this.#kept.at(-1);
    this.#kept = [];
    this.#heldFrame = undefined;
    for (const object of this.#objects.values()) object.lost = true;
    if (last && this.#objects.size > 0) this.#show({ ...last, pose: undefined });
  }

  want(wants: VisionWants): void {
    this.wants = wants;
    this.#poseWanted = false;
    this.#settle();
  }

  hold(timeMs: number | undefined): void {
    this.held = timeMs;
    this.#heldFrame = timeMs === undefined ? undefined : this.#frameAt(timeMs);
    this.#settle();
  }

  async follow(box: Box, timeMs: number | undefined): Promise<FollowOutcome> {
    if (this.stopped) return { ok: false, reason: 'stopped' };
    if (this.refusal) return { ok: false, reason: this.refusal };
    const frame = this.#frameAt(timeMs);
    if (timeMs !== undefined && !frame) return { ok: false, reason: 'frame-gone' };
    const usable = usableBox(rescaleBox(box, unit, pixels), pixels);
    if (!usable.ok) return usable;
    if (this.#objects.size >= maxObjects) return { ok: false, reason: 'too-many-objects' };
    const number = this.#started;
    const id = (this.#started += 1);
    const object: FakeObject = {
      number,
      box: rescaleBox(usable.box, pixels, unit),
      pose: frame?.pose,
      lost: false,
    };
    this.#objects.set(id, object);
    const newest = this.#kept.at(-1);
    // Whoever asked knows the id before it comes in frames.
    if (newest) {
      queueMicrotask(() =>
        queueMicrotask(() => {
          if (!this.#objects.has(id)) return;
          this.#carry(object, newest);
          this.#show(newest);
        }),
      );
    }
    return { ok: true, id };
  }

  unfollow(id: ObjectId): void {
    this.#objects.delete(id);
    this.#settle();
  }

  async poseAt(timeMs: number | undefined): Promise<ScenePose | undefined> {
    if (this.stopped) return undefined;
    const frame = this.#frameAt(timeMs);
    if (frame && !this.#followsScene) this.#poseWanted = true;
    return frame?.pose;
  }

  onFrame(listener: (frame: WatchedFrame) => void): () => void {
    this.#frames.add(listener);
    return () => this.#frames.delete(listener);
  }

  onStopped(listener: () => void): () => void {
    this.#stops.add(listener);
    return () => this.#stops.delete(listener);
  }

  dispose(): void {
    this.#stops.clear();
    this.die();
  }

  get #keeps(): boolean {
    const { clock, frames } = this.wants;
    return clock === true || frames || this.#follows || this.#heldFrame !== undefined;
  }

  get #followsScene(): boolean {
    return this.wants.motion || this.#poseWanted || this.#follows;
  }

  get #follows(): boolean {
    return followsAlways(this.wants) && this.#objects.size > 0;
  }

  get #seldom(): boolean {
    return this.wants.follow === 'seldom' && this.#objects.size > 0;
  }

  #settle(): void {
    if (!this.#keeps) this.#kept = [];
  }

  #frameAt(timeMs: number | undefined): FakeFrame | undefined {
    if (timeMs === undefined) return this.#kept.at(-1);
    const all = this.#heldFrame ? [this.#heldFrame, ...this.#kept] : this.#kept;
    return all
      .filter((frame) => Math.abs(frame.timeMs - timeMs) <= reachMs)
      .sort((a, b) => Math.abs(a.timeMs - timeMs) - Math.abs(b.timeMs - timeMs))[0];
  }

  #carry(object: FakeObject, { pose, script }: FakeFrame): void {
    const told = script.boxes?.[object.number];
    const motion = object.pose && pose && motionBetween(object.pose, pose);
    object.lost = told === null || (told === undefined && !motion);
    if (object.lost) return;
    if (told) object.box = told;
    else if (motion) object.box = ride(object.box, motion);
    object.pose = pose;
  }

  #show({ timeMs, pose, script }: FakeFrame): void {
    const objects = [...this.#objects].map(([id, { box, lost }]): WatchedObject => ({
      id,
      box,
      state: lost ? 'lost' : 'tracked',
      confidence: lost ? 0 : 1,
    }));
    const { name } = script;
    const aspect = pixels.width / pixels.height;
    const shown = { timeMs, aspect, pose, objects, ...(name !== undefined && { name }) };
    for (const listener of this.#frames) listener(shown);
  }
}

function ride(box: Box, motion: NonNullable<ReturnType<typeof motionBetween>>): Box {
  const aspect = pixels.width / pixels.height;
  const scale = Math.hypot(motion.a, motion.b);
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const { x, y } = moveBy(motion, middle, aspect);
  const width = box.width * scale;
  const height = box.height * scale;
  return { x: x - width / 2, y: y - height / 2, width, height };
}
