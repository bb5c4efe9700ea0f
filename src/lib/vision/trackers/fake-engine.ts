import { usableBox, type Box } from '#domain/tracking/box.ts';
import {
  maxObjects,
  type ObjectId,
  type StartOutcome,
  type TrackedObject,
  type TrackerEngine,
  type VisionFrame,
} from '../object-tracker.ts';
import { isUsableFrame } from '../picture/picture.ts';

/** Boxes of one object by frame; undefined where it is lost. The last one stays. */
export type RecordedPath = readonly (Box | undefined)[];

interface Replayed {
  readonly path: RecordedPath;
  at: number;
  box: Box;
}

/** Replays recorded boxes, whatever the frames show. Without a recording everything stays where it was started. */
export class FakeEngine implements TrackerEngine {
  readonly #paths: readonly RecordedPath[];
  readonly #objects = new Map<ObjectId, Replayed>();
  #started = 0;

  /** @param paths for the first object started, the second, and so on */
  constructor(paths: readonly RecordedPath[] = []) {
    this.#paths = paths;
  }

  start(frame: VisionFrame, box: Box, since: readonly VisionFrame[] = []): StartOutcome {
    if (![frame, ...since].every(isUsableFrame)) return { ok: false, reason: 'frame-malformed' };
    const usable = usableBox(box, frame);
    if (!usable.ok) return usable;
    if (this.#objects.size >= maxObjects) return { ok: false, reason: 'too-many-objects' };
    const id = (this.#started += 1);
    const object = { path: this.#paths[id - 1] ?? [], at: 0, box: usable.box };
    for (let i = 0; i < since.length; i += 1) replay(object);
    this.#objects.set(id, object);
    return { ok: true, id };
  }

  update(_frame: VisionFrame): readonly TrackedObject[] {
    return [...this.#objects].map(([id, object]) => {
      const box = replay(object);
      return { id, box: object.box, state: box ? 'tracked' : 'lost', confidence: box ? 1 : 0 };
    });
  }

  stop(id: ObjectId): void {
    this.#objects.delete(id);
  }

  /** A recording goes on all the same. */
  lose(): void {}
}

/** One frame on; undefined where it is lost. */
function replay(object: Replayed): Box | undefined {
  const { path } = object;
  const box = path.length === 0 ? object.box : path[Math.min(object.at, path.length - 1)];
  object.at += 1;
  if (box) object.box = box;
  return box;
}
