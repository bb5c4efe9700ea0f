import type { Box, BoxRefusal } from '#domain/tracking/box.ts';
import type { VisionFrame } from './picture/picture.ts';

export type { VisionFrame } from './picture/picture.ts';

/** Names one object of one tracker; never used again. */
export type ObjectId = number;

/**
 * `tracked`: the element is in the box. `lost`: it is not seen; the box is where it was last thought to be, and must
 * not be drawn as if it were there.
 */
export interface TrackedObject {
  readonly id: ObjectId;
  /** Pixels of the frame. */
  readonly box: Box;
  readonly state: 'tracked' | 'lost';
  /** 0…1; below 0.5 where it is lost. */
  readonly confidence: number;
}

interface TrackedFrame {
  /** Of the frame that the boxes belong to. */
  readonly timestampMs: number;
  readonly objects: readonly TrackedObject[];
}

/**
 * `nothing-to-follow`: the box and what is around it are as plain as a wall. `frame-malformed`: fewer or more bytes
 * than the size promises. `stopped`: the tracker was disposed of, or its worker died.
 */
export type StartRefusal =
  BoxRefusal | 'nothing-to-follow' | 'too-many-objects' | 'frame-malformed' | 'stopped';

export type StartOutcome =
  { readonly ok: true; readonly id: ObjectId } | { readonly ok: false; readonly reason: StartRefusal };

export type UpdateOutcome =
  | { readonly ok: true; readonly frame: TrackedFrame }
  /** `replaced`: a newer frame took this one's place while it waited. */
  | { readonly ok: false; readonly reason: 'replaced' | 'frame-malformed' | 'stopped' };

/** At most as many objects at once. */
export const maxObjects = 8;

/** Follows elements from frame to frame. Frames come in the order in which they were taken. */
export interface ObjectTracker {
  /**
   * Begins to follow what is in the box (pixels of the frame). The frame is not kept and may be an older one.
   * @param since the frames after it, in order, up to and including the one last given to `update`: the new object
   *   alone is carried through them, so that a box made on an older frame catches up with now
   */
  start(frame: VisionFrame, box: Box, since?: readonly VisionFrame[]): Promise<StartOutcome>;
  /** Where everything is on this frame. One frame at a time; while one is worked on only the newest waits. */
  update(frame: VisionFrame): Promise<UpdateOutcome>;
  /** Forgets an object; nothing happens for an unknown one. */
  stop(id: ObjectId): Promise<void>;
  /** Forgets everything and frees what it holds. Every later call is refused with `stopped`. */
  dispose(): void;
}

export type Awaitable<T> = T | Promise<T>;

/** The same as it runs inside a worker. Whoever calls waits for one call's end before the next. */
export interface TrackerEngine {
  /** @param since as of `ObjectTracker.start`; one malformed frame among them refuses all */
  start(frame: VisionFrame, box: Box, since?: readonly VisionFrame[]): Awaitable<StartOutcome>;
  /** @throws RangeError for a frame that `isUsableFrame` refuses */
  update(frame: VisionFrame): Awaitable<readonly TrackedObject[]>;
  stop(id: ObjectId): void;
  /** Time goes by unseen: everything is lost until it is known again, and nothing is carried over from before. */
  lose(): void;
}

/**
 * Why a model is not used: its files are not there (`missing`), are others than this version knows (`wrong-hash`), or
 * this browser cannot run it (`unsupported`). The tracker works without, less well.
 */
export type ModelRefusal = 'missing' | 'wrong-hash' | 'unsupported';

export type ModelOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: ModelRefusal };
