import type { MarkAnchor } from '#domain/picture/mark-anchor.ts';
import type { PictureId } from '#domain/picture/picture-id.ts';
import type { Box } from '#domain/tracking/box.ts';
import type { SceneMotion } from '#domain/tracking/scene-pose.ts';
import type { TrackRefusal, VisionSide } from '#domain/tracking/tracking-messages.ts';

/** One highlight as a viewer has it. New objects at every change; the box moves without one (`boxOf`). */
export interface ShownHighlight {
  readonly id: string;
  /** The picture that it is on. */
  readonly pictureOf: PictureId;
  /** May be empty. */
  readonly label: string;
  /** The same on all sides and as long as it lives; undefined before the answer. */
  readonly number?: number;
  /** The participant who made it. */
  readonly by: string;
  /** `starting`: asked for, not answered yet. */
  readonly state: 'starting' | 'tracked' | 'lost';
}

export interface PictureVision {
  readonly side: VisionSide;
  /** Who looks, where it is a viewer. */
  readonly viewer: string | undefined;
}

export type HighlightOutcome =
  { readonly ok: true; readonly id: string } | { readonly ok: false; readonly reason: TrackRefusal };

/**
 * Highlights and riding marks of one call, on all its pictures: the part of the picture's own side for the own camera,
 * and of the viewer's for the others'. Only cameras are followed by this version. All boxes are in shares (0…1) of the un-mirrored picture.
 */
export interface CallVision {
  /** Changes with every start, end, label and loss; not with every move. */
  readonly highlights: readonly ShownHighlight[];
  /** Where the picture is looked at; `none`: tracking is not available there. */
  visionOf(pictureOf: PictureId): PictureVision;
  subscribe(listener: () => void): () => void;

  /** Where the highlight is on the frame of its picture that is on the screen now; undefined before it is known. */
  boxOf(id: string): Box | undefined;
  /** Called when something may lie elsewhere on the picture: once a frame at most. */
  onMoved(pictureOf: PictureId, listener: () => void): () => void;
  /** The frame that is on the screen now: its rtpTimestamp, where the browser tells it. */
  seen(pictureOf: PictureId, frame: number | undefined): void;

  /** Somebody here has a tool in hand over this picture: frames are kept on its side for the marks to come. */
  arm(pictureOf: PictureId, armed: boolean): void;
  /** The picture is held still on this screen for a box to be drawn; true until `release`. */
  hold(pictureOf: PictureId): void;
  release(pictureOf: PictureId): void;
  /**
   * On the held frame, or on the one seen now. Resolves with the answer of the side that looks; at once, and well,
   * when it is removed or cleared before there is one.
   */
  start(pictureOf: PictureId, box: Box, label: string): Promise<HighlightOutcome>;
  rename(id: string, label: string): void;
  remove(id: string): void;
  /** All highlights of all pictures, whoever made them. */
  clear(): void;

  /** The frame seen now, for a mark that begins now. */
  anchorNow(pictureOf: PictureId): MarkAnchor | undefined;
  /** How the scene moved from the anchor's frame to the one seen now; undefined where that is not known. */
  motionSince(anchor: MarkAnchor): SceneMotion | undefined;
  /** Marks are shown on the picture: its scene is worth following. */
  riding(pictureOf: PictureId, any: boolean): void;
  /** The anchor's frame as the link to this participant names it; undefined where they do not share it. */
  frameNameFor(participantId: string, anchor: MarkAnchor): number | undefined;
  /** The anchor for a frame that the participant named. */
  anchorFrom(participantId: string, pictureOf: PictureId, frame: number | undefined): MarkAnchor | undefined;

  close(): void;
}
