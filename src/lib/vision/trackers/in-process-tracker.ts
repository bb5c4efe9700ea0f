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
  #ended: Promise<unknown> = Promise.resolve();

  constructor(engine: TrackerEngine) {
    this.#engine = engine;
  }

  start(frame: VisionFrame, box: Box, since: readonly VisionFrame[] = []): Promise<StartOutcome> {
    return this.#inOrder(
      async () => (await this.#engine?.start(frame, box, since)) ?? { ok: false, reason: 'stopped' },
    );
  }

  update(frame: VisionFrame): Promise<UpdateOutcome> {
    return this.#inOrder(async () => {
      if (!this.#engine) return { ok: false, reason: 'stopped' };
      if (!isUsableFrame(frame)) return { ok: false, reason: 'frame-malformed' };
      const objects = await this.#engine.update(frame);
      return { ok: true, frame: { timestampMs: frame.timestampMs, objects } };
    });
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#ended.then(work);
    this.#ended = result.catch(() => undefined);
    return result;
  }

  stop(id: ObjectId): Promise<void> {
    this.#engine?.stop(id);
    return Promise.resolve();
  }

  dispose(): void {
    this.#engine = undefined;
  }
}
