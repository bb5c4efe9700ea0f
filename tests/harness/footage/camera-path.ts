// How the suite's camera moves before its wall, and where the wall is in each picture: exact, since both come from here.
import { header, parts, pictureSize, wallCentre, type PartName, type Rect } from './panel.ts';

/** Where the camera is. It looks at a place of the wall, from `distance` of its pixels away. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly distance: number;
  /** Turned about the vertical axis through what it looks at; radians, positive: seen from the right. */
  readonly turn: number;
  /** Turned about the axis of sight; radians. */
  readonly roll: number;
}

/** A place in the picture: shares of it, from its left upper corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Of the lens, in pixels of the picture: from `focus` away the wall is as large in the picture as it is. */
export const focus = pictureSize.width;

interface Station {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly degrees: number;
}

/** Between these it goes smoothly; the way is closed: after the last comes the first. */
const stations: readonly Station[] = [
  { frame: 0, x: -60, y: 20, scale: 0.8, degrees: 6 },
  // At rest, and then up.
  { frame: 16, x: 0, y: 0, scale: 1, degrees: 0 },
  { frame: 33, x: -24, y: -140, scale: 1, degrees: 0 },
  // Around to the one side, and a little to the other.
  { frame: 42, x: 0, y: -60, scale: 0.95, degrees: 10 },
  { frame: 58, x: 20, y: -50, scale: 0.9, degrees: 36 },
  { frame: 64, x: 20, y: -60, scale: 0.9, degrees: 36 },
  { frame: 84, x: -40, y: -70, scale: 1, degrees: -12 },
  // Away, until the plate has left the picture, and back.
  { frame: 104, x: -900, y: -30, scale: 1, degrees: 0 },
  { frame: 109, x: -910, y: -20, scale: 1, degrees: 0 },
  { frame: 127, x: 40, y: -90, scale: 1.05, degrees: 0 },
  // Nearer, then farther away.
  { frame: 134, x: 30, y: -110, scale: 1.3, degrees: 0 },
  { frame: 142, x: -60, y: 20, scale: 0.8, degrees: 6 },
];

export const frameCount = 142;
/** The camera is straight before the wall on it. */
export const restFrame = 16;
/** Between these it goes up, and does nothing else. */
export const panFrames = { first: restFrame, last: 33 } as const;

/** Between these it is held where it is. */
export const heldFrames = { first: 58, last: 64 } as const;

const ease = (share: number): number => share * share * (3 - 2 * share);

/** Of a hand, around nothing; the same in every run. */
function shake(frame: number, phase: number): number {
  const still = Math.min(1, Math.abs(frame - restFrame) / 4);
  return still * (Math.sin(frame * 1.7 + phase) + 0.6 * Math.sin(frame * 2.9 + phase * 2.3));
}

/** @param frame from 0 to below `frameCount` */
export function poseAt(frame: number): Pose {
  const after = stations.findIndex((station) => station.frame > frame);
  const [from, to] = [stations[after - 1], stations[after]];
  if (!from || !to) throw new RangeError(`the film has no frame ${frame}`);
  const share = ease((frame - from.frame) / (to.frame - from.frame));
  const between = (one: number, other: number): number => one + (other - one) * share;
  return {
    x: wallCentre.x + between(from.x, to.x) + 1.6 * shake(frame, 1),
    y: wallCentre.y + between(from.y, to.y) + 1.6 * shake(frame, 4),
    distance: focus / between(from.scale, to.scale),
    turn: (between(from.degrees, to.degrees) * Math.PI) / 180,
    roll: 0.004 * shake(frame, 7),
  };
}

/** Where a place of the wall is in the picture; in pixels, whether inside or not. */
function project(pose: Pose, x: number, y: number): Place {
  const across = x - pose.x;
  const depth = pose.distance - across * Math.sin(pose.turn);
  const u = (focus * across * Math.cos(pose.turn)) / depth;
  const v = (focus * (y - pose.y)) / depth;
  const [cos, sin] = [Math.cos(pose.roll), Math.sin(pose.roll)];
  return {
    x: pictureSize.width / 2 + cos * u - sin * v,
    y: pictureSize.height / 2 + sin * u + cos * v,
  };
}

/** The upright box around something on the wall, in shares of the picture; parts of it may be outside. */
function boxAt(frame: number, { x, y, width, height }: Rect): Rect {
  const pose = poseAt(frame);
  const corners = [
    project(pose, x, y),
    project(pose, x + width, y),
    project(pose, x, y + height),
    project(pose, x + width, y + height),
  ];
  const [across, down] = [corners.map((corner) => corner.x), corners.map((corner) => corner.y)];
  const [left, top] = [Math.min(...across), Math.min(...down)];
  return {
    x: left / pictureSize.width,
    y: top / pictureSize.height,
    width: (Math.max(...across) - left) / pictureSize.width,
    height: (Math.max(...down) - top) / pictureSize.height,
  };
}

/** How much of a box is in the picture: 0..1. */
export function shareInPicture({ x, y, width, height }: Rect): number {
  const inside = (from: number, length: number): number =>
    Math.max(0, Math.min(1, from + length) - Math.max(0, from)) / length;
  return inside(x, width) * inside(y, height);
}

export const headerBox = (frame: number): Rect => boxAt(frame, header);
export const partBox = (frame: number, name: PartName): Rect => boxAt(frame, parts[name]);
