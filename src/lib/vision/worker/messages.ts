import type { Box } from '#domain/tracking/box.ts';
import type { ModelOutcome, ObjectId, StartOutcome, TrackedObject, VisionFrame } from '../object-tracker.ts';
import type { TrackerName } from '../tracker-registry.ts';

/** What the page asks of the tracker's worker. Both ends are built together: no versions, no parsing. */
export type TrackerRequest =
  | { readonly kind: 'open'; readonly tracker: TrackerName; readonly modelsUrl: string | undefined }
  | {
      readonly kind: 'start';
      readonly call: number;
      readonly frame: VisionFrame;
      readonly box: Box;
      readonly since: readonly VisionFrame[];
    }
  | { readonly kind: 'update'; readonly call: number; readonly frame: VisionFrame }
  | { readonly kind: 'stop'; readonly id: ObjectId };

export type TrackerReply =
  | { readonly kind: 'opened'; readonly model: ModelOutcome | undefined }
  | { readonly kind: 'started'; readonly call: number; readonly outcome: StartOutcome }
  | {
      readonly kind: 'updated';
      readonly call: number;
      /** undefined for a malformed frame */
      readonly objects: readonly TrackedObject[] | undefined;
      /** Time spent on it in the worker. */
      readonly workMs: number;
    };
