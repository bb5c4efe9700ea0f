import { agreeing, leastSquares, makeRandom, refit, type Fit } from '../camera/robust-fit.ts';
import { distancesBetween } from './distances.ts';
import type { SceneFeatures } from './scene-features.ts';

const farthest = 70;
/** Descriptions that differ by more bits say nothing at all. */
const unlike = 100;
const ratio = 0.85;
/** Pixels within which two matches mean the same place. */
const samePlace = 8;
const tolerance = 4;

export interface SceneMatch extends Fit {
  /** Pairs of features that look alike. */
  readonly matches: number;
}

/** How one picture of a scene lies in another; undefined where no mapping explains several matches. */
export function matchScenes(from: SceneFeatures, to: SceneFeatures): SceneMatch | undefined {
  const pairs = mutualMatches(from, to);
  const count = pairs.length / 2;
  if (count < 4) return undefined;
  const a = new Float32Array(count * 2);
  const b = new Float32Array(count * 2);
  for (let k = 0; k < count; k += 1) {
    const i = pairs[k * 2]!;
    const j = pairs[k * 2 + 1]!;
    a.set(from.points.subarray(i * 2, i * 2 + 2), k * 2);
    b.set(to.points.subarray(j * 2, j * 2 + 2), k * 2);
  }
  const start = bestSimilarity(from, to, pairs, a, b);
  if (start.length < 4) return undefined;
  let fit = refit('similarity', a, b, start, tolerance * 1.5);
  for (const model of ['affine', 'homography'] as const) {
    if (!fit || fit.inliers.length < (model === 'affine' ? 6 : 12)) break;
    const finer = refit(model, a, b, fit.inliers, tolerance);
    if (finer && finer.inliers.length >= fit.inliers.length * 0.9) fit = finer;
  }
  if (!fit) return undefined;
  const inliers = agreeing(fit.transform, a, b, tolerance);
  return { transform: fit.transform, inliers, matches: count };
}

/** The similarity that most pairs vote for: each match has a size and a turn of its own, two make a surer one. */
function bestSimilarity(
  from: SceneFeatures,
  to: SceneFeatures,
  pairs: readonly number[],
  a: Float32Array,
  b: Float32Array,
): number[] {
  const count = a.length / 2;
  let best: number[] = [];
  const step = Math.max(1, Math.floor(count / 80));
  for (let k = 0; k < count; k += step) {
    const i = pairs[k * 2]!;
    const j = pairs[k * 2 + 1]!;
    const scale = to.scales[j]! / from.scales[i]!;
    const angle = to.angles[j]! - from.angles[i]!;
    const cos = scale * Math.cos(angle);
    const sin = scale * Math.sin(angle);
    const x = b[k * 2]! - cos * a[k * 2]! + sin * a[k * 2 + 1]!;
    const y = b[k * 2 + 1]! - sin * a[k * 2]! - cos * a[k * 2 + 1]!;
    const inliers = agreeing([cos, -sin, x, sin, cos, y, 0, 0], a, b, 16);
    if (inliers.length > best.length) best = inliers;
  }
  const random = makeRandom(count);
  let surer: number[] = [];
  for (let round = 0; round < 100; round += 1) {
    const pool = best.length >= 4 ? best : undefined;
    const pick = (): number =>
      pool && round % 2 === 0 ? pool[Math.floor(random() * pool.length)]! : Math.floor(random() * count);
    const p = pick();
    const q = pick();
    if (p === q) continue;
    const transform = leastSquares('similarity', a, b, [p, q]);
    if (!transform) continue;
    const scale = Math.hypot(transform[0], transform[3]);
    if (scale < 0.2 || scale > 5) continue;
    const inliers = agreeing(transform, a, b, tolerance * 1.5);
    if (inliers.length > surer.length) surer = inliers;
  }
  return surer;
}

/** Pairs that are each other's nearest, nearer than anything at another place: i, j, i, j, … */
function mutualMatches(from: SceneFeatures, to: SceneFeatures): number[] {
  const backBest = new Int32Array(to.count).fill(-1);
  const backDistance = new Int32Array(to.count).fill(257);
  const forward = new Int32Array(from.count).fill(-1);
  const distancesOf = distancesBetween(from, to);
  for (let i = 0; i < from.count; i += 1) {
    let best = 257;
    let second = 257;
    let at = -1;
    const distances = distancesOf(i);
    for (let j = 0; j < to.count; j += 1) {
      const distance = distances[j]!;
      if (distance > second || distance > unlike) continue;
      if (distance < backDistance[j]!) {
        backDistance[j] = distance;
        backBest[j] = i;
      }
      if (distance >= second) continue;
      if (at >= 0 && isNear(to.points, at, j)) {
        if (distance < best) {
          best = distance;
          at = j;
        }
      } else if (distance < best) {
        second = best;
        best = distance;
        at = j;
      } else {
        second = distance;
      }
    }
    if (best <= farthest && best < ratio * second) forward[i] = at;
  }
  const pairs: number[] = [];
  for (let i = 0; i < from.count; i += 1) {
    const j = forward[i]!;
    if (j >= 0 && (backBest[j] === i || isNear(from.points, backBest[j]!, i))) pairs.push(i, j);
  }
  return pairs;
}

function isNear(points: Float32Array, i: number, j: number): boolean {
  return (
    Math.abs(points[i * 2]! - points[j * 2]!) < samePlace &&
    Math.abs(points[i * 2 + 1]! - points[j * 2 + 1]!) < samePlace
  );
}
