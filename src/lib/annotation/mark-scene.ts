import type { Mark, Point } from '#domain/annotation/marks.ts';
import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import { moveBy, reverse, type SceneMotion } from '#domain/tracking/scene-pose.ts';

/** The picture's scene, where somebody follows it: marks ride on it. */
export interface MarkScene {
  /** The frame seen now; undefined where frames are not known. */
  anchorNow(): MarkAnchor | undefined;
  /** How the scene moved from the anchor's frame to the one seen now; undefined where that is not known. */
  motionSince(anchor: MarkAnchor): SceneMotion | undefined;
}

const keyOf = ({ authorId, id }: Pick<Mark, 'authorId' | 'id'>): string => `${authorId} ${id}`;

/** Which mark was made on which frame, and where it has gone with the scene since. */
export class RidingMarks {
  readonly #scene: MarkScene | undefined;
  readonly #anchors = new Map<string, { anchor: MarkAnchor; last: SceneMotion | undefined }>();

  constructor(scene: MarkScene | undefined) {
    this.#scene = scene;
  }

  /** On the given frame, or on the one seen now. A mark keeps the first frame that is told. */
  anchor(mark: Pick<Mark, 'authorId' | 'id'>, anchor = this.#scene?.anchorNow()): void {
    if (!anchor || this.#anchors.has(keyOf(mark))) return;
    this.#anchors.set(keyOf(mark), { anchor, last: undefined });
  }

  anchorOf(mark: Pick<Mark, 'authorId' | 'id'>): MarkAnchor | undefined {
    return this.#anchors.get(keyOf(mark))?.anchor;
  }

  /** Where the scene is not known for a moment, a mark stays where it was last. */
  motionOf(mark: Pick<Mark, 'authorId' | 'id'>): SceneMotion | undefined {
    const riding = this.#anchors.get(keyOf(mark));
    if (!riding) return undefined;
    riding.last = this.#scene?.motionSince(riding.anchor) ?? riding.last;
    return riding.last;
  }

  /** From the frame seen now to the frame that the mark was made on. @param aspect of the picture, width by height */
  settle(mark: Pick<Mark, 'authorId' | 'id'>, point: Point, aspect: number): Point {
    const motion = this.motionOf(mark);
    const back = motion && reverse(motion);
    return back ? moveBy(back, point, aspect) : point;
  }

  /** Forgets all other marks. */
  keepOnly(marks: readonly Pick<Mark, 'authorId' | 'id'>[]): void {
    if (this.#anchors.size === 0) return;
    const kept = new Set(marks.map(keyOf));
    for (const key of this.#anchors.keys()) if (!kept.has(key)) this.#anchors.delete(key);
  }

  get any(): boolean {
    return this.#anchors.size > 0;
  }
}
