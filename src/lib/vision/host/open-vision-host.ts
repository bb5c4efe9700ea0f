import type { Box } from '#domain/tracking/box.ts';
import type { ScenePose } from '#domain/tracking/scene-pose.ts';
import type { ModelOutcome, ObjectId } from '../object-tracker.ts';
import { openFrameSource, type FrameSource, type FrameTarget } from '../source/frame-source.ts';
import type { TrackerName } from '../tracker-registry.ts';
import { LoadMeter } from './load-meter.ts';
import type {
  FollowOutcome,
  OpenVisionHost,
  VisionHost,
  VisionHostInput,
  VisionHostOutcome,
  VisionLoad,
  VisionWants,
  WatchedFrame,
} from './vision-host.ts';
import type { VisionReply, VisionRequest } from './vision-messages.ts';
import type { VisionWorkerPort } from './vision-worker-port.ts';
import { WorkerPair } from './worker-pair.ts';

export interface VisionHostOptions {
  readonly tracker?: TrackerName;
  /** Absolute, with a slash at the end; without it no model is loaded. */
  readonly modelsUrl?: string;
  readonly openWithinMs?: number;
  /** Processors of this device. */
  readonly cores?: () => number;
  /** undefined where there are no workers. */
  readonly createWorker?: () => VisionWorkerPort | undefined;
  readonly openSource?: OpenSource;
  /** How long a track that ended may be followed by another one, in milliseconds. */
  readonly trackGoneMs?: number;
}

type OpenSource = (track: MediaStreamTrack, target: FrameTarget) => FrameSource | undefined;

const usualOpenMs = 10_000;
const usualTrackGoneMs = 10_000;
/** Frames sent one by one that were not read yet: more would only wait. */
const mostInFlight = 3;

/** The built workers' files stand in one place only: here. */
function createVisionWorkers(): VisionWorkerPort | undefined {
  if (typeof Worker === 'undefined' || typeof OffscreenCanvas === 'undefined') return undefined;
  const reader = new Worker(new URL('./read-worker.ts', import.meta.url), { type: 'module' });
  const looker = new Worker(new URL('./look-worker.ts', import.meta.url), { type: 'module' });
  return new WorkerPair(reader, looker);
}

/** Hosts whose work is done in a worker of their own each. */
export const visionHosts =
  (options: VisionHostOptions = {}): OpenVisionHost =>
  (input) =>
    open(input, options);

const unavailable: VisionHostOutcome = { ok: false, reason: 'vision-unavailable' };

async function open(input: VisionHostInput, options: VisionHostOptions): Promise<VisionHostOutcome> {
  const { cores = () => navigator.hardwareConcurrency, createWorker = createVisionWorkers } = options;
  // The call needs the only one.
  if (cores() === 1) return unavailable;
  let worker: VisionWorkerPort | undefined;
  try {
    worker = createWorker();
  } catch {
    // A policy of the page or of the browser forbids it.
    return unavailable;
  }
  if (!worker) return unavailable;
  const host = new WorkerVisionHost(input, worker, options);
  const { tracker = 'scene', modelsUrl, openWithinMs = usualOpenMs } = options;
  return (await host.open(tracker, modelsUrl, openWithinMs)) ? { ok: true, host } : unavailable;
}

class WorkerVisionHost implements VisionHost {
  readonly #worker: VisionWorkerPort;
  readonly #input: VisionHostInput;
  readonly #openSource: OpenSource;
  #source: FrameSource | undefined;
  #running = false;
  readonly #trackGoneMs: number;
  #trackGone: ReturnType<typeof setTimeout> | undefined;
  readonly #meter = new LoadMeter(() => performance.now());
  readonly #frames = new Set<(frame: WatchedFrame) => void>();
  readonly #stops = new Set<() => void>();
  readonly #follows = new Map<number, (outcome: FollowOutcome) => void>();
  readonly #poses = new Map<number, (pose: ScenePose | undefined) => void>();
  #opened: ((ok: boolean) => void) | undefined;
  #calls = 0;
  #inFlight = 0;
  #model: ModelOutcome | undefined;
  #stopped = false;

