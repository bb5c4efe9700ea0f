import { wasmFiles } from '../coco/wasm-files.ts';
import type { DetectorName } from '../detector-names.ts';
import type {
  DetectorFrame,
  DetectOutcome,
  ElementDetector,
  OpenDetectorOutcome,
} from '../element-detector.ts';
import type { DetectorReply, DetectorRequest } from './messages.ts';

/** What this needs of a worker; a `Worker` has it. */
export interface DetectorWorkerPort {
  postMessage(message: DetectorRequest, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<DetectorReply>) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  terminate(): void;
}

export interface OpenDetectorOptions {
  readonly detector?: DetectorName;
  /** Where this installation serves its models: absolute, with a slash at the end. */
  readonly modelsUrl: string;
  /** Ends the detector, while it opens or later. */
  readonly signal?: AbortSignal;
}

/** From the start of one frame to that of the next, at least: suggestions must leave the device its time. */
export const minIntervalMs = 334;
/** A frame that takes longer than this never comes back: the device's graphics hang, or it is far too slow. */
export const stuckAfterMs = 20_000;

/** The detector in its own worker. The built worker's file stands in one place only: here. */
export const createDetectorWorker = (): Worker =>
  new Worker(new URL('./detector-worker.ts', import.meta.url), { type: 'module' });

/** Resolves when the model is loaded and has run once, or with the reason why not; the worker has ended then. */
export function openWorkerDetector(
  worker: DetectorWorkerPort,
  options: OpenDetectorOptions,
): Promise<OpenDetectorOutcome> {
  return new WorkerDetector(worker).open(options);
}

interface Waiting {
  readonly frame: DetectorFrame;
  readonly resolve: (outcome: DetectOutcome) => void;
}

class WorkerDetector implements ElementDetector {
  readonly #worker: DetectorWorkerPort;
  #opened: ((outcome: OpenDetectorOutcome) => void) | undefined;
  #running: { readonly call: number; readonly resolve: Waiting['resolve'] } | undefined;
  #newest: Waiting | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #calls = 0;
  #stopped = false;

  constructor(worker: DetectorWorkerPort) {
    this.#worker = worker;
    worker.addEventListener('message', ({ data }) => this.#take(data));
    worker.addEventListener('error', () => this.dispose());
  }

  /** Once. */
  open({ detector = 'coco-ssd', modelsUrl, signal }: OpenDetectorOptions): Promise<OpenDetectorOutcome> {
    return new Promise((resolve) => {
      this.#opened = resolve;
      signal?.addEventListener('abort', () => this.dispose(), { once: true });
      if (signal?.aborted) this.dispose();
      else this.#worker.postMessage({ kind: 'open', detector, modelsUrl, wasm: wasmFiles });
    });
  }

  detect(frame: DetectorFrame): Promise<DetectOutcome> {
    return new Promise((resolve) => {
      if (this.#stopped) {
        refuse({ frame, resolve }, 'stopped');
        return;
      }
      if (this.#newest) refuse(this.#newest, 'replaced');
      this.#newest = { frame, resolve };
      this.#next();
    });
  }

  dispose(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#worker.terminate();
    clearTimeout(this.#pause);
    clearTimeout(this.#watchdog);
    this.#opened?.({ ok: false, reason: 'stopped' });
    this.#running?.resolve({ ok: false, reason: 'stopped' });
    if (this.#newest) refuse(this.#newest, 'stopped');
    this.#running = undefined;
    this.#newest = undefined;
  }

  #next(): void {
    if (this.#running || this.#pause !== undefined || !this.#newest) return;
    const { frame, resolve } = this.#newest;
    this.#newest = undefined;
    const call = (this.#calls += 1);
    try {
      this.#worker.postMessage({ kind: 'detect', call, frame }, [frame]);
    } catch (error) {
      // Closed by whoever handed it over.
      if (!(error instanceof DOMException)) throw error;
      resolve({ ok: false, reason: 'frame-unusable' });
      return;
    }
    this.#running = { call, resolve };
    this.#watchdog = setTimeout(() => this.dispose(), stuckAfterMs);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#next();
    }, minIntervalMs);
  }

  #take(reply: DetectorReply): void {
    if (reply.kind === 'opened') {
      this.#opened?.(reply.outcome.ok ? { ok: true, detector: this } : reply.outcome);
      if (!reply.outcome.ok) this.dispose();
    } else if (reply.call === this.#running?.call) {
      const { resolve } = this.#running;
      this.#running = undefined;
      clearTimeout(this.#watchdog);
      resolve(reply.outcome);
      this.#next();
    }
  }
}

function refuse({ frame, resolve }: Waiting, reason: 'replaced' | 'stopped'): void {
  frame.close();
  resolve({ ok: false, reason });
}
