import type { Box } from '#domain/tracking/box.ts';
import { boxCentre } from '#domain/tracking/box.ts';
import type { Picture } from '../picture/picture.ts';
import { PlaceMemory } from '../scene/place-memory.ts';
import { featuresWithin, type SceneFeatures } from '../scene/scene-features.ts';
import { boxOfPose, type Clearness, type Follower, type Pose } from './follower.ts';
import { planSearch } from './search-plan.ts';

/** How the element looked once, by the features that lie on it. */
interface Look {
  readonly memory: PlaceMemory;
  readonly angle: number;
}

/** Fewer features do not tell an element from others. */
const leastFeatures = 10;
/** Of the place, as it looked. */
const seenAgain = 0.35;
/** Places looked at in one frame. */
const places = 3;
/** A place is tried for so many frames, and given up when it does not get clearer. */
const trialFrames = 4;
const worthTrying = 0.3;

/**
 * Looks for an element that moves by itself and was lost: it may come back anywhere, at another size and turn, and its
 * surroundings do not tell where.
 */
export class ElementSearch {
  readonly #first: Look | undefined;
  #latest: Look | undefined;
  #last: Pose;
  #plan: Pose[] = [];
  #trial = 0;
  #frames = 0;

  constructor(picture: Picture, features: SceneFeatures, pose: Pose) {
    this.#first = lookAt(picture, features, pose);
    this.#last = pose;
  }

  /** It was surely seen so. */
  learn(picture: Picture, features: SceneFeatures, pose: Pose): void {
    this.#latest = lookAt(picture, features, pose) ?? this.#latest;
  }

  /** It is shown, at this pose: what is looked for later has about this size. */
  rest(pose: Pose): void {
    this.#last = pose;
    this.#plan = [];
    this.#trial = 0;
    this.#frames = 0;
  }

  /**
   * Puts the follower where the element may be.
   * @param clearness of an answer, as a share of the usual one
   * @returns false when the follower is to go on from where it is
   */
  step(
    picture: Picture,
    features: () => SceneFeatures,
    follower: Follower,
    clearness: (answer: Clearness | undefined) => number,
  ): boolean {
    this.#frames += 1;
    if (this.#frames <= follower.patienceFrames) return false;
    if (this.#trial > 0) {
      this.#trial -= 1;
      return false;
    }
    const known = this.#frames % 2 === 0 ? this.#recognise(picture, features()) : undefined;
    if (known) {
      follower.place(known);
      this.#trial = trialFrames;
      return true;
    }
    if (this.#plan.length === 0) this.#plan = planSearch(picture, this.#last);
    const { pose, answer } = follower.seek(picture, this.#plan.splice(0, places));
    if (clearness(answer) < worthTrying) return false;
    follower.place(pose);
    this.#trial = trialFrames;
    return true;
  }

  #recognise(picture: Picture, features: SceneFeatures): Pose | undefined {
    for (const look of [this.#latest, this.#first]) {
      const found = look?.memory.find(picture, features, false);
      if (!look || !found || found.seen < seenAgain) continue;
      return poseIn(found.box, look.angle + found.angle);
    }
    return undefined;
  }
}

function lookAt(picture: Picture, features: SceneFeatures, pose: Pose): Look | undefined {
  const box = boxOfPose(pose);
  const own = featuresWithin(features, box);
  if (own.count < leastFeatures) return undefined;
  return { memory: new PlaceMemory(picture, own, box), angle: pose.angle };
}

const poseIn = (box: Box, angle: number): Pose => ({
  ...boxCentre(box),
  width: box.width,
  height: box.height,
  angle,
});
