import type { Points } from './corners.ts';
import { mapPoint, type Transform } from './transforms.ts';

export type Model = 'similarity' | 'affine' | 'homography';

export interface Fit {
  readonly transform: Transform;
  /** Numbers of the pairs that agree with it. */
  readonly inliers: readonly number[];
}

/** Small repeatable random numbers, 0…1. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4294967296;
  };
}

/** The similarity on which most pairs agree to `tolerance` pixels (RANSAC, then least squares); undefined without two. */
export function fitSimilarity(
  from: Points,
  to: Points,
  tolerance: number,
  random: () => number,
  rounds = 60,
): Fit | undefined {
  const count = from.length >> 1;
  if (count < 2) return undefined;
  let best: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const i = Math.floor(random() * count);
    const j = Math.floor(random() * count);
    if (i === j) continue;
    const transform = leastSquares('similarity', from, to, [i, j]);
    if (!transform) continue;
    const inliers = agreeing(transform, from, to, tolerance);
    if (inliers.length > best.length) best = inliers;
    if (best.length > count * 0.9) break;
  }
  return refit('similarity', from, to, best, tolerance);
}

/** Least squares over pairs that agree, repeated until they no longer change. */
export function refit(
  model: Model,
  from: Points,
  to: Points,
  start: readonly number[],
  tolerance: number,
): Fit | undefined {
  let inliers = start;
  let fit: Fit | undefined;
  for (let round = 0; round < 4; round += 1) {
    const transform = leastSquares(model, from, to, inliers);
    if (!transform) return fit;
    const agreed = agreeing(transform, from, to, tolerance);
    if (fit && agreed.length <= fit.inliers.length) return fit;
    fit = { transform, inliers: agreed };
    inliers = agreed;
  }
  return fit;
}

export function agreeing(t: Transform, from: Points, to: Points, tolerance: number): number[] {
  const inliers: number[] = [];
  const limit = tolerance * tolerance;
  for (let i = 0; i < from.length; i += 2) {
    const x = from[i]!;
    const y = from[i + 1]!;
    const w = t[6] * x + t[7] * y + 1;
    const dx = (t[0] * x + t[1] * y + t[2]) / w - to[i]!;
    const dy = (t[3] * x + t[4] * y + t[5]) / w - to[i + 1]!;
    if (dx * dx + dy * dy <= limit) inliers.push(i >> 1);
  }
  return inliers;
}

const unknowns: Readonly<Record<Model, number>> = { similarity: 4, affine: 6, homography: 8 };

/** The mapping that carries the pairs with the least square error; undefined where they do not decide it. */
export function leastSquares(
  model: Model,
  from: Points,
  to: Points,
  pairs: readonly number[],
): Transform | undefined {
  const n = unknowns[model];
  if (pairs.length * 2 < n) return undefined;
  const source = frameOf(from, pairs);
  const target = frameOf(to, pairs);
  const rows = new Float64Array(n * (n + 1));
  const row = new Float64Array(n + 1);
  const add = (): void => {
    for (let i = 0; i < n; i += 1) {
      for (let j = i; j <= n; j += 1) rows[i * (n + 1) + j]! += row[i]! * row[j]!;
    }
  };
  for (const k of pairs) {
    const x = (from[k * 2]! - source.x) / source.spread;
    const y = (from[k * 2 + 1]! - source.y) / source.spread;
    const u = (to[k * 2]! - target.x) / target.spread;
    const v = (to[k * 2 + 1]! - target.y) / target.spread;
    if (model === 'similarity') row.set([x, -y, 1, 0, u]);
    else if (model === 'affine') row.set([x, y, 1, 0, 0, 0, u]);
    else row.set([x, y, 1, 0, 0, 0, -x * u, -y * u, u]);
    add();
    if (model === 'similarity') row.set([y, x, 0, 1, v]);
    else if (model === 'affine') row.set([0, 0, 0, x, y, 1, v]);
    else row.set([0, 0, 0, x, y, 1, -x * v, -y * v, v]);
    add();
  }
  for (let i = 0; i < n; i += 1)
    for (let j = 0; j < i; j += 1) rows[i * (n + 1) + j] = rows[j * (n + 1) + i]!;
  const s = solve(rows, n);
  if (!s) return undefined;
  const inner: Transform =
    model === 'similarity'
      ? [s[0]!, -s[1]!, s[2]!, s[1]!, s[0]!, s[3]!, 0, 0]
      : [s[0]!, s[1]!, s[2]!, s[3]!, s[4]!, s[5]!, s[6] ?? 0, s[7] ?? 0];
  return fromFrames(inner, source, target);
}

