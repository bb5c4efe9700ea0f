import { identity, type Transform } from '../camera/transforms.ts';
import type { Picture } from '../picture/picture.ts';
import { shareSeen, viewPlace, type PlaceView } from '../scene/place-view.ts';
import { boxOfPose, type Pose } from './follower.ts';

/** Frames between two views that are compared. */
const apart = 8;
/** Less in common than this have only views of different things: real elements that turn quickly kept above it. */
const nothing = 0.1;
/** Views that usually have less in common tell nothing: the element changes by itself. */
const steady = 0.5;
/** Frames in a row until it is sure: one may be blurred. */
const sureFrames = 3;
const usualRate = 0.08;

/**
 * Tells something in front of an element from the element's own change: what a filter follows it learns, be it a hand
 * that slides over. Compares what is seen with what was seen some frames ago, by how much that usually changes.
 */
export class LooksChange {
  #views: PlaceView[] = [];
  #usual: number | undefined;
  #wasShown = true;
  #row = 0;

  /**
   * Is something else there? `maybe`: it looks like it, and nothing should be learnt from it.
   * @param shown as the element, until now
   */
  judge(picture: Picture, pose: Pose, shown: boolean): 'no' | 'maybe' | 'yes' {
    const now = viewOf(picture, pose);
    // Back again, perhaps at another size and turn: what it looked like before is no measure any more.
    if (shown && !this.#wasShown) this.#views = [];
    this.#wasShown = shown;
    const before = this.#views[0];
    if (!before) {
      this.#keep(now);
      return 'no';
    }
    // Shortly after the start there is no view from so long ago; the oldest one has more in common.
    const seen = Math.max(shareSeen(before, now), shown ? 0 : this.#best(now));
    const usual = this.#usual ?? seen;
    const isOther = usual >= steady && seen < nothing;
    if (shown && !isOther) {
      this.#usual = usual + usualRate * (seen - usual);
      this.#keep(now);
    }
    this.#row = isOther ? this.#row + 1 : 0;
    if (!isOther) return 'no';
    return this.#row >= sureFrames || !shown ? 'yes' : 'maybe';
  }

  #best(now: PlaceView): number {
    return this.#views.reduce((most, view) => Math.max(most, shareSeen(view, now)), 0);
  }

  #keep(view: PlaceView): void {
    this.#views.push(view);
    if (this.#views.length > apart) this.#views.shift();
  }
}

function viewOf(picture: Picture, pose: Pose): PlaceView {
  const box = boxOfPose(pose);
  if (pose.angle === 0) return viewPlace(picture, box, identity);
  const cos = Math.cos(pose.angle);
  const sin = Math.sin(pose.angle);
  const turn: Transform = [
    cos,
    -sin,
    pose.x - cos * pose.x + sin * pose.y,
    sin,
    cos,
    pose.y - sin * pose.x - cos * pose.y,
    0,
    0,
  ];
  return viewPlace(picture, box, turn);
}
