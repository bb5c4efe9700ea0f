import { boxCentre, type Box } from '#domain/tracking/box.ts';
import {
  initialPresence,
  lostPresence,
  nextPresence,
  type Presence,
  type PresenceEvidence,
} from '#domain/tracking/presence.ts';
import type { CameraMotion } from '../camera/camera-motion.ts';
import { compose, identity, localMotion, type Transform } from '../camera/transforms.ts';
import type { TrackedObject } from '../object-tracker.ts';
import type { Picture } from '../picture/picture.ts';
import { PlaceMemory, placeOf, type FoundPlace } from '../scene/place-memory.ts';
import { correlate, viewPlace, type PlaceView } from '../scene/place-view.ts';
import type { SceneFeatures } from '../scene/scene-features.ts';
import { ElementSearch } from './element-search.ts';
import { LooksChange } from './looks-change.ts';
import { boxOfPose, type Clearness, type Follower, type Motion, type Pose } from './follower.ts';

/** One frame, with what all elements share; each part is made once, when it is first asked for. */
export interface FrameView {
  readonly picture: Picture;
  readonly before: Picture | undefined;
  readonly camera: CameraMotion;
  /** From the frame before to this one. */
  readonly sceneMotion: Transform | undefined;
  /** Counts from 1. */
  readonly number: number;
  features(): SceneFeatures;
}

/** Frames from one look at the scene to the next while nothing speaks against the element. */
const lookEvery = 3;
const surelyAlike = 0.75;
/** The tracker's usual answer follows the newest one by this share. */
const usualRate = 0.05;
/** Answers before which nothing is usual. */
const settledFrames = 4;
const sharpEnough = 5;
/** Shares of the usual answer below which it fell clearly, and nearly to nothing. */
const clearDrop = 0.45;
const deepDrop = 0.25;
/** A share of the usual answer that says nothing about where the element is. */
const noAnswer = 0.3;
/** Frames from one look at what moves by itself to the next. */
const learnEvery = 20;

/** One element: followed by its looks, judged by its scene. */
export class SceneElement {
  readonly #follower: Follower;
  readonly #memory: PlaceMemory;
  readonly #search: ElementSearch;
  readonly #looks = new LooksChange();
  #presence: Presence = initialPresence;
  #covered: 'no' | 'maybe' | 'yes' = 'no';
  /** Looks in a row in which the scene was not known. */
  #unknownLooks = 0;
  /** Where the place lay when it was last known: its box and what it looked like, and the way from there to now. */
  #known: { readonly box: Box; readonly view: PlaceView };
  #since: Transform | undefined = identity;
  readonly #usual = { peak: 0, sharpness: 0, count: 0 };

  constructor(picture: Picture, box: Box, features: SceneFeatures, follower: Follower) {
    this.#follower = follower;
    this.#search = new ElementSearch(picture, features, follower.pose);
    this.#memory = new PlaceMemory(picture, features, box);
    this.#known = { box, view: viewPlace(picture, box, identity) };
  }

  /** @param mayCoast it need not look closely in this frame: others have their turn */
  async update(view: FrameView, mayCoast: boolean): Promise<Omit<TrackedObject, 'id'>> {
    const { picture, sceneMotion } = view;
    this.#since = this.#since && sceneMotion ? compose(sceneMotion, this.#since) : undefined;
    const isElsewhere = this.#searches() && this.#seek(view);
    const motion = isElsewhere ? undefined : this.#motion(view);
    const coasts = mayCoast && motion !== undefined && this.#isCalm(picture);
    if (coasts) this.#follower.place(moveBy(this.#follower.pose, motion));
    else await this.#locate(picture, motion, isElsewhere);
    const { shown } = this.#presence;
    this.#covered = this.#looks.judge(picture, this.#follower.pose, shown);
    const drop = this.#drop();
    const box = boxOfPose(this.#follower.pose);
    const carried = this.#carried(picture);
    // Where the camera's motion is not known nothing else speaks for the place.
    const looks = this.#shouldLook(view.number, carried?.alike ?? 0);
    const found = looks ? this.#memory.find(picture, view.features(), this.#presence.shown) : undefined;
    if (looks) this.#unknownLooks = found ? 0 : this.#unknownLooks + 1;
    const evidence: PresenceEvidence = {
      picture,
      box,
      drop,
      ...(found && { scene: found }),
      ...(carried && { carried }),
    };
    this.#presence = nextPresence(this.#presence, evidence);
    this.#apply(view, found, coasts);
    return this.#result(found, carried?.alike);
  }

  /** It may be anywhere by now. */
  lose(): void {
    this.#presence = lostPresence(this.#presence);
    this.#since = undefined;
    this.#unknownLooks = 0;
  }

  async #locate(picture: Picture, motion: Motion | undefined, isElsewhere: boolean): Promise<void> {
    const before = this.#follower.pose;
    await this.#follower.locate(picture, motion);
    const { answer } = this.#follower;
    if (isElsewhere || this.#presence.kind === 'still' || this.#usual.count < settledFrames) return;
    // Next to no answer says nothing about the place: going after it would only lead away.
    if (this.#clearness(answer) < noAnswer) this.#follower.place(motion ? moveBy(before, motion) : before);
  }

  /** Looks cost more than all the rest: none while the scene has no say, fewer where it is not known any more. */
  #shouldLook(number: number, alike: number): boolean {
    const { kind, doubt, shown } = this.#presence;
    if (kind === 'moving' && shown) return false;
    if (number % lookEvery === 0) return true;
    return this.#unknownLooks < lookEvery && (doubt || alike < surelyAlike);
  }

  #motion({ before, picture, camera, sceneMotion }: FrameView): Motion | undefined {
    if (!before) return undefined;
    const box = boxOfPose(this.#follower.pose);
    const own = camera.ofElement(before, picture, box, sceneMotion);
    if (own) return own;
    if (!sceneMotion) return undefined;
    const { x, y } = boxCentre(box);
    const motion = localMotion(sceneMotion, x, y);
    return { dx: motion.x - x, dy: motion.y - y, scale: 1, angle: motion.angle };
  }

  /** It stands still in its surroundings, is seen, and nothing speaks against it. */
  #isCalm(picture: Picture): boolean {
    const { shown, kind, doubt, dropped } = this.#presence;
    if (!shown || kind !== 'still' || doubt || dropped > 0) return false;
    return (this.#carried(picture)?.alike ?? 0) >= surelyAlike;
  }

  #searches(): boolean {
    const { shown, kind, back } = this.#presence;
    return !shown && kind !== 'still' && back === 0;
  }

