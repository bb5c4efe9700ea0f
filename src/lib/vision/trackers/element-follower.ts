import type { Box } from '#domain/tracking/box.ts';
import {
  AppearanceFilter,
  surroundings,
  type Answer,
  type ExtraFeatures,
} from '../filter/appearance-filter.ts';
import { OutlineFinder } from '../filter/outline-finder.ts';
import { ScaleFilter } from '../filter/scale-filter.ts';
import type { CropWindow } from '../picture/crop.ts';
import { type Picture } from '../picture/picture.ts';
import type { Follower, Motion, Pose } from './follower.ts';
import { Shape } from './shape.ts';

/** Radians, and shares of the element's size. */
const littleTurn = 0.01;
const littleShift = 0.05;
/** Growth in one picture that its points are believed. */
const littleGrowth = 0.06;

/** Follows one element by what it looks like. */
export class ElementFollower implements Follower {
  readonly patienceFrames = 6;
  readonly #appearance: AppearanceFilter;
  readonly #scale: ScaleFilter;
  readonly #start: Pose;
  readonly #shape: Shape | undefined;
  #pose: Pose;
  #answer: Answer | undefined;

  constructor(picture: Picture, box: Box, extra?: ExtraFeatures) {
    this.#start = {
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      width: box.width,
      height: box.height,
      angle: 0,
    };
    this.#pose = this.#start;
    this.#appearance = new AppearanceFilter(picture, this.#window(this.#pose), box, extra);
    this.#scale = new ScaleFilter(box.width / box.height);
    this.#scale.train(picture, this.#pose);
    const finder = OutlineFinder.create(picture, box);
    this.#shape = finder && new Shape(finder, this.#start);
  }

  get outline(): Box | undefined {
    return this.#shape?.boxOf(this.#pose);
  }

  get pose(): Pose {
    return this.#pose;
  }

  get answer(): Answer | undefined {
    return this.#answer;
  }

  place(pose: Pose): void {
    this.#pose = pose;
  }

  locate(picture: Picture, motion?: Motion): Pose {
    const { from, answer } = this.#bestStart(picture, motion);
    const moved = this.#shifted(picture, from, answer);
    // Half of the way: a few points say less than all that is compared below.
    const grown = Math.sqrt(clamp(motion?.scale ?? 1, 1 - littleGrowth, 1 + littleGrowth));
    const sized = { ...moved, width: moved.width * grown, height: moved.height * grown };
    const factor = grown * this.#scale.estimate(picture, sized);
    const smallest = Math.max(0.15, 6 / Math.min(this.#start.width, this.#start.height));
    const largest = Math.min(8, picture.width / this.#start.width, picture.height / this.#start.height);
    const scale = clamp(
      (moved.width / this.#start.width) * factor,
      Math.min(1, smallest),
      Math.max(1, largest),
    );
    const pose = { ...moved, width: this.#start.width * scale, height: this.#start.height * scale };
    this.#pose = this.#shape?.follow(picture, pose) ?? pose;
    this.#answer = answer;
    return this.#pose;
  }

  /**
   * The motion of a few points may be that of something in front or behind: where it says more than a little, the
   * places without its turn and without all of it are tried too, and the clearest answer counts.
   */
  #bestStart(picture: Picture, motion: Motion | undefined): { from: Pose; answer: Answer } {
    const before = this.#pose;
    const starts: Pose[] = [before];
    if (motion) {
      const shifted = { ...before, x: before.x + motion.dx, y: before.y + motion.dy };
      const size = Math.sqrt(before.width * before.height);
      const turns = Math.abs(motion.angle) > littleTurn;
      const moves = Math.hypot(motion.dx, motion.dy) > littleShift * size;
      starts.unshift({ ...shifted, angle: before.angle + motion.angle }, ...(turns ? [shifted] : []));
      if (!moves) starts.pop();
    }
    const { window, answer } = this.#appearance.locate(picture, this.#windows(starts));
    return { from: window.from, answer };
  }

  seek(picture: Picture, poses: readonly Pose[]): { pose: Pose; answer: Answer } {
    const { window, answer } = this.#appearance.locate(picture, this.#windows(poses));
    return { pose: this.#shifted(picture, window.from, answer), answer };
  }

  #windows(poses: readonly Pose[]): (CropWindow & { readonly from: Pose })[] {
    return poses.map((from) => ({ ...this.#window(from), from }));
  }

  #shifted(picture: Picture, from: Pose, { dx, dy }: Answer): Pose {
    const { width } = this.#window(from);
    const u = dx * width;
    const v = dy * width;
    const cos = Math.cos(from.angle);
    const sin = Math.sin(from.angle);
    const x = clamp(from.x + cos * u - sin * v, 0, picture.width);
    const y = clamp(from.y + sin * u + cos * v, 0, picture.height);
    return { ...from, x, y };
  }

  train(picture: Picture): void {
    this.#appearance.train(picture, this.#window(this.#pose));
    this.#scale.train(picture, this.#pose);
    this.#shape?.train(picture, this.#pose);
  }

  #window({ x, y, width, height, angle }: Pose): CropWindow {
    const side = surroundings * Math.sqrt(width * height);
    return { x, y, width: side, height: side, angle };
  }
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
