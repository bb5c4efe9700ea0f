/**
 * A mapping of the plane: [a, b, c, d, e, f, g, h] with x' = (a x + b y + c) / w, y' = (d x + e y + f) / w and
 * w = g x + h y + 1.
 */
export type Transform = readonly [number, number, number, number, number, number, number, number];

export const identity: Transform = [1, 0, 0, 0, 1, 0, 0, 0];

export function mapPoint(t: Transform, x: number, y: number): { x: number; y: number } {
  const w = t[6] * x + t[7] * y + 1;
  return { x: (t[0] * x + t[1] * y + t[2]) / w, y: (t[3] * x + t[4] * y + t[5]) / w };
}

/** First `first`, then `second`. */
export function compose(second: Transform, first: Transform): Transform {
  const [a, b, c, d, e, f, g, h] = second;
  const [p, q, r, s, t, u, v, w] = first;
  const scale = 1 / (g * r + h * u + 1);
  return [
    (a * p + b * s + c * v) * scale,
    (a * q + b * t + c * w) * scale,
    (a * r + b * u + c) * scale,
    (d * p + e * s + f * v) * scale,
    (d * q + e * t + f * w) * scale,
    (d * r + e * u + f) * scale,
    (g * p + h * s + v) * scale,
    (g * q + h * t + w) * scale,
  ];
}

/** undefined where there is none */
export function invert([a, b, c, d, e, f, g, h]: Transform): Transform | undefined {
  const k = a * e - b * d;
  if (!(Math.abs(k) > 1e-9)) return undefined;
  const s = 1 / k;
  return [
    (e - f * h) * s,
    (c * h - b) * s,
    (b * f - c * e) * s,
    (f * g - d) * s,
    (a - c * g) * s,
    (c * d - a * f) * s,
    (d * h - e * g) * s,
    (b * g - a * h) * s,
  ];
}

/** How the mapping stretches and turns things near a place, and where it carries the place. */
export function localMotion(
  t: Transform,
  x: number,
  y: number,
): { x: number; y: number; scale: number; angle: number } {
  const w = t[6] * x + t[7] * y + 1;
  const to = mapPoint(t, x, y);
  const xx = (t[0] - t[6] * to.x) / w;
  const xy = (t[1] - t[7] * to.x) / w;
  const yx = (t[3] - t[6] * to.y) / w;
  const yy = (t[4] - t[7] * to.y) / w;
  const determinant = xx * yy - xy * yx;
  return { ...to, scale: Math.sqrt(Math.max(0, determinant)), angle: Math.atan2(yx - xy, xx + yy) };
}
