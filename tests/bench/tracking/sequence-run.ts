import type { Box } from '#domain/tracking/box.ts';
import type { ModelOutcome } from '../../../src/lib/vision/object-tracker.ts';
import type { TrackerName } from '../../../src/lib/vision/tracker-registry.ts';

/** What the bench asks of its page, and what it gets. */
export interface SequenceRun {
  readonly tracker: TrackerName;
  /** Absolute; undefined to run without a model. */
  readonly modelsUrl: string | undefined;
  readonly frameUrls: readonly string[];
  /** On the first frame, in its own pixels. */
  readonly box: Box;
  readonly maxWidth: number;
}

export interface FrameResult {
  /** In the frame's own pixels. */
  readonly box: Box;
  readonly shown: boolean;
  readonly workMs: number;
}

export interface SequenceResult {
  readonly model: ModelOutcome | undefined;
  /** One for each frame after the first. */
  readonly frames: readonly FrameResult[];
}
