import type { Box } from '#domain/tracking/box.ts';
import type { ScenePose } from '#domain/tracking/scene-pose.ts';
import { PathRecorder } from '#domain/tracking/tracked-path.ts';
import {
  maxHighlights,
  tidyLabel,
  type Highlight,
  type TrackRefusal,
} from '#domain/tracking/tracking-messages.ts';
import {
  followsAlways,
  type FollowRefusal,
  type OpenVisionHost,
  type VisionHost,
  type VisionWants,
  type WatchedFrame,
} from '../host/vision-host.ts';
import type { ObjectId } from '../object-tracker.ts';
import type { PathBox } from './picture-path.ts';

/** A part of a highlight's way, for replay. */
export interface TrackedPart {
  readonly highlight: Highlight;
  /** When the part began, in milliseconds since 1970. */
  readonly beganAtMs: number;
  /** As `packPath` makes it. */
  readonly path: Uint8Array;
}

export interface RunFrame {
  readonly timeMs: number;
  /** The link's name of the frame, where the picture came over a link. */
  readonly name: number | undefined;
  readonly pose: ScenePose | undefined;
  /** By the highlight's index. */
  readonly boxes: ReadonlyMap<number, PathBox>;
}

export interface HighlightRunnerOptions {
  readonly openHost: OpenVisionHost;
  readonly onFrame: (frame: RunFrame) => void;
  /** Highlights began, ended or were named. */
  readonly onChange: () => void;
  readonly onPart: (part: TrackedPart) => void;
  /** This device cannot look at the picture (any more). */
  readonly onUnable: () => void;
  readonly onRead?: (timeMs: number, readAtMs: number) => void;
  /**
   * For a picture that came over a link: the name of the frame of a time on the picture's clock. Times are then those
   * of names, and the host's own clock is another one.
   */
  readonly nameOf?: (timeMs: number) => number;
  readonly wallMs: () => number;
}

interface Running {
  highlight: Highlight;
  /** undefined for one that is only kept in mind. */
  object: ObjectId | undefined;
  readonly lastBox: Box | undefined;
  recorder: PathRecorder;
  beganAtMs: number;
  /** On the clock of the frames. */
  sinceMs: number | undefined;
}

const nowhere: Box = { x: 0.5, y: 0.5, width: 0, height: 0 };

/** A part of a way is kept at least so often: a crash takes no more of it. */
const partMs = 20_000;
/** Six seconds of thirty frames. */
const keptTimes = 180;
/** Ticks of names (90 a millisecond) between two frames of which one stands for the other. */
const nearTicks = 70 * 90;

/** Follows the highlights of one picture on this device: what is asked for goes to the host, what it sees comes back. */
export class HighlightRunner {
  readonly #options: HighlightRunnerOptions;
  readonly #running = new Map<string, Running>();
  /** Asked for and not answered, and by whom: a flood of starts must not open more than there may be. */
  readonly #starting = new Map<string, string>();
  #indices = 0;
  /** Those that were followed here before another side looked. */
  #inMind: ReadonlySet<string> = new Set();
  #track: MediaStreamTrack | null = null;
  #host: VisionHost | undefined;
  #opening: Promise<VisionHost | undefined> | undefined;
  #wants: VisionWants = { frames: false, motion: false };
  #held: number | undefined;
  /** The host's times of the frames that it read last, by their names. */
  readonly #times = new Map<number, number>();
  #closed = false;

  constructor(options: HighlightRunnerOptions) {
    this.#options = options;
  }

