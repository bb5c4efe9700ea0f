import { rescaleBox, type Box } from '#domain/tracking/box.ts';
import type { ScenePose } from '#domain/tracking/scene-pose.ts';
import type { ObjectId, TrackerEngine, VisionFrame } from '../object-tracker.ts';
import { FrameRing, type KeptFrame, type RingLimits } from './frame-ring.ts';
import { unpackFrame, type PackedFrame } from './packed-frame.ts';
import { SceneChain } from './scene-chain.ts';
import {
  followsAlways,
  type FollowOutcome,
  type VisionWants,
  type WatchedFrame,
  type WatchedObject,
} from './vision-host.ts';

export interface WatchOptions {
  /** Asked for once, when something is wanted for the first time. */
  readonly openEngine: () => Promise<TrackerEngine>;
  /** All frames are needed from now on, or not any more. */
  readonly onActive: (active: boolean) => void;
  /** @param workMs undefined where nothing was worked on */
  readonly onLook: (frame: WatchedFrame, workMs: number | undefined) => void;
  /** Once; it does nothing more. */
  readonly onFailed: (error: unknown) => void;
  readonly nowMs: () => number;
  /** Lets frames in that came meanwhile. */
  readonly breathe: () => Promise<void>;
  readonly ring?: Partial<RingLimits>;
  /** How long a first frame is waited for, in milliseconds. */
  readonly firstFrameMs?: number;
}

/** On the way from an older frame to now: at least so far apart are the frames that are looked at. */
const stepMs = 50;
/** Longer ways have longer steps, up to the second. */
const stepsOfWay = 10;
const longestStepMs = 200;
/** A step is worth so many times the time it takes: with less a slow device would stay behind for ever. */
const gain = 2;
/** As many frames at most carry a new element to the others: they are all unpacked at once. */
const mostSince = 16;
/** More requests than these wait for nobody: something floods. */
const mostWaiting = 64;
/** A source whose clock went back by more than this has begun anew. */
const disorderMs = 200;
/** From one look to the next at what is followed seldom. */
const seldomMs = 1_000;

const unit = { width: 1, height: 1 };
const timeOf = (kept: KeptFrame): number => kept.frame.timestampMs;

/**
 * Looks at the frames it is given: keeps them, follows the scene and elements. One thing at a time: requests in their
 * order first, then the newest frame; frames that come meanwhile are kept, but only the newest is looked at.
 */
