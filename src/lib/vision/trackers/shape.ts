import { boxAround, boxCentre, type Box } from '#domain/tracking/box.ts';
import type { OutlineFinder } from '../filter/outline-finder.ts';
import type { Picture } from '../picture/picture.ts';
import type { Pose } from './follower.ts';

/** Less says nothing about where the element ends. */
const leastContrast = 0.45;
/** Of the way to what is seen, in one picture: the shape; place and size of what the filter looks at. */
const followed = 0.5;
const pulled = 0.3;
/** While nothing is seen the shape goes back to the one at the start. */
const kept = 0.95;

/** The upright box that an element fills, where its colours show it: beside the pose, which keeps its first shape. */
export class Shape {
  readonly #finder: OutlineFinder;
  readonly #start: Pose;
  /** Of the pose: shift as a share of its sides, and factors of these. */
  #dx = 0;
  #dy = 0;
  #across = 1;
  #down = 1;

  constructor(finder: OutlineFinder, start: Pose) {
    this.#finder = finder;
    this.#start = start;
  }

  boxOf({ x, y, width, height }: Pose): Box {
    return boxAround(x + this.#dx * width, y + this.#dy * height, width * this.#across, height * this.#down);
  }

  /** @returns the pose, a little nearer to what is seen */
  follow(picture: Picture, pose: Pose): Pose {
    const before = this.boxOf(pose);
    const { box, contrast } = this.#finder.find(picture, before);
    if (contrast < leastContrast) {
      this.#across **= kept;
      this.#down **= kept;
      return pose;
    }
    const from = boxCentre(before);
    const to = boxCentre(box);
    const x = from.x + followed * (to.x - from.x);
    const y = from.y + followed * (to.y - from.y);
    const width = before.width + followed * (box.width - before.width);
    const height = before.height + followed * (box.height - before.height);
    const fits = Math.sqrt((width * height) / (pose.width * pose.height));
    const scale = (pose.width / this.#start.width) * fits ** pulled;
    const next: Pose = {
      x: pose.x + pulled * (x - pose.x),
      y: pose.y + pulled * (y - pose.y),
      width: this.#start.width * scale,
      height: this.#start.height * scale,
      angle: pose.angle,
    };
    this.#dx = (x - next.x) / next.width;
    this.#dy = (y - next.y) / next.height;
    this.#across = width / next.width;
    this.#down = height / next.height;
    return next;
  }

  train(picture: Picture, pose: Pose): void {
    this.#finder.train(picture, this.boxOf(pose));
  }
}
