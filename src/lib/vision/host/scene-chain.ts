import { motionBetween, moveBy, still, type ScenePose } from '#domain/tracking/scene-pose.ts';
import { CameraMotion } from '../camera/camera-motion.ts';
import { pickCorners, type Points } from '../camera/corners.ts';
import { OpticalFlow } from '../camera/optical-flow.ts';
import { fitSimilarity, makeRandom } from '../camera/robust-fit.ts';
import { mapPoint, type Transform } from '../camera/transforms.ts';
import { Picture } from '../picture/picture.ts';
import type { PackedFrame } from './packed-frame.ts';

/** The scene is looked at in a picture of about this many pixels on its longer side. */
const enoughPixels = 400;
const corners = 70;
const leastAgreeing = 12;
/** Of the key's corners that should be in the picture: below the first it is not the same scene, below the second a new key is due. */
const leastShare = 0.3;
const keyShare = 0.55;
/** Keys of an epoch that are remembered: whoever comes back to where a drawing was made finds its key. */
const mostKeys = 6;
/** A remembered key is tried when it is so much nearer than the current one. */
const nearer = 0.6;
/** A scene that was not recognised in so many frames in a row, or for so long, is another one. */
const missesUntilNew = 3;
const missingMs = 700;
/** After such a gap nothing is tried. */
const gapMs = 1000;

interface Key {
  readonly picture: Picture;
  readonly points: Points;
  readonly pose: ScenePose;
}

interface Seen {
  readonly picture: Picture;
  readonly pose: ScenePose;
  readonly timeMs: number;
}

/**
 * How the scene lies from frame to frame. Every frame is compared with a key frame as long as enough of it is in the
 * picture, and only then with the frame before: errors add up from key to key, not from frame to frame.
 */
export class SceneChain {
  readonly #flow = new OpticalFlow();
  readonly #camera = new CameraMotion();
  readonly #random = makeRandom(11);
  #epoch: number;
  #key: Key | undefined;
  #keys: Key[] = [];
  #last: Seen | undefined;
  #misses = 0;
  #timeMs: number | undefined;

  constructor(epoch = 0) {
    this.#epoch = epoch;
  }

