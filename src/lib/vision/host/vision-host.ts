import type { Box } from '#domain/tracking/box.ts';
import type { ScenePose } from '#domain/tracking/scene-pose.ts';
import type { ModelOutcome, ObjectId, StartRefusal } from '../object-tracker.ts';

/**
 * Why nothing can be followed: the frame of the box is no longer kept (`frame-gone`), or this device cannot look at
 * the picture at all (`vision-unavailable`: no worker, no frames to be had, one core).
 */
export type FollowRefusal = StartRefusal | 'frame-gone' | 'vision-unavailable';

export type FollowOutcome =
  { readonly ok: true; readonly id: ObjectId } | { readonly ok: false; readonly reason: FollowRefusal };

/**
 * One frame that was looked at. Frames come in the order of their times; only those through which something that was
 * begun on an older frame is carried to now come late, in the order of their own times.
 */
export interface WatchedFrame {
  /** On the clock of the frames' source, in milliseconds. */
  readonly timeMs: number;
  /** The link's rtpTimestamp of a frame that came over a link, where the browser tells it. */
  readonly name?: number | undefined;
  /** Picture's width by its height, of the frame as the camera gives it. */
  readonly aspect: number;
  /** How the scene lies; undefined while nobody wants to know, and where it was not recognised. */
  readonly pose: ScenePose | undefined;
  /** Boxes in shares of the picture, 0…1. */
  readonly objects: readonly WatchedObject[];
}

export interface WatchedObject {
  readonly id: ObjectId;
  readonly state: 'tracked' | 'lost';
  /** 0…1 */
  readonly confidence: number;
  readonly box: Box;
}

/** How the worker keeps up. */
export interface VisionLoad {
  /** Median time of the last frames in the worker, in milliseconds; undefined before there were enough. */
  readonly frameMs: number | undefined;
  /** Frames looked at in the last second. */
  readonly framesPerSecond: number;
}

export interface VisionWants {
  /** Read all frames for their times (`onRead`), and keep some of them; implied by `frames` and `motion`. */
  readonly clock?: boolean;
  /** Get ready to follow: the first mark finds everything open. */
  readonly warm?: boolean;
  /** Keep the last seconds of frames, so that marks made on an older one can be placed. */
  readonly frames: boolean;
  /** Follow the scene, so that drawings can ride on it. */
  readonly motion: boolean;
  /**
   * What is followed is looked at in every frame (`always`, the usual), once a second (`seldom`: each time for itself,
   * so it is tracked only where its place is known again), or `never`: it is kept in mind.
   */
  readonly follow?: 'always' | 'seldom' | 'never';
}

/** What is followed is looked at in every frame. */
export const followsAlways = ({ follow = 'always' }: VisionWants): boolean => follow === 'always';

/**
 * Looks at one picture in a worker: keeps its last frames, follows its scene, and follows elements in it. Does nothing
 * and costs nothing while nothing is wanted and nothing is followed.
 */
export interface VisionHost {
  /**
   * Looks at another track from now on (camera switched), or at none for a while. What is followed is kept, shown as
   * lost, and found again where it is seen; kept frames and the scene begin anew.
   */
  setTrack(track: MediaStreamTrack | null): void;
  want(wants: VisionWants): void;
  /** Keeps the frame of this time (nearest kept one) although the others leave, 15 s at most; undefined releases it. */
  hold(timeMs: number | undefined): void;
  /**
   * Begins to follow what is in the box (shares of the picture, un-mirrored) on the frame of that time, and catches up
   * with now. Without a time: on the newest frame.
   */
  follow(box: Box, timeMs: number | undefined): Promise<FollowOutcome>;
  unfollow(id: ObjectId): void;
  /**
   * How the scene lay in the frame of that time. Follows the scene from there on if nobody did so far.
   * undefined: the frame is gone, or the scene is not recognised.
   */
  poseAt(timeMs: number | undefined): Promise<ScenePose | undefined>;
  onFrame(listener: (frame: WatchedFrame) => void): () => void;
  readonly load: VisionLoad;
  /** Of the tracker's model; undefined before it is known. */
  readonly model: ModelOutcome | undefined;
  /** Called once when it can no longer work: the worker died, the track ended. Everything is refused afterwards. */
  onStopped(listener: () => void): () => void;
  dispose(): void;
}

/** What a host looks at: frames of one track, named on its clock. */
export interface VisionHostInput {
  readonly track: MediaStreamTrack;
  /**
   * Every frame that was read, kept or not: its time on the source's clock, when it came, on the wall clock, and the
   * link's name of a frame that came over one.
   */
  readonly onRead?: (timeMs: number, readAtMs: number, name?: number) => void;
}

export type VisionHostOutcome =
  | { readonly ok: true; readonly host: VisionHost }
  | { readonly ok: false; readonly reason: 'vision-unavailable' };

export type OpenVisionHost = (input: VisionHostInput) => Promise<VisionHostOutcome>;
