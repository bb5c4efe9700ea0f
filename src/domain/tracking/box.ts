/** A rectangle in pixels of one picture: upper left corner, width, height. May reach beyond the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export const boxArea = (box: Box): number => Math.max(0, box.width) * Math.max(0, box.height);

export const boxCentre = (box: Box): { x: number; y: number } => ({
  x: box.x + box.width / 2,
  y: box.y + box.height / 2,
});

export const boxAround = (x: number, y: number, width: number, height: number): Box => ({
  x: x - width / 2,
  y: y - height / 2,
  width,
  height,
});

/** What both have in common; of no size where they do not meet. */
export function intersect(a: Box, b: Box): Box {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x);
  const height = Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y);
  return { x, y, width, height };
}

/** Shared area over joint area, 0…1. 0 for boxes without area. */
export function overlap(a: Box, b: Box): number {
  const shared = boxArea(intersect(a, b));
  const joint = boxArea(a) + boxArea(b) - shared;
  return joint > 0 ? shared / joint : 0;
}

/** Share of the box that lies inside the picture, 0…1. */
export function shareInside(box: Box, picture: PictureSize): number {
  const area = boxArea(box);
  return area > 0 ? boxArea(intersect(box, { x: 0, y: 0, ...picture })) / area : 0;
}

/** Distance of the centres in pixels. */
export const centreDistance = (a: Box, b: Box): number =>
  Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);

/** Between two sizes of the same picture. */
export function rescaleBox(box: Box, from: PictureSize, to: PictureSize): Box {
  const across = to.width / from.width;
  const down = to.height / from.height;
  return { x: box.x * across, y: box.y * down, width: box.width * across, height: box.height * down };
}

/** Why a box cannot be followed. */
export const boxRefusals = ['box-malformed', 'box-too-small', 'box-outside', 'box-whole-picture'] as const;
export type BoxRefusal = (typeof boxRefusals)[number];

/** Smallest side of a box, in pixels of the picture: below it there is nothing to recognise. */
const minBoxSide = 6;
/** A box that covers more of the picture than this names no element of it. */
const maxBoxShare = 0.9;

/**
 * The part of a box that lies in the picture, or why it cannot be followed. Boxes come from other devices.
 */
export function usableBox(
  box: Box,
  picture: PictureSize,
): { ok: true; box: Box } | { ok: false; reason: BoxRefusal } {
  if (![box.x, box.y, box.width, box.height].every(Number.isFinite)) {
    return { ok: false, reason: 'box-malformed' };
  }
  if (box.width < minBoxSide || box.height < minBoxSide) return { ok: false, reason: 'box-too-small' };
  const inside = intersect(box, { x: 0, y: 0, ...picture });
  if (inside.width < minBoxSide || inside.height < minBoxSide) return { ok: false, reason: 'box-outside' };
  if (boxArea(inside) > maxBoxShare * picture.width * picture.height) {
    return { ok: false, reason: 'box-whole-picture' };
  }
  return { ok: true, box: inside };
}