export class VisionWatch {
  readonly #options: WatchOptions;
  readonly #ring: FrameRing;
  readonly #chain = new SceneChain();
  readonly #followed = new Set<ObjectId>();
  readonly #jobs: (() => Promise<void>)[] = [];
  #wants: VisionWants = { frames: false, motion: false };
  /** A pose was asked for: the scene is followed until somebody says what is wanted. */
  #poseWanted = false;
  #engine: Promise<TrackerEngine> | undefined;
  /** Counts the clocks: frames of another track, or from before a pause, are no use any more. */
  #track = 0;
  #newest: KeptFrame | undefined;
  #unseen = false;
  #lastLooked: WatchedFrame | undefined;
  /** Of the frame that the engine was given last. */
  #engineMs = Number.NEGATIVE_INFINITY;
  /** Time went by in which it was given none: what it follows may be anywhere. */
  #rested = false;
  #firstFrame: (() => void) | undefined;
  #waiting = 0;
  #running = false;
  #active = false;
  /** Frames that come are taken. */
  #reads = false;
  #stopped = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#ring = new FrameRing(options.ring);
  }

  /** Bytes of kept frames. */
  get bytes(): number {
    return this.#ring.bytes;
  }

  /** A frame that was read. Its bytes are kept. */
  take(frame: PackedFrame, name?: number): void {
    if (!this.#reads || this.#stopped) return;
    const before = this.#newest?.frame.timestampMs ?? Number.NEGATIVE_INFINITY;
    if (frame.timestampMs <= before) {
      if (before - frame.timestampMs < disorderMs) return;
      this.#forget();
    }
    const kept: KeptFrame = { frame, name, pose: undefined };
    this.#newest = kept;
    this.#unseen = true;
    if (this.#keeps) this.#ring.add(kept);
    this.#firstFrame?.();
    void this.#run();
  }

  /**
   * What comes next is of another track, or nothing comes: until something is seen in it, all that is followed is
   * lost.
   */
  newTrack(): void {
    const last = this.#lastLooked;
    this.#forget();
    if (!last || this.#stopped) return;
    const objects = last.objects
      .filter(({ id }) => this.#followed.has(id))
      .map((object): WatchedObject => ({ ...object, state: 'lost', confidence: 0 }));
    if (objects.length === 0) return;
    this.#options.onLook({ timeMs: last.timeMs, aspect: last.aspect, pose: undefined, objects }, undefined);
  }

  want(wants: VisionWants): void {
    this.#wants = wants;
    this.#poseWanted = false;
    this.#rested ||= !this.#follows;
    this.#settle();
  }

  hold(timeMs: number | undefined): void {
    if (timeMs === undefined) this.#ring.release();
    else this.#ring.hold(timeMs);
    this.#settle();
  }

  /**
   * @param box in shares of the picture
   * @returns as soon as it is followed; catching up goes on
   */
  follow(box: Box, timeMs: number | undefined): Promise<FollowOutcome> {
    if (this.#jobs.length >= mostWaiting) return Promise.resolve({ ok: false, reason: 'too-many-objects' });
    const asked = this.#keptAt(timeMs);
    const track = this.#track;
    return this.#ask(async (answer) => {
      const stands = asked && track === this.#track;
      const kept = stands ? await this.#readUpTo(asked, timeMs) : await this.#newestFor(timeMs);
      if (!kept)
        return answer({ ok: false, reason: timeMs === undefined ? 'vision-unavailable' : 'frame-gone' });
      const alone = this.#followed.size === 0;
      const outcome = await (alone ? this.#start(kept, box, []) : this.#startBeside(kept, box));
      if (outcome.ok) this.#followed.add(outcome.id);
      answer(outcome);
      if (!outcome.ok || !alone || track !== this.#track) return;
      // Alone it can be carried through the frames since then one by one, while new ones come in.
      await this.#look(kept);
      await this.#walkToNow(kept);
    });
  }

  unfollow(id: ObjectId): void {
    if (!this.#followed.delete(id)) return;
    void this.#ask<void>(async (answer) => {
      (await this.#engine)?.stop(id);
      answer();
    });
  }

  /** Resolves as soon as it is known; catching up goes on. undefined in a flood of requests too. */
  poseAt(timeMs: number | undefined): Promise<ScenePose | undefined> {
    if (this.#jobs.length >= mostWaiting) return Promise.resolve(undefined);
    const asked = this.#keptAt(timeMs);
    const track = this.#track;
    return this.#ask(async (answer) => {
      const stands = asked && track === this.#track;
      const kept = stands ? await this.#readUpTo(asked, timeMs) : await this.#newestFor(timeMs);
      if (!kept) return answer(undefined);
      const follows = this.#followsScene && this.#chain.timeMs !== undefined;
      if (!this.#followsScene) {
        this.#leaveScene();
        this.#poseWanted = true;
      }
      if (kept.pose) return answer(kept.pose);
      if (follows && timeOf(kept) <= (this.#chain.timeMs ?? 0)) return answer(await this.#locate(kept));
      await this.#look(kept);
      answer(kept.pose);
      await this.#walkToNow(kept);
    });
  }

  /** Everything that waits stays without an answer. */
  stop(): void {
    this.#stopped = true;
    this.#jobs.length = 0;
    this.#ring.clear();
    this.#newest = undefined;
  }

  get #keeps(): boolean {
    return this.#wants.clock === true || this.#needsAll;
  }

  /** Whether every frame is to be kept. */
  get #needsAll(): boolean {
    return this.#wants.frames || (this.#follows && this.#followed.size > 0) || this.#ring.holds;
  }

  get #followsScene(): boolean {
    return this.#wants.motion || this.#poseWanted || (this.#follows && this.#followed.size > 0);
  }

  get #follows(): boolean {
    return followsAlways(this.#wants);
  }

  get #glimpses(): boolean {
    return this.#wants.follow === 'seldom' && this.#followed.size > 0;
  }

  /** Whether what is followed is to be looked at in this frame. */
  #isDue(kept: KeptFrame): boolean {
    if (this.#followed.size === 0) return false;
    // Another source's clock may be behind.
    return this.#follows || (this.#glimpses && Math.abs(timeOf(kept) - this.#engineMs) >= seldomMs);
  }

  #settle(): void {
    if (this.#stopped) return;
    if (!this.#keeps) this.#ring.clear();
    if (!this.#followsScene) this.#leaveScene();
    const active = this.#needsAll || this.#followsScene || this.#waiting > 0;
    const reads = active || this.#wants.clock === true || this.#glimpses;
    if (!reads && this.#reads) this.#forget();
    this.#reads = reads;
    if (active || this.#wants.warm === true) this.#engine ??= this.#options.openEngine();
    // A failure is told when the engine is needed.
    this.#engine?.catch(() => undefined);
    if (active === this.#active) return;
    this.#active = active;
    this.#options.onActive(active);
  }

  /** What was known of kept frames cannot be compared with what is seen when the scene is followed again. */
  #leaveScene(): void {
    this.#chain.reset();
    for (const kept of this.#ring.all) kept.pose = undefined;
    if (this.#newest) this.#newest.pose = undefined;
  }

  #forget(): void {
    this.#track += 1;
    this.#ring.clear();
    this.#chain.reset();
    this.#newest = undefined;
    this.#unseen = false;
  }

  #ask<T>(job: (answer: (value: T) => void) => Promise<void>): Promise<T> {
    return new Promise((resolve) => {
      this.#waiting += 1;
      this.#jobs.push(async () => {
        await job(resolve);
        this.#waiting -= 1;
        this.#settle();
      });
      this.#settle();
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    try {
      while (!this.#stopped) {
        const job = this.#jobs.shift();
        if (job) await job();
        else if (this.#unseen && this.#newest && (this.#followsScene || this.#isDue(this.#newest)))
          await this.#look(this.#newest);
        else break;
        await this.#options.breathe();
      }
    } catch (error) {
      this.stop();
      this.#options.onFailed(error);
    } finally {
      this.#running = false;
    }
  }

  /** Looked up when it is asked for: until its turn comes the frame may have left. */
  #keptAt(timeMs: number | undefined): KeptFrame | undefined {
    if (timeMs === undefined) return undefined;
    const newest = this.#newest;
    const isNewest = newest && Math.abs(timeOf(newest) - timeMs) < stepMs;
    return this.#ring.nearest(timeMs) ?? (isNewest ? newest : undefined);
  }

  /** After a busy time the frame that is asked for may be waiting still. */
  async #readUpTo(found: KeptFrame, timeMs: number | undefined): Promise<KeptFrame> {
    if (timeMs === undefined || timeMs <= timeOf(found)) return found;
    await this.#options.breathe();
    return this.#keptAt(timeMs) ?? found;
  }

  /** Waits for a first frame if there is none; undefined too where another one was asked for. */
  async #newestFor(timeMs: number | undefined): Promise<KeptFrame | undefined> {
    if (timeMs !== undefined) return undefined;
    if (!this.#newest) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#options.firstFrameMs ?? 3000);
        this.#firstFrame = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#firstFrame = undefined;
    }
    return this.#newest;
  }

  async #start(kept: KeptFrame, box: Box, since: readonly VisionFrame[]): Promise<FollowOutcome> {
    const engine = await this.#openedEngine();
    this.#wake(engine);
    const frame = unpackFrame(kept.frame);
    return engine.start(frame, rescaleBox(box, unit, frame), since);
  }

  /** The others stay where they are: the new one alone is carried to the frame on which they are. */
  async #startBeside(kept: KeptFrame, box: Box): Promise<FollowOutcome> {
    if (timeOf(kept) > this.#engineMs) await this.#look(kept);
    const way = this.#ring.all.filter((one) => timeOf(one) > timeOf(kept) && timeOf(one) <= this.#engineMs);
    const last = way.length - 1;
    const apart = Math.max(1, Math.ceil(way.length / mostSince));
    const since = way.filter((_one, i) => (last - i) % apart === 0);
    return this.#start(
      kept,
      box,
      since.map((one) => unpackFrame(one.frame)),
    );
  }

  #wake(engine: TrackerEngine): void {
    if (this.#rested) engine.lose();
    this.#rested = !this.#follows;
  }

  async #openedEngine(): Promise<TrackerEngine> {
    this.#engine ??= this.#options.openEngine();
    return this.#engine;
  }

  async #look(kept: KeptFrame): Promise<void> {
    const { nowMs, onLook } = this.#options;
    const beganMs = nowMs();
    const { frame } = kept;
    if (kept === this.#newest) this.#unseen = false;
    const forwards = timeOf(kept) > (this.#chain.timeMs ?? Number.NEGATIVE_INFINITY);
    if (this.#followsScene && forwards) kept.pose = this.#chain.look(frame);
    const objects = this.#isDue(kept) ? await this.#update(frame) : [];
    if (this.#stopped) return;
    const looked: WatchedFrame = {
      timeMs: frame.timestampMs,
      ...(kept.name !== undefined && { name: kept.name }),
      aspect: frame.width / frame.height,
      pose: kept.pose,
      objects,
    };
    this.#lastLooked = looked;
    onLook(looked, nowMs() - beganMs);
  }

  async #update(frame: PackedFrame): Promise<WatchedObject[]> {
    const engine = await this.#openedEngine();
    this.#wake(engine);
    const objects = await engine.update(unpackFrame(frame));
    this.#engineMs = frame.timestampMs;
    return objects
      .filter(({ id }) => this.#followed.has(id))
      .map(({ id, state, confidence, box }) => ({
        id,
        state,
        confidence,
        box: rescaleBox(box, frame, unit),
      }));
  }

  /** Looks at frames from an older one to the newest, which may come only meanwhile. */
  async #walkToNow(from: KeptFrame): Promise<void> {
    const { nowMs, breathe } = this.#options;
    let at = from;
    let tookMs = 0;
    while (this.#newest && timeOf(this.#newest) > timeOf(at) && this.#followsScene && !this.#stopped) {
      const beganMs = nowMs();
      await breathe();
      const lagMs = timeOf(this.#newest) - timeOf(at);
      const apart = Math.max(Math.min(longestStepMs, Math.max(stepMs, lagMs / stepsOfWay)), gain * tookMs);
      at = this.#ring.step(at, this.#newest, apart);
      await this.#look(at);
      tookMs = nowMs() - beganMs;
    }
  }

  /** The pose of a frame that was passed over, or came before the scene was followed. */
  async #locate(kept: KeptFrame): Promise<ScenePose | undefined> {
    const known = this.#ring.all.filter((one) => one.pose);
    const away = (one: KeptFrame): number => Math.abs(timeOf(one) - timeOf(kept));
    let at = known.reduce<KeptFrame | undefined>(
      (best, one) => (best && away(best) <= away(one) ? best : one),
      undefined,
    );
    if (!at?.pose) return undefined;
    const { epoch } = at.pose;
    const chain = SceneChain.from(at.frame, at.pose);
    while (at !== kept) {
      at = this.#ring.step(at, kept, 2 * stepMs);
      const pose = chain.look(at.frame);
      if (pose && pose.epoch !== epoch) return undefined;
      if (pose) at.pose ??= pose;
      await this.#options.breathe();
      // The ring may have moved on meanwhile: then the way is short enough to be gone at once.
    }
    return kept.pose;
  }
}
