import type { Box } from '#domain/tracking/box.ts';
import type {
  ModelOutcome,
  ObjectId,
  ObjectTracker,
  StartOutcome,
  UpdateOutcome,
  VisionFrame,
} from '../object-tracker.ts';
import type { TrackerName } from '../tracker-registry.ts';
import type { TrackerReply, TrackerRequest } from './messages.ts';

/** What this needs of a worker; a `Worker` has it. */
export interface WorkerPort {
  postMessage(message: TrackerRequest, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<TrackerReply>) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  terminate(): void;
}

export interface OpenOptions {
  readonly tracker?: TrackerName;
  /** Absolute, with a slash at the end; without it no model is loaded. */
  readonly modelsUrl?: string;
  /** Ends the tracker, while it opens or later. */
  readonly signal?: AbortSignal;
  /** After each frame: time spent on it in the worker. */
  readonly onWork?: (workMs: number) => void;
}

export type OpenOutcome =
  | { readonly ok: true; readonly tracker: ObjectTracker; readonly model: ModelOutcome | undefined }
  | { readonly ok: false; readonly reason: 'stopped' };

/** The tracker in its own worker. The built worker's file stands in one place only: here. */
export const createTrackerWorker = (): Worker =>
  new Worker(new URL('./tracker-worker.ts', import.meta.url), { type: 'module' });

/** Resolves when the worker is ready; without its model it is ready too, and says so. */
export function openWorkerTracker(worker: WorkerPort, options: OpenOptions = {}): Promise<OpenOutcome> {
  return new WorkerTracker(worker, options.onWork).open(options);
}

interface Waiting {
  readonly frame: VisionFrame;
  readonly resolve: (outcome: UpdateOutcome) => void;
}

class WorkerTracker implements ObjectTracker {
  readonly #worker: WorkerPort;
  readonly #onWork: ((workMs: number) => void) | undefined;
  #opened: ((outcome: OpenOutcome) => void) | undefined;
  readonly #starts = new Map<number, (outcome: StartOutcome) => void>();
  #running: (Waiting & { readonly call: number }) | undefined;
  #newest: Waiting | undefined;
  #calls = 0;
  #stopped = false;

  constructor(worker: WorkerPort, onWork: ((workMs: number) => void) | undefined) {
    this.#worker = worker;
    this.#onWork = onWork;
    worker.addEventListener('message', ({ data }) => this.#take(data));
    worker.addEventListener('error', () => this.dispose());
  }

  /** Once. */
  open({ tracker = 'scene', modelsUrl, signal }: OpenOptions): Promise<OpenOutcome> {
    return new Promise((resolve) => {
      this.#opened = resolve;
      signal?.addEventListener('abort', () => this.dispose(), { once: true });
      if (signal?.aborted) this.dispose();
      else this.#worker.postMessage({ kind: 'open', tracker, modelsUrl });
    });
  }

  start(frame: VisionFrame, box: Box, since: readonly VisionFrame[] = []): Promise<StartOutcome> {
    if (this.#stopped) return Promise.resolve({ ok: false, reason: 'stopped' });
    return new Promise((resolve) => {
      const call = (this.#calls += 1);
      this.#starts.set(call, resolve);
      this.#worker.postMessage({ kind: 'start', call, frame, box, since });
    });
  }

  /** Takes the frame's bytes: they belong to the worker afterwards. */
  update(frame: VisionFrame): Promise<UpdateOutcome> {
    if (this.#stopped) return Promise.resolve({ ok: false, reason: 'stopped' });
    return new Promise((resolve) => {
      this.#newest?.resolve({ ok: false, reason: 'replaced' });
      this.#newest = { frame, resolve };
      this.#next();
    });
  }

  stop(id: ObjectId): Promise<void> {
    if (!this.#stopped) this.#worker.postMessage({ kind: 'stop', id });
    return Promise.resolve();
  }

  dispose(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#worker.terminate();
    this.#opened?.({ ok: false, reason: 'stopped' });
    for (const resolve of this.#starts.values()) resolve({ ok: false, reason: 'stopped' });
    this.#starts.clear();
    for (const one of [this.#running, this.#newest]) one?.resolve({ ok: false, reason: 'stopped' });
    this.#running = undefined;
    this.#newest = undefined;
  }

  #next(): void {
    if (this.#running || !this.#newest) return;
    const call = (this.#calls += 1);
    this.#running = { ...this.#newest, call };
    this.#newest = undefined;
    const { frame } = this.#running;
    this.#worker.postMessage({ kind: 'update', call, frame }, [frame.data.buffer]);
  }

  #take(reply: TrackerReply): void {
    if (reply.kind === 'opened') {
      this.#opened?.({ ok: true, tracker: this, model: reply.model });
    } else if (reply.kind === 'started') {
      this.#starts.get(reply.call)?.(reply.outcome);
      this.#starts.delete(reply.call);
    } else if (reply.call === this.#running?.call) {
      const { frame, resolve } = this.#running;
      this.#running = undefined;
      this.#onWork?.(reply.workMs);
      resolve(
        reply.objects
          ? { ok: true, frame: { timestampMs: frame.timestampMs, objects: reply.objects } }
          : { ok: false, reason: 'frame-malformed' },
      );
      this.#next();
    }
  }
}
