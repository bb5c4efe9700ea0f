import type { Point } from './marks.ts';

/** A place in an element, in CSS pixels from its upper left. */
export interface Place {
  x: number;
  y: number;
}

/** How a picture lies in an element: CSS `object-fit` of a centred picture, mirrored or not. All sizes > 0. */
export interface PictureBox {
  /** The element, in CSS pixels. */
  boxWidth: number;
  boxHeight: number;
  /** The picture's own size, in its pixels (`videoWidth`, `naturalWidth`). */
  pictureWidth: number;
  pictureHeight: number;
  fit: 'contain' | 'cover';
  /** This viewer sees the picture mirrored. Marks are stored un-mirrored all the same. */
  mirrored: boolean;
}

export interface PictureRect {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where the whole picture lies, in the element's CSS pixels; reaches beyond the element with `cover`. */
export function pictureRect(box: PictureBox): PictureRect {
  const across = box.boxWidth / box.pictureWidth;
  const down = box.boxHeight / box.pictureHeight;
  const scale = box.fit === 'contain' ? Math.min(across, down) : Math.max(across, down);
  const width = box.pictureWidth * scale;
  const height = box.pictureHeight * scale;
  return { left: (box.boxWidth - width) / 2, top: (box.boxHeight - height) / 2, width, height };
}

/** From a place in the element to the un-mirrored picture. Outside of the picture it is below 0 or above 1. */
export function toPicture(box: PictureBox, place: Place): Point {
  const rect = pictureRect(box);
  const x = (place.x - rect.left) / rect.width;
  return { x: box.mirrored ? 1 - x : x, y: (place.y - rect.top) / rect.height };
}

/** From the un-mirrored picture to the place in the element. */
export function toPlace(box: PictureBox, point: Point): Place {
  const rect = pictureRect(box);
  const x = box.mirrored ? 1 - point.x : point.x;
  return { x: rect.left + x * rect.width, y: rect.top + point.y * rect.height };
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);

/** The nearest point of the picture. */
export function clampToPicture(point: Point): Point {
  return { x: clamp(point.x), y: clamp(point.y) };
}

export function isInPicture(point: Point): boolean {
  return point.x >= 0 && point.x <= 1 && point.y >= 0 && point.y <= 1;
}

/** True when every size is a positive number: before a video's first frame it is not. */
export function isUsableBox(box: PictureBox): boolean {
  return [box.boxWidth, box.boxHeight, box.pictureWidth, box.pictureHeight].every(
    (size) => Number.isFinite(size) && size > 0,
  );
}
