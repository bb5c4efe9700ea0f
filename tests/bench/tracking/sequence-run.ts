import type { Box } from '#domain/tracking/box.ts';
import type { ScoredFrame } from '../../harness/domain/scores.ts';
import type { ModelOutcome } from '../../../src/lib/vision/object-tracker.ts';
import type { TrackerName } from '../../../src/lib/vision/tracker-registry.ts';
import type { FilmPlan } from './film-script.ts';

export interface TrackerChoice {
  readonly tracker: TrackerName;
  /** Absolute; undefined to run without a model. */
  readonly modelsUrl: string | undefined;
}

/** What the bench asks of its page, and what it gets. */
export interface SequenceRun extends TrackerChoice {
  readonly frameUrls: readonly string[];
  /** On the first frame, in its own pixels: the element, and further boxes that are followed beside it. */
  readonly box: Box;
  readonly others: readonly Box[];
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

/** A made-up sequence. */
export interface FilmRun extends TrackerChoice {
  readonly plan: FilmPlan;
  readonly photoUrls: readonly string[];
  /** Pictures one after the other in one file, and which of them to use. */
  readonly footage: { readonly url: string; readonly frames: readonly number[] } | undefined;
}

export interface FilmResult {
  readonly model: ModelOutcome | undefined;
  readonly frames: readonly (ScoredFrame & { readonly workMs: number })[];
}
