import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import { pictureId, pictureOwner, type PictureId } from '#domain/picture/picture-id.ts';
import { motionBetween, type SceneMotion } from '#domain/tracking/scene-pose.ts';
import { AnchorPoses } from './anchor-poses.ts';
import { LinkTime } from './link-time.ts';
import type { PictureShelf } from './picture-shelf.ts';
import type { FrameNaming } from './vision-link.ts';

export interface MarkAnchorsOptions {
  readonly shelf: PictureShelf;
  readonly frameNames: FrameNaming;
  readonly selfId: () => string;
  /** The time on the picture's clock here, of a frame that a participant named. */
  readonly timeOf: (from: string, pictureOf: PictureId, frame: number) => number | undefined;
  /** The scene is followed from that frame on, if it was not already. */
  readonly follow: (pictureOf: PictureId, atMs: number) => void;
}

/** Which frame a mark was made on, here and in the words of others, and how the scene has moved since. */
export class MarkAnchors {
  readonly #options: MarkAnchorsOptions;
  readonly #begins = new AnchorPoses();

  constructor(options: MarkAnchorsOptions) {
    this.#options = options;
  }

  now(pictureOf: PictureId): MarkAnchor | undefined {
    const atMs = this.#options.shelf.picture(pictureOf).markedMs(Date.now());
    return atMs === undefined ? undefined : { picture: pictureOf, atMs };
  }

  motionSince(anchor: MarkAnchor): SceneMotion | undefined {
    const { picture, named } = anchor;
    const { path, seenMs } = this.#options.shelf.picture(picture);
    const atMs = anchor.atMs ?? (named && this.#options.timeOf(named.from, picture, named.frame));
    const from = this.#begins.of(anchor, atMs, path);
    const to = seenMs === undefined ? undefined : path.poseAt(seenMs);
    return from && to && motionBetween(from, to);
  }

  nameFor(participantId: string, { picture, atMs }: MarkAnchor): number | undefined {
    if (atMs === undefined) return undefined;
    if (picture === pictureId(this.#options.selfId()))
      return this.#options.frameNames.nameOf(participantId, atMs);
    return pictureOwner(picture) === participantId ? LinkTime.nameOf(atMs) : undefined;
  }

  from(participantId: string, pictureOf: PictureId, frame: number | undefined): MarkAnchor | undefined {
    if (frame === undefined) return this.now(pictureOf);
    const atMs = this.#options.timeOf(participantId, pictureOf, frame);
    if (atMs === undefined)
      return { picture: pictureOf, atMs: undefined, named: { from: participantId, frame } };
    this.#options.follow(pictureOf, atMs);
    return { picture: pictureOf, atMs };
  }
}
