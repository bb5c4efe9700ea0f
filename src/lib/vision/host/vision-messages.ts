import type { Box } from '#domain/tracking/box.ts';
import type { ScenePose } from '#domain/tracking/scene-pose.ts';
import type { ModelOutcome, ObjectId } from '../object-tracker.ts';
import type { TrackerName } from '../tracker-registry.ts';
import type { FollowOutcome, VisionWants, WatchedFrame } from './vision-host.ts';

/** What the page asks of the vision worker. Both ends are built together: no versions, no parsing. */
export type VisionRequest<Frame> =
  | { readonly kind: 'open'; readonly tracker: TrackerName; readonly modelsUrl: string | undefined }
  /** Frames are read from here from now on. */
  | { readonly kind: 'stream'; readonly stream: ReadableStream<Frame> }
  | { readonly kind: 'frame'; readonly frame: Frame; readonly name: number | undefined }
  /** The stream is left. */
  | { readonly kind: 'pause' }
  /** What comes next is of another track, or nothing comes. */
  | { readonly kind: 'new-track' }
  | { readonly kind: 'want'; readonly wants: VisionWants }
  | { readonly kind: 'hold'; readonly timeMs: number | undefined }
  | { readonly kind: 'follow'; readonly call: number; readonly box: Box; readonly timeMs: number | undefined }
  | { readonly kind: 'unfollow'; readonly id: ObjectId }
  | { readonly kind: 'pose'; readonly call: number; readonly timeMs: number | undefined };

export interface ReadNote {
  readonly timeMs: number;
  readonly readAtMs: number;
  readonly name?: number;
}

export type VisionReply =
  | { readonly kind: 'opened' }
  | { readonly kind: 'model'; readonly model: ModelOutcome | undefined }
  /** Frames are needed, or not any more. */
  | { readonly kind: 'source'; readonly running: boolean }
  /** The stream ended by itself. */
  | { readonly kind: 'stream-ended' }
  /** Frames in the order in which they were read; `taken` is the number of those that came, readable or not. */
  | { readonly kind: 'reads'; readonly reads: readonly ReadNote[]; readonly taken: number }
  | { readonly kind: 'looked'; readonly frame: WatchedFrame; readonly workMs: number | undefined }
  | { readonly kind: 'followed'; readonly call: number; readonly outcome: FollowOutcome }
  | { readonly kind: 'posed'; readonly call: number; readonly pose: ScenePose | undefined }
  /** It does nothing more. */
  | { readonly kind: 'failed' };
