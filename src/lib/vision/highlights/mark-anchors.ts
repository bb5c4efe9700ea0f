import { motionBetween, type SceneMotion } from '#domain/tracking/scene-pose.ts';
import { AnchorPoses } from './anchor-poses.ts';
import type { MarkAnchor } from './call-vision.ts';
import { LinkTime } from './link-time.ts';
import type { PictureShelf } from './picture-shelf.ts';
import type { FrameNaming } from './vision-link.ts';

export interface MarkAnchorsOptions {
  readonly shelf: PictureShelf;
  readonly frameNames: FrameNaming;
  readonly selfId: () => string;
  /** The time on the picture's clock here, of a frame that a participant named. */
  readonly timeOf: (from: string, pictureOf: string, frame: number) => number | undefined;
  /** The scene is followed from that frame on, if it was not already. */
  readonly follow: (pictureOf: string, atMs: number) => void;
}

/** Which frame a mark was made on, here and in the words of others, and how the scene has moved since. */
export class MarkAnchors {
  readonly #options: MarkAnchorsOptions;
  readonly #begins = new AnchorPoses();

  constructor(options: MarkAnchorsOptions) {
    this.#options = options;
  }

  now(pictureOf: string): MarkAnchor | undefined {
    const atMs = this.#options.shelf.picture(pictureOf).markedMs(Date.now());
    return atMs === undefined ? undefined : { pictureOf, atMs };
  }

  motionSince(anchor: MarkAnchor): SceneMotion | undefined {
    const { pictureOf, named } = anchor;
    const { path, seenMs } = this.#options.shelf.picture(pictureOf);
    const atMs = anchor.atMs ?? (named && this.#options.timeOf(named.from, pictureOf, named.frame));
    const from = this.#begins.of(anchor, atMs, path);
    const to = seenMs === undefined ? undefined : path.poseAt(seenMs);
    return from && to && motionBetween(from, to);
  }

  nameFor(participantId: string, { pictureOf, atMs }: MarkAnchor): number | undefined {
    if (atMs === undefined) return undefined;
    if (pictureOf === this.#options.selfId()) return this.#options.frameNames.nameOf(participantId, atMs);
    return pictureOf === participantId ? LinkTime.nameOf(atMs) : undefined;
  }

  from(participantId: string, pictureOf: string, frame: number | undefined): MarkAnchor | undefined {
    if (frame === undefined) return this.now(pictureOf);
    const atMs = this.#options.timeOf(participantId, pictureOf, frame);
    if (atMs === undefined) return { pictureOf, atMs: undefined, named: { from: participantId, frame } };
    this.#options.follow(pictureOf, atMs);
    return { pictureOf, atMs };
  }
}