  /** Everything that was seen so far is kept, and nothing more: another side looks, and this one bears in mind. */
  bearInMind(): void {
    this.#inMind = new Set(this.#running.keys());
    for (const running of this.#running.values()) this.#keep(running);
  }

  /** What another side, which looks now, says that there is: what is not there any more is forgotten here. */
  sync(list: readonly Highlight[]): void {
    for (const [id, running] of this.#running) {
      const told = list.find((one) => one.id === id);
      if (told) running.highlight = told;
      else this.remove(id);
    }
  }

  get highlights(): Highlight[] {
    return [...this.#running.values()].map(({ highlight }) => highlight);
  }

  /** Median time of a frame in the worker; undefined while nothing is followed. */
  get frameMs(): number | undefined {
    return this.#running.size > 0 ? this.#host?.load.frameMs : undefined;
  }

  /** Another camera, or none for a while: highlights stay, lost, until they are seen again. */
  setTrack(track: MediaStreamTrack | null): void {
    if (this.#track === track) return;
    this.#track = track;
    if (this.#host) this.#host.setTrack(track);
    else if (wantsAny(this.#wants)) void this.#open();
  }

  want(wants: VisionWants): void {
    this.#wants = wants;
    if (this.#host) this.#host.want(wants);
    else if (wantsAny(wants)) void this.#open();
  }

  hold(timeMs: number | undefined): void {
    this.#held = timeMs;
    this.#host?.hold(this.#hostTime(timeMs));
  }

  async poseAt(timeMs: number | undefined): Promise<ScenePose | undefined> {
    return (await this.#open())?.poseAt(this.#hostTime(timeMs));
  }

  /** undefined when it is followed, else why not. */
  async start(
    wish: Omit<Highlight, 'index'> & Partial<Highlight>,
    box: Box,
    timeMs: number | undefined,
  ): Promise<TrackRefusal | undefined> {
    const { id, by } = wish;
    if (this.#running.has(id) || this.#starting.has(id)) return undefined;
    if (this.#running.size + this.#starting.size >= maxHighlights) return 'too-many-objects';
    this.#starting.set(id, by);
    try {
      const host = await this.#open();
      if (!host) return 'vision-unavailable';
      const outcome = await host.follow(box, this.#hostTime(timeMs));
      if (!outcome.ok) return refusalOf(outcome.reason);
      if (this.#closed || !this.#starting.has(id)) {
        // Taken back while it was being found.
        host.unfollow(outcome.id);
        return undefined;
      }
      if (this.#give(host, id, outcome.id)) return undefined;
      const highlight = { id, by, label: tidyLabel(wish.label), index: this.#indexFor(wish.index) };
      this.#add(highlight, outcome.id, undefined);
      this.#options.onChange();
      return undefined;
    } finally {
      this.#starting.delete(id);
    }
  }

  /** Takes over from another side: what is seen goes on from where it is; what is not stays lost until removed. */
  async goOn(
    seen: readonly { readonly highlight: Highlight; readonly at: PathBox | undefined }[],
  ): Promise<void> {
    const inMind = this.#inMind;
    this.#inMind = new Set();
    // All are on the list from the beginning: nobody must think that they were removed.
    for (const { highlight, at } of seen) {
      if (this.#running.has(highlight.id) || this.#running.size >= maxHighlights) continue;
      this.#add({ ...highlight, index: this.#indexFor(highlight.index) }, undefined, at?.box ?? nowhere);
    }
    this.#options.onChange();
    const host = await this.#open();
    for (const { highlight, at } of seen) {
      if (!host || at?.state !== 'tracked') continue;
      if (this.follows(highlight.id)) {
        // Borne in mind from before; where it is now the other side knew.
        if (inMind.has(highlight.id)) await this.findAgain(highlight.id, at.box, undefined);
        continue;
      }
      const outcome = await host.follow(at.box, undefined);
      if (outcome.ok && !this.#give(host, highlight.id, outcome.id)) host.unfollow(outcome.id);
    }
  }

  /**
   * Somebody has seen where it is: it is followed anew from there, where it can be.
   * @param hostMs the frame's time on the host's clock; undefined for the newest one
   */
  async findAgain(id: string, box: Box, hostMs: number | undefined): Promise<void> {
    const running = this.#running.get(id);
    const host = this.#host;
    if (!running || !host) return;
    const outcome = await host.follow(box, hostMs);
    if (!outcome.ok) return;
    if (this.#running.get(id) !== running) return host.unfollow(outcome.id);
    if (running.object !== undefined) host.unfollow(running.object);
    running.object = outcome.id;
  }

  /** What was asked for twice is followed once. @returns whether it is on the list */
  #give(host: VisionHost, id: string, object: ObjectId): boolean {
    const running = this.#running.get(id);
    if (!running) return false;
    if (running.object === undefined) running.object = object;
    else host.unfollow(object);
    return true;
  }

  /** Whether it is followed here, not only kept in mind. */
  follows(id: string): boolean {
    return this.#running.get(id)?.object !== undefined;
  }

  /** Whether the frame of this time on the picture's clock was read here. */
  hasRead(timeMs: number): boolean {
    return this.#hostTime(timeMs) !== undefined;
  }

  /**
   * The time, on the host's clock, of the frame of this time on the picture's clock, or of the nearest one to it where
   * that one was passed over; undefined: none was read (yet).
   */
  nearestRead(timeMs: number): number | undefined {
    const exact = this.#hostTime(timeMs);
    const { nameOf } = this.#options;
    if (exact !== undefined || !nameOf) return exact;
    const wanted = nameOf(timeMs);
    // Names wrap around at 2^32.
    const ticks = [...this.#times].map(([name, hostMs]) => ({ after: (name - wanted) | 0, hostMs }));
    if (!ticks.some(({ after }) => after > 0)) return undefined;
    const near = ticks.filter(({ after }) => Math.abs(after) <= nearTicks);
    return near.sort((a, b) => Math.abs(a.after) - Math.abs(b.after))[0]?.hostMs;
  }

  rename(id: string, label: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    running.highlight = { ...running.highlight, label: tidyLabel(label) };
    this.#options.onChange();
  }

  /** Whoever asked for it does not want it any more. */
  takeBack(id: string, by: string): void {
    if (this.#starting.get(id) === by) this.#starting.delete(id);
  }

  remove(id: string): void {
    this.#starting.delete(id);
    const running = this.#running.get(id);
    if (!running) return;
    this.#running.delete(id);
    if (running.object !== undefined) this.#host?.unfollow(running.object);
    this.#keep(running);
    this.#options.onChange();
  }

  clear(): void {
    this.#starting.clear();
    for (const id of [...this.#running.keys()]) this.remove(id);
  }

  /** Keeps what was seen so far; everything ends. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#starting.clear();
    for (const running of this.#running.values()) this.#keep(running);
    this.#running.clear();
    this.#host?.dispose();
    this.#host = undefined;
  }

  /** One host at a time; undefined where there is nothing to look at, or this device cannot. */
  #open(): Promise<VisionHost | undefined> {
    if (this.#host || this.#closed || !this.#track) return Promise.resolve(this.#host);
    this.#opening ??= this.#openOn(this.#track).finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #openOn(track: MediaStreamTrack): Promise<VisionHost | undefined> {
    const { openHost, onUnable } = this.#options;
    const opened = await openHost({ track, onRead: (...frame) => this.#onRead(...frame) });
    if (!opened.ok) {
      if (!this.#closed) onUnable();
      return undefined;
    }
    const { host } = opened;
    if (this.#closed) {
      host.dispose();
      return undefined;
    }
    this.#host = host;
    host.onFrame((frame) => this.#onFrame(frame));
    host.onStopped(() => this.#onStopped(host));
    host.want(this.#wants);
    host.hold(this.#hostTime(this.#held));
    if (this.#track !== track) host.setTrack(this.#track);
    return host;
  }

  #onStopped(host: VisionHost): void {
    if (this.#host !== host || this.#closed) return;
    this.#host = undefined;
    host.dispose();
    // They stay on the list: another side may be able to go on with them.
    for (const running of this.#running.values()) this.#keep(running);
    this.#options.onUnable();
  }

  #onRead(timeMs: number, readAtMs: number, name?: number): void {
    this.#options.onRead?.(timeMs, readAtMs);
    if (name === undefined || !this.#options.nameOf) return;
    this.#times.set(name, timeMs);
    const [oldest] = this.#times.keys();
    if (this.#times.size > keptTimes && oldest !== undefined) this.#times.delete(oldest);
  }

  /** From the picture's clock to the host's; undefined, so that the newest frame counts, where it is not known. */
  #hostTime(timeMs: number | undefined): number | undefined {
    const { nameOf } = this.#options;
    return nameOf && timeMs !== undefined ? this.#times.get(nameOf(timeMs)) : timeMs;
  }

  #onFrame({ timeMs, name, pose, objects }: WatchedFrame): void {
    const boxes = new Map<number, PathBox>();
    for (const running of this.#running.values()) {
      const object = objects.find(({ id }) => id === running.object);
      const { state, confidence, box } = object ?? { state: 'lost', confidence: 0, box: running.lastBox };
      if (!box) continue;
      boxes.set(running.highlight.index, { state, confidence, box });
      if (followsAlways(this.#wants)) this.#record(running, timeMs, state === 'tracked' ? box : undefined);
    }
    this.#options.onFrame({ timeMs, name, pose, boxes });
  }

  #record(running: Running, timeMs: number, box: Box | undefined): void {
    // Another camera has another clock: what comes now is another part.
    const jumped =
      running.sinceMs !== undefined && (timeMs < running.sinceMs || timeMs - running.sinceMs > 2 * partMs);
    if (jumped || (running.sinceMs !== undefined && timeMs - running.sinceMs >= partMs)) this.#keep(running);
    if (running.sinceMs === undefined) {
      running.sinceMs = timeMs;
      running.beganAtMs = this.#options.wallMs();
    }
    running.recorder.add(timeMs, box);
  }

  #keep(running: Running): void {
    if (running.recorder.samples.length > 0) {
      const { highlight, beganAtMs, recorder } = running;
      this.#options.onPart({ highlight, beganAtMs, path: recorder.pack() });
    }
    running.recorder = new PathRecorder();
    running.sinceMs = undefined;
  }

  #add(highlight: Highlight, object: ObjectId | undefined, lastBox: Box | undefined): void {
    this.#running.set(highlight.id, {
      highlight,
      object,
      lastBox,
      recorder: new PathRecorder(),
      beganAtMs: this.#options.wallMs(),
      sinceMs: undefined,
    });
  }

  /** The wanted one, else the next beyond the last ones: a late datagram must not move a new highlight. */
  #indexFor(wanted: number | undefined): number {
    const taken = new Set([...this.#running.values()].map(({ highlight }) => highlight.index));
    if (wanted !== undefined && !taken.has(wanted)) {
      this.#indices = Math.max(this.#indices, wanted);
      return wanted;
    }
    do this.#indices = (this.#indices + 1) % 256;
    while (taken.has(this.#indices));
    return this.#indices;
  }
}

/** What is broken here is nothing that the person could do better with another box. */
const refusalOf = (reason: FollowRefusal): TrackRefusal =>
  reason === 'frame-malformed' || reason === 'stopped' ? 'vision-unavailable' : reason;

const wantsAny = ({ clock, frames, motion }: VisionWants): boolean => clock === true || frames || motion;
