import { intersect } from '#domain/tracking/box.ts';
import type { SuggestedElement } from './element-detector.ts';

const picture = { x: 0, y: 0, width: 1, height: 1 };

/**
 * What a network found in a picture of so many pixels, in shares of it; undefined for what lies outside of it or has
 * no size.
 */
export function toElement(
  found: { readonly bbox: readonly number[]; readonly class: string; readonly score: number },
  { width, height }: { readonly width: number; readonly height: number },
): SuggestedElement | undefined {
  const [x = NaN, y = NaN, w = NaN, h = NaN] = found.bbox;
  const box = intersect({ x: x / width, y: y / height, width: w / width, height: h / height }, picture);
  return box.width > 0 && box.height > 0 ? { box, name: found.class, score: found.score } : undefined;
}
