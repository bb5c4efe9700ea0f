import { boxCentre, shareInside, type Box } from '#domain/tracking/box.ts';
import { mapPoint, compose, invert, type Transform } from '../../../src/lib/vision/camera/transforms.ts';
import { placeOf } from '../../../src/lib/vision/scene/place-memory.ts';
import type { VisionFrame } from '../../../src/lib/vision/object-tracker.ts';

/** RGBA, rows from the top. */
export interface Photo {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** A picture made of several photos, and a part of it that is followed. */
export interface World {
  readonly photo: Photo;
  readonly element: Box;
  /** Where the looks of an element that moves by itself come from; the world behind it goes on. */
  readonly sprite?: Photo;
}

/** How the element lies in one frame, and what the frame suffers. */
export interface Shot {
  /** The element's centre in the picture, pixels. */
  readonly x: number;
  readonly y: number;
  /** Picture pixels per world pixel. */
  readonly scale: number;
  /** Radians. */
  readonly angle: number;
  /** Perspective: how much nearer things get per pixel of the world. */
  readonly tiltX: number;
  readonly tiltY: number;
  readonly gain: number;
  /** Pixels that are averaged on each side. */
  readonly blur: number;
  /** What hides the element: filled from another photo, with round corners. */
  readonly cover: Box | undefined;
  /** Where an element that moves by itself is, from its place in the world; world pixels and radians. */
  readonly own: { readonly x: number; readonly y: number; readonly angle: number } | undefined;
}

export interface FilmedFrame {
  readonly frame: VisionFrame;
  /** undefined where less than `seenShare` of the element can be seen. */
  readonly truth: Box | undefined;
  /** Nearly all of it can be seen. */
  readonly good: boolean;
}

const seenShare = 0.3;
const goodShare = 0.8;

/** Takes pictures of a world, with the exact place of its element. */
export class Film {
  readonly width: number;
  readonly height: number;
  readonly #world: World;
  readonly #coverPhoto: Photo;
  readonly #random: () => number;
  #number = 0;

  constructor(world: World, coverPhoto: Photo, random: () => number, width = 640, height = 480) {
    this.width = width;
    this.height = height;
    this.#world = world;
    this.#coverPhoto = coverPhoto;
    this.#random = random;
  }

  shoot(shot: Shot): FilmedFrame {
    const { width, height } = this;
    const toPicture = this.#placed(shot);
    const data = new Uint8ClampedArray(width * height * 4);
    this.#paintWorld(data, toPicture);
    const { element } = this.#world;
    const own = shot.own && this.#ownPlace(shot.own);
    const toElement = own ? compose(toPicture, own) : toPicture;
    if (own) this.#paintElement(data, toElement);
    if (shot.cover) this.#paintCover(data, shot.cover);
    for (let round = 0; round < 2 && shot.blur > 0; round += 1) blur(data, width, height, shot.blur);
    this.#expose(data, shot.gain);
    const { box } = placeOf(element, toElement);
    const seen = this.#seen(toElement, shot.cover, box);
    const timestampMs = (this.#number += 1) * 40;
    return {
      frame: { width, height, data, timestampMs },
      truth: seen >= seenShare ? box : undefined,
      good: seen >= goodShare,
    };
  }

  #placed({ x, y, scale, angle, tiltX, tiltY }: Shot): Transform {
    const centre = boxCentre(this.#world.element);
    const cos = Math.cos(angle) * scale;
    const sin = Math.sin(angle) * scale;
    const toOrigin: Transform = [1, 0, -centre.x, 0, 1, -centre.y, 0, 0];
    const turned = compose([cos, -sin, 0, sin, cos, 0, tiltX, tiltY], toOrigin);
    return compose([1, 0, x, 0, 1, y, 0, 0], turned);
  }

  /** Within the world: from the element's first place to where it has moved to. */
  #ownPlace({ x, y, angle }: NonNullable<Shot['own']>): Transform {
    const { x: cx, y: cy } = boxCentre(this.#world.element);
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    return [cos, -sin, cx - cos * cx + sin * cy + x, sin, cos, cy - sin * cx - cos * cy + y, 0, 0];
  }

  #paintWorld(out: Uint8ClampedArray, toPicture: Transform): void {
    const back = invert(toPicture);
    if (!back) throw new RangeError('a pose that shows nothing');
    const { photo } = this.#world;
    for (let y = 0, to = 0; y < this.height; y += 1) {
      for (let x = 0; x < this.width; x += 1, to += 4) {
        const w = back[6] * x + back[7] * y + 1;
        sample(
          photo,
          (back[0] * x + back[1] * y + back[2]) / w,
          (back[3] * x + back[4] * y + back[5]) / w,
          out,
          to,
        );
      }
    }
  }

