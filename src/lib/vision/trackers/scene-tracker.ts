import { usableBox, type Box } from '#domain/tracking/box.ts';
import { CameraMotion } from '../camera/camera-motion.ts';
import {
  maxObjects,
  type ObjectId,
  type StartOutcome,
  type TrackedObject,
  type TrackerEngine,
  type VisionFrame,
} from '../object-tracker.ts';
import { isUsableFrame, Picture } from '../picture/picture.ts';
import { findSceneFeatures, type SceneFeatures } from '../scene/scene-features.ts';
import { ElementFollower } from './element-follower.ts';
import type { MakeFollower } from './follower.ts';
import { SceneElement, type FrameView } from './scene-element.ts';

export interface SceneTrackerOptions {
  /** What each element is followed by; without it by hand-made features. */
  readonly makeFollower?: MakeFollower;
}

/** Each element is looked at closely every so many frames at least, of several ones; a calm single one, too. */
const leastTurns = 2;
const mostTurns = 4;

/** Follows elements by what they look like, and knows by the scene around them whether they are still there. */
export class SceneTracker implements TrackerEngine {
  readonly #makeFollower: MakeFollower;
  readonly #camera = new CameraMotion();
  readonly #elements = new Map<ObjectId, SceneElement>();
  #before: Picture | undefined;
  #frames = 0;
  #started = 0;

  constructor({ makeFollower }: SceneTrackerOptions = {}) {
    this.#makeFollower = makeFollower ?? ((picture, box) => new ElementFollower(picture, box));
  }

  async start(frame: VisionFrame, box: Box, since: readonly VisionFrame[] = []): Promise<StartOutcome> {
    if (![frame, ...since].every(isUsableFrame)) return { ok: false, reason: 'frame-malformed' };
    const usable = usableBox(box, frame);
    if (!usable.ok) return usable;
    if (this.#elements.size >= maxObjects) return { ok: false, reason: 'too-many-objects' };
    const picture = new Picture(frame);
    if (isPlain(picture, usable.box)) return { ok: false, reason: 'nothing-to-follow' };
    const id = (this.#started += 1);
    const follower = await this.#makeFollower(picture, usable.box);
    const element = new SceneElement(picture, usable.box, findSceneFeatures(picture), follower);
    let before = picture;
    for (const [i, one] of since.entries()) {
      const next = new Picture(one);
      await element.update(this.#view(before, next, i + 1), false);
      before = next;
    }
    this.#elements.set(id, element);
    return { ok: true, id };
  }

  async update(frame: VisionFrame): Promise<readonly TrackedObject[]> {
    if (!isUsableFrame(frame)) throw new RangeError('the frame has not the bytes that its size promises');
    const picture = new Picture(frame);
    const before = this.#before;
    this.#before = picture;
    if (this.#elements.size === 0) return [];
    this.#frames += 1;
    const view = this.#view(before, picture, this.#frames);
    const objects: TrackedObject[] = [];
    // Each has its turn: those that surely stand still ride on the camera's motion in between.
    const turns = clamp(this.#elements.size, leastTurns, mostTurns);
    let turn = this.#frames;
    for (const [id, element] of this.#elements) {
      turn += 1;
      objects.push({ id, ...(await element.update(view, turn % turns !== 0)) });
    }
    return objects;
  }

  stop(id: ObjectId): void {
    this.#elements.delete(id);
  }

  lose(): void {
    this.#before = undefined;
    for (const element of this.#elements.values()) element.lose();
  }

  #view(last: Picture | undefined, picture: Picture, number: number): FrameView {
    // Another size is another camera or another resolution: nothing can be carried over from the frame before.
    const before = last?.width === picture.width && last.height === picture.height ? last : undefined;
    let features: SceneFeatures | undefined;
    return {
      picture,
      before,
      camera: this.#camera,
      sceneMotion: before && this.#camera.ofScene(before, picture),
      number,
      features: () => (features ??= findSceneFeatures(picture)),
    };
  }
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** Nothing in or around the box stands out from the noise. */
function isPlain(picture: Picture, box: Box): boolean {
  const { width, height, data } = picture.gray(1);
  const left = Math.max(0, Math.floor((box.x - box.width / 2) / 2));
  const right = Math.min(width, Math.ceil((box.x + 1.5 * box.width) / 2));
  const top = Math.max(0, Math.floor((box.y - box.height / 2) / 2));
  const bottom = Math.min(height, Math.ceil((box.y + 1.5 * box.height) / 2));
  let sum = 0;
  let squares = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const value = data[y * width + x]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = (right - left) * (bottom - top);
  return squares / count - (sum / count) ** 2 < 9;
}
