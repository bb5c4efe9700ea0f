import { boxAround, type Box } from '#domain/tracking/box.ts';
import type { Answer } from '../filter/appearance-filter.ts';
import type { Awaitable } from '../object-tracker.ts';
import type { Picture } from '../picture/picture.ts';

/** How an element lies in a picture: centre and sides in pixels, turn since the start in radians. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

/** A change of pose between two pictures, around the element's centre. */
export interface Motion {
  readonly dx: number;
  readonly dy: number;
  readonly scale: number;
  readonly angle: number;
}

export const boxOfPose = (pose: Pose): Box => boxAround(pose.x, pose.y, pose.width, pose.height);

/** How clearly an element is seen. */
export type Clearness = Pick<Answer, 'peak' | 'sharpness'>;

/** Follows one element by what it looks like, and always sees it somewhere. */
export interface Follower {
  readonly pose: Pose;
  /** Hidden frames in which it mostly finds the element again by itself; then it is looked for elsewhere. */
  readonly patienceFrames: number;
  /** The upright box that it fills, where that is seen apart from its pose. */
  readonly outline?: Box | undefined;
  /** Of the last picture; undefined before the first. */
  readonly answer: Clearness | undefined;
  /** Puts it where another source knows it to be. */
  place(pose: Pose): void;
  /** @param motion what is known of the motion since the picture before */
  locate(picture: Picture, motion?: Motion): Awaitable<Pose>;
  /** Where it is seen most clearly, of several places to look around; changes nothing. */
  seek(picture: Picture, poses: readonly Pose[]): { readonly pose: Pose; readonly answer: Clearness };
  /** Learns what the element looks like now, where it was located last. */
  train(picture: Picture): void;
}

export type MakeFollower = (picture: Picture, box: Box) => Awaitable<Follower>;