  /** The element alone, with round corners, where it has gone to. */
  #paintElement(out: Uint8ClampedArray, toPicture: Transform): void {
    const back = invert(toPicture);
    if (!back) return;
    const { photo, sprite = photo, element } = this.#world;
    const { box } = placeOf(element, toPicture);
    const reach = Math.max(box.width, box.height);
    const middle = boxCentre(box);
    const limits = this.#clip(middle.x - reach, middle.y - reach, 2 * reach, 2 * reach);
    for (let y = limits.top; y < limits.bottom; y += 1) {
      for (let x = limits.left; x < limits.right; x += 1) {
        const p = mapPoint(back, x, y);
        const u = (p.x - element.x) / element.width - 0.5;
        const v = (p.y - element.y) / element.height - 0.5;
        if (u ** 4 + v ** 4 > 0.5 ** 4) continue;
        sample(sprite, p.x, p.y, out, (y * this.width + x) * 4);
      }
    }
  }

  #paintCover(out: Uint8ClampedArray, cover: Box): void {
    const photo = this.#coverPhoto;
    const { left, right, top, bottom } = this.#clip(cover.x, cover.y, cover.width, cover.height);
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        if (!isCovered(cover, x, y)) continue;
        sample(photo, 40 + x - cover.x, 40 + y - cover.y, out, (y * this.width + x) * 4);
      }
    }
  }

  #clip(x: number, y: number, width: number, height: number) {
    return {
      left: Math.max(0, Math.floor(x)),
      top: Math.max(0, Math.floor(y)),
      right: Math.min(this.width, Math.ceil(x + width)),
      bottom: Math.min(this.height, Math.ceil(y + height)),
    };
  }

  #expose(data: Uint8ClampedArray, gain: number): void {
    for (let i = 0; i < data.length; i += 4) {
      const noise = (this.#random() + this.#random() - 1) * 8;
      data[i] = data[i]! * gain + noise;
      data[i + 1] = data[i + 1]! * gain + noise;
      data[i + 2] = data[i + 2]! * gain + noise;
    }
  }

  /** Share of the element that lies in the picture and in front. */
  #seen(toPicture: Transform, cover: Box | undefined, box: Box): number {
    if (shareInside(box, this) === 0) return 0;
    const { element } = this.#world;
    const steps = 15;
    let seen = 0;
    for (let i = 0; i < steps * steps; i += 1) {
      const u = element.x + (((i % steps) + 0.5) / steps) * element.width;
      const v = element.y + ((Math.floor(i / steps) + 0.5) / steps) * element.height;
      const { x, y } = mapPoint(toPicture, u, v);
      const inside = x >= 0 && y >= 0 && x < this.width && y < this.height;
      if (inside && !(cover && isCovered(cover, x, y))) seen += 1;
    }
    return seen / (steps * steps);
  }
}

function isCovered({ x, y, width, height }: Box, px: number, py: number): boolean {
  const u = (px - x) / width - 0.5;
  const v = (py - y) / height - 0.5;
  return u ** 4 + v ** 4 <= 0.5 ** 4;
}

/** Beyond the edge a photo goes on as in a mirror. */
function sample(
  { width, height, data }: Photo,
  x: number,
  y: number,
  out: Uint8ClampedArray,
  to: number,
): void {
  const px = mirrored(x, width - 1);
  const py = mirrored(y, height - 1);
  const x0 = Math.min(width - 2, px | 0);
  const y0 = Math.min(height - 2, py | 0);
  const fx = px - x0;
  const fy = py - y0;
  const at = (y0 * width + x0) * 4;
  const below = at + width * 4;
  for (let c = 0; c < 3; c += 1) {
    const upper = data[at + c]! + (data[at + 4 + c]! - data[at + c]!) * fx;
    const lower = data[below + c]! + (data[below + 4 + c]! - data[below + c]!) * fx;
    out[to + c] = upper + (lower - upper) * fy;
  }
  out[to + 3] = 255;
}

function mirrored(value: number, last: number): number {
  const period = 2 * last;
  const at = ((value % period) + period) % period;
  return at > last ? period - at : at;
}

function blur(data: Uint8ClampedArray, width: number, height: number, reach: number): void {
  const line = new Float32Array(Math.max(width, height) + 1);
  const pass = (start: number, step: number, count: number): void => {
    for (let c = 0; c < 3; c += 1) {
      for (let i = 0; i < count; i += 1) line[i + 1] = line[i]! + data[start + i * step + c]!;
      for (let i = 0; i < count; i += 1) {
        const from = Math.max(0, i - reach);
        const to = Math.min(count, i + reach + 1);
        data[start + i * step + c] = (line[to]! - line[from]!) / (to - from);
      }
    }
  };
  for (let y = 0; y < height; y += 1) pass(y * width * 4, 4, width);
  for (let x = 0; x < width; x += 1) pass(x * 4, width * 4, height);
}