interface PointFrame {
  readonly x: number;
  readonly y: number;
  readonly spread: number;
}

function frameOf(points: Points, pairs: readonly number[]): PointFrame {
  let x = 0;
  let y = 0;
  for (const k of pairs) {
    x += points[k * 2]!;
    y += points[k * 2 + 1]!;
  }
  x /= pairs.length;
  y /= pairs.length;
  let spread = 0;
  for (const k of pairs) spread += Math.hypot(points[k * 2]! - x, points[k * 2 + 1]! - y);
  return { x, y, spread: Math.max(1e-3, spread / pairs.length) };
}

/** Out of the centred, scaled coordinates in which the equations are well behaved. */
function fromFrames(t: Transform, source: PointFrame, target: PointFrame): Transform | undefined {
  const k = 1 / source.spread;
  const g = t[6] * k;
  const h = t[7] * k;
  const w = 1 - g * source.x - h * source.y;
  if (Math.abs(w) < 1e-6) return undefined;
  const line = (
    a: number,
    b: number,
    c: number,
    spread: number,
    centre: number,
  ): [number, number, number] => {
    const p = a * k * spread + centre * g;
    const q = b * k * spread + centre * h;
    const r = (c - (a * source.x + b * source.y) * k) * spread + centre * w;
    return [p / w, q / w, r / w];
  };
  const [a, b, c] = line(t[0], t[1], t[2], target.spread, target.x);
  const [d, e, f] = line(t[3], t[4], t[5], target.spread, target.y);
  return [a, b, c, d, e, f, g / w, h / w];
}

/** Gauss with the largest pivot. */
function solve(rows: Float64Array, n: number): Float64Array | undefined {
  const stride = n + 1;
  for (let i = 0; i < n; i += 1) {
    let pivot = i;
    for (let r = i + 1; r < n; r += 1) {
      if (Math.abs(rows[r * stride + i]!) > Math.abs(rows[pivot * stride + i]!)) pivot = r;
    }
    const value = rows[pivot * stride + i]!;
    if (!(Math.abs(value) > 1e-9)) return undefined;
    for (let c = 0; c <= n; c += 1) {
      const swap = rows[i * stride + c]!;
      rows[i * stride + c] = rows[pivot * stride + c]!;
      rows[pivot * stride + c] = swap;
    }
    for (let r = 0; r < n; r += 1) {
      if (r === i) continue;
      const factor = rows[r * stride + i]! / rows[i * stride + i]!;
      if (factor === 0) continue;
      for (let c = i; c <= n; c += 1) rows[r * stride + c]! -= factor * rows[i * stride + c]!;
    }
  }
  return Float64Array.from({ length: n }, (_, i) => rows[i * stride + n]! / rows[i * stride + i]!);
}

/** True when a mapping keeps a box's shape within reason: no mirror image, no fold, size and aspect within limits. */
export function isPlausible(t: Transform, x: number, y: number, width: number, height: number): boolean {
  const corners = [
    mapPoint(t, x, y),
    mapPoint(t, x + width, y),
    mapPoint(t, x + width, y + height),
    mapPoint(t, x, y + height),
  ];
  let area = 0;
  for (let i = 0; i < 4; i += 1) {
    const a = corners[i]!;
    const b = corners[(i + 1) % 4]!;
    const c = corners[(i + 2) % 4]!;
    const turn = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
    if (!(turn > 0)) return false;
    area += a.x * b.y - b.x * a.y;
  }
  const scale = Math.sqrt(area / 2 / (width * height));
  const across = Math.hypot(corners[1]!.x - corners[0]!.x, corners[1]!.y - corners[0]!.y) / width;
  const down = Math.hypot(corners[3]!.x - corners[0]!.x, corners[3]!.y - corners[0]!.y) / height;
  return scale >= 0.25 && scale <= 4 && across / down >= 0.5 && across / down <= 2;
}
