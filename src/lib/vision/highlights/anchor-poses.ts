import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import type { ScenePose } from '#domain/tracking/scene-pose.ts';
import type { PicturePath } from './picture-path.ts';

/** How the scene lay when marks were made: they are seen for longer than the frames of then are kept. */
export class AnchorPoses {
  readonly #known = new WeakMap<MarkAnchor, { readonly pose: ScenePose; readonly near: boolean }>();

  /** @param atMs of the anchor's frame, where that is known */
  of(anchor: MarkAnchor, atMs: number | undefined, path: PicturePath): ScenePose | undefined {
    const known = this.#known.get(anchor);
    if (known?.near || atMs === undefined) return known?.pose;
    const near = path.poseAt(atMs);
    const pose = near ?? known?.pose ?? path.poseFrom(atMs);
    if (pose) this.#known.set(anchor, { pose, near: near !== undefined });
    return pose;
  }
}
