import type { Box } from '#domain/tracking/box.ts';
import type { ScenePose } from '#domain/tracking/scene-pose.ts';
import type { ModelOutcome, ObjectId } from '../object-tracker.ts';
import type { TrackerName } from '../tracker-registry.ts';
import type { PackedFrame } from './packed-frame.ts';
import type { FollowOutcome, VisionWants, WatchedFrame } from './vision-host.ts';

/** What the page asks, and whoever looks at the frames answers. Both ends are built together: no versions, no parsing. */
type Request =
  | { readonly kind: 'open'; readonly tracker: TrackerName; readonly modelsUrl: string | undefined }
  /** What comes next is of another track, or nothing comes. */
  | { readonly kind: 'new-track' }
  | { readonly kind: 'want'; readonly wants: VisionWants }
  | { readonly kind: 'hold'; readonly timeMs: number | undefined }
  | { readonly kind: 'follow'; readonly call: number; readonly box: Box; readonly timeMs: number | undefined }
  | { readonly kind: 'unfollow'; readonly id: ObjectId }
  | { readonly kind: 'pose'; readonly call: number; readonly timeMs: number | undefined };

/** From the page to the worker that reads the frames. */
export type VisionRequest<Frame> =
  | Request
  /** Frames are read from here from now on. */
  | { readonly kind: 'stream'; readonly stream: ReadableStream<Frame> }
  | { readonly kind: 'frame'; readonly frame: Frame; readonly name: number | undefined }
  /** The stream is left. */
  | { readonly kind: 'pause' };

/** From there to the worker that looks at them. */
export type LookRequest =
  Request | { readonly kind: 'take'; readonly frame: PackedFrame; readonly name: number | undefined };

export interface ReadNote {
  readonly timeMs: number;
  readonly readAtMs: number;
  readonly name?: number;
}

type Reply =
  | { readonly kind: 'model'; readonly model: ModelOutcome | undefined }
  | { readonly kind: 'looked'; readonly frame: WatchedFrame; readonly workMs: number | undefined }
  | { readonly kind: 'followed'; readonly call: number; readonly outcome: FollowOutcome }
  | { readonly kind: 'posed'; readonly call: number; readonly pose: ScenePose | undefined }
  /** It does nothing more. */
  | { readonly kind: 'failed' };

export type LookReply =
  | Reply
  /** All frames are needed, or not any more. */
  | { readonly kind: 'active'; readonly active: boolean }
  /** One more of the frames that were sent has come in. */
  | { readonly kind: 'let-in' };

export type VisionReply =
  | Reply
  | { readonly kind: 'opened' }
  /** Frames are needed, or not any more. */
  | { readonly kind: 'source'; readonly running: boolean }
  /** The stream ended by itself. */
  | { readonly kind: 'stream-ended' }
  /** Frames in the order in which they were read; `taken` is the number of those that came, readable or not. */
  | { readonly kind: 'reads'; readonly reads: readonly ReadNote[]; readonly taken: number };
