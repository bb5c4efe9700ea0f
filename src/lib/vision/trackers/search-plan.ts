import type { PictureSize } from '#domain/tracking/box.ts';
import { surroundings } from '../filter/appearance-filter.ts';
import type { Pose } from './follower.ts';

const sizes = [1, 0.75, 1.33] as const;
/** A place is seen from this share of the surroundings' side on each side of it. */
const reach = 0.32;

/** All places of a picture and sizes at which a lost element may come back, the likeliest size first. */
export function planSearch(picture: PictureSize, last: Pose): Pose[] {
  return sizes.flatMap((factor) => {
    const width = last.width * factor;
    const height = last.height * factor;
    const step = surroundings * Math.sqrt(width * height) * 2 * reach;
    const columns = Math.max(1, Math.ceil(picture.width / step));
    const rows = Math.max(1, Math.ceil(picture.height / step));
    return Array.from({ length: columns * rows }, (_, i): Pose => ({
      x: (((i % columns) + 0.5) * picture.width) / columns,
      y: ((Math.floor(i / columns) + 0.5) * picture.height) / rows,
      width,
      height,
      angle: last.angle,
    }));
  });
}