  constructor(
    input: VisionHostInput,
    worker: VisionWorkerPort,
    { openSource = openFrameSource, trackGoneMs = usualTrackGoneMs }: VisionHostOptions,
  ) {
    this.#input = input;
    this.#openSource = openSource;
    this.#trackGoneMs = trackGoneMs;
    this.#worker = worker;
    worker.addEventListener('message', ({ data }) => this.#take(data));
    for (const type of ['error', 'messageerror'] as const) worker.addEventListener(type, () => this.#stop());
    this.#source = this.#sourceOf(input.track);
  }

  /** Once. */
  open(tracker: TrackerName, modelsUrl: string | undefined, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.dispose(), withinMs);
      this.#opened = (ok) => {
        clearTimeout(timer);
        this.#opened = undefined;
        resolve(ok);
      };
      if (this.#source) this.#post({ kind: 'open', tracker, modelsUrl });
      else this.dispose();
    });
  }

  setTrack(track: MediaStreamTrack | null): void {
    if (this.#stopped) return;
    clearTimeout(this.#trackGone);
    this.#source?.dispose();
    this.#inFlight = 0;
    this.#post({ kind: 'new-track' });
    this.#source = track ? this.#sourceOf(track) : undefined;
    if (track && !this.#source) this.#trackEnded();
    if (this.#running) this.#source?.resume();
  }

  #sourceOf(track: MediaStreamTrack): FrameSource | undefined {
    const source = this.#openSource(track, {
      takeStream: (stream) => this.#post({ kind: 'stream', stream }, [stream]),
      takeFrame: (frame, name) => this.#send(frame, name),
    });
    source?.onEnded(() => this.#trackEnded());
    return source;
  }

  /** A camera that is switched ends before the next one is there. */
  #trackEnded(): void {
    this.#post({ kind: 'new-track' });
    clearTimeout(this.#trackGone);
    this.#trackGone = setTimeout(() => this.#stop(), this.#trackGoneMs);
  }

  want(wants: VisionWants): void {
    this.#post({ kind: 'want', wants });
  }

  hold(timeMs: number | undefined): void {
    this.#post({ kind: 'hold', timeMs });
  }

  follow(box: Box, timeMs: number | undefined): Promise<FollowOutcome> {
    if (this.#stopped) return Promise.resolve({ ok: false, reason: 'stopped' });
    return new Promise((resolve) => {
      const call = (this.#calls += 1);
      this.#follows.set(call, resolve);
      this.#post({ kind: 'follow', call, box, timeMs });
    });
  }

  unfollow(id: ObjectId): void {
    this.#post({ kind: 'unfollow', id });
  }

  poseAt(timeMs: number | undefined): Promise<ScenePose | undefined> {
    if (this.#stopped) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const call = (this.#calls += 1);
      this.#poses.set(call, resolve);
      this.#post({ kind: 'pose', call, timeMs });
    });
  }

  onFrame(listener: (frame: WatchedFrame) => void): () => void {
    this.#frames.add(listener);
    return () => this.#frames.delete(listener);
  }

  get load(): VisionLoad {
    return this.#meter.load;
  }

  get model(): ModelOutcome | undefined {
    return this.#model;
  }

  onStopped(listener: () => void): () => void {
    this.#stops.add(listener);
    return () => this.#stops.delete(listener);
  }

  dispose(): void {
    this.#stops.clear();
    this.#stop();
  }

  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#trackGone);
    this.#source?.dispose();
    this.#worker.terminate();
    this.#frames.clear();
    for (const resolve of this.#follows.values()) resolve({ ok: false, reason: 'stopped' });
    this.#follows.clear();
    for (const resolve of this.#poses.values()) resolve(undefined);
    this.#poses.clear();
    this.#opened?.(false);
    const stops = [...this.#stops];
    this.#stops.clear();
    for (const stop of stops) stop();
  }

  #post(request: VisionRequest<VideoFrame>, transfer: Transferable[] = []): void {
    if (!this.#stopped) this.#worker.postMessage(request, transfer);
  }

  /** For sources that have no stream. */
  #send(frame: VideoFrame, name: number | undefined): boolean {
    if (this.#stopped || this.#inFlight >= mostInFlight) return false;
    this.#inFlight += 1;
    this.#post({ kind: 'frame', frame, name }, [frame]);
    return true;
  }

  #take(reply: VisionReply): void {
    if (this.#stopped) return;
    if (reply.kind === 'looked') {
      if (reply.workMs !== undefined) this.#meter.add(reply.workMs);
      for (const listener of this.#frames) listener(reply.frame);
    } else if (reply.kind === 'reads') {
      this.#inFlight = Math.max(0, this.#inFlight - reply.taken);
      for (const { timeMs, readAtMs, name } of reply.reads) this.#input.onRead?.(timeMs, readAtMs, name);
    } else if (reply.kind === 'followed') {
      this.#follows.get(reply.call)?.(reply.outcome);
      this.#follows.delete(reply.call);
    } else if (reply.kind === 'posed') {
      this.#poses.get(reply.call)?.(reply.pose);
      this.#poses.delete(reply.call);
    } else if (reply.kind === 'source') {
      this.#running = reply.running;
      if (reply.running) this.#source?.resume();
      else this.#pause();
    } else if (reply.kind === 'opened') this.#opened?.(true);
    else if (reply.kind === 'model') this.#model = reply.model;
    else if (reply.kind === 'stream-ended') this.#source?.streamEnded();
    else this.#stop();
  }

  #pause(): void {
    this.#source?.pause();
    this.#post({ kind: 'pause' });
    this.#inFlight = 0;
  }
}
