import { boxCentre, shareInside, type Box } from '#domain/tracking/box.ts';
import { isPlausible } from '../camera/robust-fit.ts';
import { compose, identity, localMotion, mapPoint, type Transform } from '../camera/transforms.ts';
import type { Picture } from '../picture/picture.ts';
import { matchScenes, type SceneMatch } from './match-scenes.ts';
import { shareSeen, viewPlace, type PlaceView } from './place-view.ts';
import type { SceneFeatures } from './scene-features.ts';

interface Keyframe {
  readonly features: SceneFeatures;
  /** From the first keyframe's picture to this one's. */
  readonly fromFirst: Transform;
  readonly view: PlaceView;
}

export interface FoundPlace {
  /** From the first keyframe's picture to this one. */
  readonly transform: Transform;
  readonly box: Box;
  /** Turn since the first keyframe, radians. */
  readonly angle: number;
  /** Share of the place that looks as it did, 0…1. */
  readonly seen: number;
}

const most = 8;
const apartFrames = 8;
const enough = { inliers: 10, share: 0.15, plenty: 90, most: 0.5 };
/** Keyframes looked at in one frame. */
const looks = 3;

/** Knows where a box lies in a scene, by pictures of the scene. */
export class PlaceMemory {
  readonly #box: Box;
  readonly #keyframes: Keyframe[] = [];
  #recent = 0;
  #turn = 0;
  #sinceNew = 0;

  constructor(picture: Picture, features: SceneFeatures, box: Box) {
    this.#box = box;
    this.#keyframes.push({ features, fromFirst: identity, view: viewPlace(picture, box, identity) });
  }

  get size(): number {
    return this.#keyframes.length;
  }

  /** Where the scene says that the place is; undefined where the scene is not known again. */
  find(picture: Picture, features: SceneFeatures, mayLearn: boolean): FoundPlace | undefined {
    this.#sinceNew += 1;
    for (const at of this.#order()) {
      const keyframe = this.#keyframes[at];
      const match = keyframe && matchScenes(keyframe.features, features);
      if (!keyframe || !match || !this.#isStrong(keyframe, match)) continue;
      this.#recent = at;
      const found = this.#lookAt(picture, compose(match.transform, keyframe.fromFirst));
      if (mayLearn) this.#learn(picture, features, match, found);
      return found;
    }
    return undefined;
  }

  /** The box as it lies in a picture. */
  place(transform: Transform): { box: Box; angle: number } {
    return placeOf(this.#box, transform);
  }

  #order(): number[] {
    const order = [this.#recent];
    const { length } = this.#keyframes;
    for (let k = 0; k < length && order.length < Math.min(looks, length); k += 1) {
      this.#turn = (this.#turn + 1) % length;
      if (!order.includes(this.#turn)) order.push(this.#turn);
    }
    return order;
  }

  #isStrong({ fromFirst }: Keyframe, match: SceneMatch): boolean {
    const { length } = match.inliers;
    if (length < enough.inliers || length < enough.share * match.matches) return false;
    const whole = compose(match.transform, fromFirst);
    const { x, y, width, height } = this.#box;
    return isPlausible(whole, x, y, width, height);
  }

  /** The place may lie a little beside where the scene puts it: things stand out of the plane. */
  #lookAt(picture: Picture, transform: Transform): FoundPlace {
    const { box, angle } = this.place(transform);
    const views = [this.#keyframes[this.#recent]?.view, this.#keyframes[0]?.view].filter(
      (view) => view !== undefined,
    );
    const look = (dx: number, dy: number): number => {
      const now = viewPlace(picture, this.#box, transform, dx, dy);
      return Math.max(...views.map((view) => shareSeen(view, now)));
    };
    let best = { dx: 0, dy: 0, seen: look(0, 0) };
    for (let round = 0; round < 3 && best.seen < 0.85; round += 1) {
      const stepX = box.width / (6 * 2 ** round);
      const stepY = box.height / (6 * 2 ** round);
      const { dx, dy } = best;
      for (const [u, v] of around) {
        const shift = { dx: dx + u * stepX, dy: dy + v * stepY };
        if (Math.abs(shift.dx) > box.width / 3 || Math.abs(shift.dy) > box.height / 3) continue;
        const seen = look(shift.dx, shift.dy);
        if (seen > best.seen + 0.02) best = { ...shift, seen };
      }
      if (best.seen < 0.1) break;
    }
    const moved: Transform = compose([1, 0, best.dx, 0, 1, best.dy, 0, 0], transform);
    return {
      transform: moved,
      box: { ...box, x: box.x + best.dx, y: box.y + best.dy },
      angle,
      seen: best.seen,
    };
  }

  #learn(picture: Picture, features: SceneFeatures, match: SceneMatch, found: FoundPlace): void {
    const known =
      match.inliers.length >= enough.plenty && match.inliers.length >= enough.most * match.matches;
    if (known || found.seen < 0.6 || this.#sinceNew < apartFrames) return;
    if (shareInside(found.box, picture) < 0.999 || match.inliers.length < 20) return;
    const view = viewPlace(picture, this.#box, found.transform);
    this.#keyframes.push({ features, fromFirst: found.transform, view });
    // The first stays; of the others the oldest goes.
    if (this.#keyframes.length > most) this.#keyframes.splice(1, 1);
    this.#recent = this.#keyframes.length - 1;
    this.#sinceNew = 0;
  }
}

const around = [-1, 0, 1]
  .flatMap((u) => [-1, 0, 1].map((v) => [u, v] as const))
  .filter(([u, v]) => u !== 0 || v !== 0);

/** An upright box around where another one lies after a mapping: same centre, sides stretched as it is. */
export function placeOf(box: Box, transform: Transform): { box: Box; angle: number } {
  const { x, y } = boxCentre(box);
  const motion = localMotion(transform, x, y);
  const left = mapPoint(transform, box.x, y);
  const right = mapPoint(transform, box.x + box.width, y);
  const top = mapPoint(transform, x, box.y);
  const bottom = mapPoint(transform, x, box.y + box.height);
  const across = Math.hypot(right.x - left.x, right.y - left.y);
  const down = Math.hypot(bottom.x - top.x, bottom.y - top.y);
  // Turned by about a quarter the sides change places on the screen.
  const sine = Math.sin(motion.angle) ** 2;
  const width = Math.sqrt(across * across * (1 - sine) + down * down * sine);
  const height = Math.sqrt(down * down * (1 - sine) + across * across * sine);
  return { box: { x: motion.x - width / 2, y: motion.y - height / 2, width, height }, angle: motion.angle };
}