  /** A chain that goes on from a frame whose pose is known. */
  static from(frame: PackedFrame, pose: ScenePose): SceneChain {
    const chain = new SceneChain(pose.epoch);
    const picture = pictureOf(frame);
    chain.#takeKey(picture, pose);
    chain.#last = { picture, pose, timeMs: frame.timestampMs };
    chain.#timeMs = frame.timestampMs;
    return chain;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Of the frame looked at last; undefined for none since the beginning or `reset`. */
  get timeMs(): number | undefined {
    return this.#timeMs;
  }

  /** What comes next is another epoch. */
  reset(): void {
    this.#timeMs = undefined;
    this.#forget();
  }

  /** @returns undefined where the scene is not recognised (this once, or because there is nothing to recognise) */
  look(frame: PackedFrame): ScenePose | undefined {
    const picture = pictureOf(frame);
    const timeMs = frame.timestampMs;
    const last = this.#last;
    this.#timeMs = timeMs;
    const sameSize = last?.picture.width === picture.width && last.picture.height === picture.height;
    const awayMs = last ? Math.abs(timeMs - last.timeMs) : 0;
    if (last && (!sameSize || awayMs > gapMs)) this.#forget();
    const pose = this.#last && this.#recognise(this.#last, picture);
    if (pose) {
      this.#last = { picture, pose, timeMs };
      this.#misses = 0;
      return pose;
    }
    this.#misses += 1;
    if (this.#last && this.#misses < missesUntilNew && awayMs < missingMs) return undefined;
    if (this.#last) this.#forget();
    return this.#begin(picture, timeMs);
  }

  #forget(): void {
    if (this.#key) this.#epoch = (this.#epoch + 1) & 255;
    this.#key = undefined;
    this.#keys = [];
    this.#last = undefined;
    this.#misses = 0;
  }

  #begin(picture: Picture, timeMs: number): ScenePose | undefined {
    const pose: ScenePose = { epoch: this.#epoch, a: 1, b: 0, dx: 0, dy: 0 };
    if (!this.#takeKey(picture, pose)) return undefined;
    this.#last = { picture, pose, timeMs };
    this.#misses = 0;
    return pose;
  }

  /** False: there is too little to recognise. */
  #takeKey(picture: Picture, pose: ScenePose): boolean {
    const { width, height } = picture;
    const points = pickCorners(picture.gray(0), { x: 0, y: 0, width, height }, corners);
    if (points.length < 2 * leastAgreeing) return false;
    this.#key = { picture, points, pose };
    // The first one stays: everything is told in its terms.
    if (this.#keys.length >= mostKeys) this.#keys.splice(1, 1);
    this.#keys.push(this.#key);
    return true;
  }

  #recognise(last: Seen, picture: Picture): ScenePose | undefined {
    const found = this.#key && this.#fromKey(this.#key, last.pose, picture);
    if (found && found.share >= keyShare) return found.pose;
    const remembered = this.#remembered(found?.pose ?? last.pose);
    const again = remembered && this.#fromKey(remembered, found?.pose ?? last.pose, picture);
    if (again && again.share >= keyShare) {
      this.#key = remembered;
      return again.pose;
    }
    const step = this.#camera.ofScene(last.picture, picture);
    const pose = found?.pose ?? (step && carried(last.pose, step, picture.width));
    // The key is left while it still tells the way: its own pose is better than that of a chain of steps.
    if (pose) this.#takeKey(picture, pose);
    return pose;
  }

  /** Another key that is nearer than the current one. */
  #remembered(pose: ScenePose): Key | undefined {
    let least = this.#key ? nearer * apart(this.#key.pose, pose) : Number.POSITIVE_INFINITY;
    let best: Key | undefined;
    for (const key of this.#keys) {
      const distance = apart(key.pose, pose);
      if (distance >= least) continue;
      least = distance;
      best = key;
    }
    return best;
  }

  #fromKey(key: Key, expected: ScenePose, picture: Picture): { pose: ScenePose; share: number } | undefined {
    const { points } = key;
    const guess = Float32Array.from(points);
    const move = between(key.pose, expected, picture.width);
    const chosen: number[] = [];
    for (let i = 0; i < points.length; i += 2) {
      const to = mapPoint(move, points[i]!, points[i + 1]!);
      guess[i] = to.x;
      guess[i + 1] = to.y;
      const inside = to.x > 4 && to.y > 4 && to.x < picture.width - 5 && to.y < picture.height - 5;
      if (inside) chosen.push(i);
    }
    const from = gather(points, chosen);
    const flow = this.#flow.follow(key.picture, picture, from, gather(guess, chosen));
    const fit = fitSimilarity(flow.from, flow.to, 1.5, this.#random);
    if (!fit || fit.inliers.length < leastAgreeing) return undefined;
    if (fit.inliers.length < leastShare * chosen.length) return undefined;
    // Counted on all of the key's corners: those that left the picture speak for a new key too.
    const share = fit.inliers.length / (points.length / 2);
    return { pose: carried(key.pose, fit.transform, picture.width), share };
  }
}

/** How differently a picture's middle lies: shift in widths, turn and stretch together. */
function apart(from: ScenePose, to: ScenePose): number {
  const motion = motionBetween(from, to);
  if (!motion) return Number.POSITIVE_INFINITY;
  const middle = moveBy(motion, { x: 0.5, y: 0.5 }, 1);
  const turn = Math.hypot(motion.a - 1, motion.b);
  return Math.hypot(middle.x - 0.5, middle.y - 0.5) + turn;
}

function gather(points: Points, at: readonly number[]): Points {
  const out = new Float32Array(at.length * 2);
  at.forEach((i, k) => {
    out[2 * k] = points[i]!;
    out[2 * k + 1] = points[i + 1]!;
  });
  return out;
}

function pictureOf({ width, height, gray, timestampMs }: PackedFrame): Picture {
  let picture = new Picture({ width, height, data: gray, timestampMs });
  while (Math.max(picture.width, picture.height) > enoughPixels) {
    picture = new Picture({ ...picture.gray(1), timestampMs });
  }
  return picture;
}

/** A pose after a motion in pixels of a picture; a pixel's number is the place of its centre. */
function carried(pose: ScenePose, [a, , c, b, , f]: Transform, width: number): ScenePose {
  const dx = (c + 0.5 - 0.5 * (a - b)) / width;
  const dy = (f + 0.5 - 0.5 * (a + b)) / width;
  return {
    epoch: pose.epoch,
    a: a * pose.a - b * pose.b,
    b: b * pose.a + a * pose.b,
    dx: a * pose.dx - b * pose.dy + dx,
    dy: b * pose.dx + a * pose.dy + dy,
  };
}

/** The motion in pixels from one pose to another of the same epoch. */
function between(from: ScenePose, to: ScenePose, width: number): Transform {
  const { a, b, dx, dy } = motionBetween(from, to) ?? still;
  return [a, -b, dx * width - 0.5 + 0.5 * (a - b), b, a, dy * width - 0.5 + 0.5 * (a + b), 0, 0];
}