  #seek({ picture, features }: FrameView): boolean {
    return this.#search.step(picture, features, this.#follower, (answer) => this.#clearness(answer));
  }

  #drop(): PresenceEvidence['drop'] {
    const { answer } = this.#follower;
    if (!answer || this.#usual.count < settledFrames) return undefined;
    if (this.#covered === 'yes') return 2;
    const left = this.#clearness(answer);
    return left < deepDrop ? 2 : left < clearDrop ? 1 : 0;
  }

  /** How clearly it is seen, of what is usual. */
  #clearness(answer: Clearness | undefined): number {
    const { peak, sharpness, count } = this.#usual;
    return answer && count > 1 ? Math.min(answer.peak / peak, answer.sharpness / sharpness) : 0;
  }

  /** The first answer is too good: the very picture that was learnt. */
  #getUsedTo({ peak, sharpness }: Clearness): void {
    const usual = this.#usual;
    if (usual.count > 0) {
      const rate = Math.max(usualRate, 1 / usual.count);
      usual.peak += rate * (peak - usual.peak);
      usual.sharpness += rate * (sharpness - usual.sharpness);
    }
    usual.count += 1;
  }

  #carried(picture: Picture): { box: Box; alike: number } | undefined {
    if (!this.#since) return undefined;
    const { box, view } = this.#known;
    const placed = placeOf(box, this.#since);
    return { box: placed.box, alike: correlate(view, viewPlace(picture, box, this.#since)) };
  }

  #apply({ picture, number, features }: FrameView, found: FoundPlace | undefined, coasts: boolean): void {
    const { shown, proven, corrected, kind } = this.#presence;
    if (corrected && found) {
      const { x, y } = boxCentre(corrected);
      this.#follower.place({ x, y, width: corrected.width, height: corrected.height, angle: found.angle });
    }
    if (!shown) return;
    const clear = this.#presence.dropped === 0 && !this.#presence.doubt;
    // What moves by itself changes its looks: only what it learns on the way keeps it.
    const trusts = kind === 'still' ? proven || clear : this.#covered === 'no';
    const { answer } = this.#follower;
    if (trusts && answer && answer.sharpness > sharpEnough && !corrected && !coasts) {
      this.#follower.train(picture);
      this.#getUsedTo(answer);
      this.#search.rest(this.#follower.pose);
      const mayMove = kind === 'moving' && this.#presence.dropped === 0;
      if (mayMove && number % learnEvery === 0) this.#search.learn(picture, features(), this.#follower.pose);
    }
    if (found && proven) {
      this.#known = { box: found.box, view: viewPlace(picture, found.box, identity) };
      this.#since = identity;
    }
  }

  #result(found: FoundPlace | undefined, alike = 1): Omit<TrackedObject, 'id'> {
    const { shown, kind } = this.#presence;
    // What stands still keeps its shape, whatever its colours say.
    const outline = shown && kind !== 'still' ? this.#follower.outline : undefined;
    const box = outline ?? boxOfPose(this.#follower.pose);
    const sure = found ? found.seen : Math.max(0, alike);
    const confidence = shown ? 0.5 + 0.5 * Math.min(1, sure) : 0.49 * Math.min(1, sure);
    return { box, state: shown ? 'tracked' : 'lost', confidence };
  }
}

const moveBy = (pose: Pose, { dx, dy, angle }: Motion): Pose => ({
  ...pose,
  x: pose.x + dx,
  y: pose.y + dy,
  angle: pose.angle + angle,
});
