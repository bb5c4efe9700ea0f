import type { GrayLevel } from '../picture/picture.ts';
import { cornerMargin, cornerThreshold, type CornerMap } from './fast-corners.ts';
import { blur } from './gray-levels.ts';
import { sceneVectors, type SceneVectors } from './scene-vectors.ts';

export interface LevelLooks {
  /** undefined where the browser has no vectors for them */
  readonly corners: CornerMap | undefined;
  /** Means of 5 × 5 pixels, the edges apart. */
  readonly smooth: GrayLevel;
}

/** What is worked out for every pixel of a picture. Valid until the next call. */
export function lookThrough(level: GrayLevel): LevelLooks {
  const vectors = sceneVectors();
  return vectors ? lookInVectors(vectors, level) : { corners: undefined, smooth: blur(level) };
}

/** What runs over the end of a line or a picture, in pixels. */
const spare = 64;

function lookInVectors(vectors: SceneVectors, { width, height, data }: GrayLevel): LevelLooks {
  const { kernels } = vectors;
  const area = (width * height + 2 * spare) & -spare;
  const [picture, flags, smooth, scores] = [spare, spare + area, spare + 2 * area, spare + 3 * area];
  const sums = scores + 2 * area;
  const bytes = vectors.reserve(sums + 2 * (width + spare));
  bytes.set(data, picture);
  const inner = cornerMargin * width;
  const count = (height - 2 * cornerMargin) * width;
  kernels.corners(picture + inner, width, flags + inner, scores + 2 * inner, count, cornerThreshold);
  for (let y = 2; y < height - 2; y += 1) {
    kernels.columnSums(picture + y * width, width, sums, width);
    kernels.rowMeans(sums + 4, smooth + y * width + 2, width - 4);
  }
  return {
    corners: {
      flags: new Uint32Array(bytes.buffer, flags, area / 4),
      scores: new Uint16Array(bytes.buffer, scores, area),
    },
    smooth: { width, height, data: bytes.subarray(smooth, smooth + width * height) },
  };
}
