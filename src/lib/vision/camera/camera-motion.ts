import { OpticalFlow, type Flow } from './optical-flow.ts';
import { pickCorners } from './corners.ts';
import { agreeing, fitSimilarity, makeRandom } from './robust-fit.ts';
import { localMotion, type Transform } from './transforms.ts';
import type { Box } from '#domain/tracking/box.ts';
import type { Picture } from '../picture/picture.ts';

/** Pixels from where the scene's motion puts a point: further away it moves by itself. */
const ownMotion = 1.5;
/** Of the points in a box, so many that move by themselves are enough to speak for what is in it. */
const ownShare = 0.3;

export interface ElementMotion {
  readonly dx: number;
  readonly dy: number;
  /** 1 where it moves with the scene: what lies behind the element or beside it has its part in that. */
  readonly scale: number;
  readonly angle: number;
}

/** How things move between two pictures: the whole scene, and what is in one box. */
export class CameraMotion {
  readonly #flow = new OpticalFlow();
  readonly #random = makeRandom(7);

  /** The scene's motion; undefined where too little agrees. */
  ofScene(before: Picture, after: Picture): Transform | undefined {
    const half = before.gray(1);
    const corners = pickCorners(half, { x: 0, y: 0, width: half.width, height: half.height }, 60);
    const points = corners.map((value) => value * 2 + 0.5);
    return this.#fitTo(this.#flow.follow(before, after, points), { count: 12, share: 0.3 });
  }

  /**
   * The motion of what is in the box, around the box's centre. A box holds some of what is around it: where enough
   * points move otherwise than the scene, they alone count.
   */
  ofElement(before: Picture, after: Picture, box: Box, scene?: Transform): ElementMotion | undefined {
    const margin = 0.05;
    const inner: Box = {
      x: box.x + box.width * margin,
      y: box.y + box.height * margin,
      width: box.width * (1 - 2 * margin),
      height: box.height * (1 - 2 * margin),
    };
    const flow = this.#flow.follow(before, after, pickCorners(before.gray(0), inner, 40));
    const own = scene && this.#fitTo(apartFrom(scene, flow), { count: 8, share: 0.5 });
    const transform = own ?? this.#fitTo(flow, { count: 8, share: 0.5 });
    if (!transform) return undefined;
    const x = box.x + box.width / 2;
    const y = box.y + box.height / 2;
    const motion = localMotion(transform, x, y);
    return { dx: motion.x - x, dy: motion.y - y, scale: own ? motion.scale : 1, angle: motion.angle };
  }

  #fitTo({ from, to }: Flow, { count, share }: Enough): Transform | undefined {
    const fit = fitSimilarity(from, to, 2, this.#random);
    const enough = fit && fit.inliers.length >= count && fit.inliers.length >= (share * from.length) / 2;
    return enough ? fit.transform : undefined;
  }
}

/** Inliers, and their share of all points. */
interface Enough {
  readonly count: number;
  readonly share: number;
}

/** The points that do not move with the scene; none where they are too few. */
function apartFrom(scene: Transform, { from, to }: Flow): Flow {
  const still = new Set(agreeing(scene, from, to, ownMotion));
  const count = from.length / 2;
  const isEnough = count - still.size >= ownShare * count;
  const isOwn = (_: number, i: number): boolean => isEnough && !still.has(i >> 1);
  return { from: from.filter(isOwn), to: to.filter(isOwn) };
}
