import type { Box } from '#domain/tracking/box.ts';
import type {
  ObjectId,
  ObjectTracker,
  StartOutcome,
  TrackerEngine,
  UpdateOutcome,
  VisionFrame,
} from '../object-tracker.ts';
import { isUsableFrame } from '../picture/picture.ts';

/** A tracker in this thread: for tests, and for places that have a thread to spare. */
export class InProcessTracker implements ObjectTracker {
  #engine: TrackerEngine | undefined;

  constructor(engine: TrackerEngine) {
    this.#engine = engine;
  }

  start(frame: VisionFrame, box: Box): Promise<StartOutcome> {
    return Promise.resolve(this.#engine?.start(frame, box) ?? { ok: false, reason: 'stopped' });
  }

  update(frame: VisionFrame): Promise<UpdateOutcome> {
    if (!this.#engine) return Promise.resolve({ ok: false, reason: 'stopped' });
    if (!isUsableFrame(frame)) return Promise.resolve({ ok: false, reason: 'frame-malformed' });
    const objects = this.#engine.update(frame);
    return Promise.resolve({ ok: true, frame: { timestampMs: frame.timestampMs, objects } });
  }

  stop(id: ObjectId): Promise<void> {
    this.#engine?.stop(id);
    return Promise.resolve();
  }

  dispose(): void {
    this.#engine = undefined;
  }
}
