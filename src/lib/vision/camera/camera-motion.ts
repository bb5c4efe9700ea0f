import { OpticalFlow } from './optical-flow.ts';
import { pickCorners, type Points } from './corners.ts';
import { fitSimilarity, makeRandom } from './robust-fit.ts';
import { localMotion, type Transform } from './transforms.ts';
import type { Box } from '#domain/tracking/box.ts';
import type { Picture } from '../picture/picture.ts';

/** How things move between two pictures: the whole scene, and what is in one box. */
export class CameraMotion {
  readonly #flow = new OpticalFlow();
  readonly #random = makeRandom(7);

  /** The scene's motion; undefined where too little agrees. */
  ofScene(before: Picture, after: Picture): Transform | undefined {
    const half = before.gray(1);
    const corners = pickCorners(half, { x: 0, y: 0, width: half.width, height: half.height }, 60);
    return this.#fit(
      before,
      after,
      corners.map((value) => value * 2 + 0.5),
      12,
      0.3,
    );
  }

  /** The motion of what is in the box, around the box's centre. */
  ofElement(
    before: Picture,
    after: Picture,
    box: Box,
  ): { dx: number; dy: number; scale: number; angle: number } | undefined {
    const margin = 0.05;
    const inner: Box = {
      x: box.x + box.width * margin,
      y: box.y + box.height * margin,
      width: box.width * (1 - 2 * margin),
      height: box.height * (1 - 2 * margin),
    };
    const transform = this.#fit(before, after, pickCorners(before.gray(0), inner, 40), 8, 0.5);
    if (!transform) return undefined;
    const x = box.x + box.width / 2;
    const y = box.y + box.height / 2;
    const motion = localMotion(transform, x, y);
    return { dx: motion.x - x, dy: motion.y - y, scale: motion.scale, angle: motion.angle };
  }

  #fit(before: Picture, after: Picture, points: Points, least: number, share: number): Transform | undefined {
    const { from, to } = this.#flow.follow(before, after, points);
    const fit = fitSimilarity(from, to, 2, this.#random);
    const enough = fit && fit.inliers.length >= least && fit.inliers.length >= (share * from.length) / 2;
    return enough ? fit.transform : undefined;
  }
}
