import type { VisionFrame } from '../../object-tracker.ts';
import type { FrameTarget } from '../../source/frame-source.ts';
import { openEngine, type OpenedEngine } from '../../tracker-registry.ts';
import type { RingLimits } from '../frame-ring.ts';
import { visionHosts, type VisionHostOptions } from '../open-vision-host.ts';
import type { VisionWorkerPort } from '../vision-worker-port.ts';
import { FrameReader } from '../frame-reader.ts';
import { packFrame } from '../packed-frame.ts';
import type { VisionHost, VisionHostInput } from '../vision-host.ts';
import type { VisionReply, VisionRequest } from '../vision-messages.ts';
import { VisionService } from '../vision-service.ts';

const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface InProcessOptions {
  readonly ring?: Partial<RingLimits>;
  readonly firstFrameMs?: number;
  /** For durations; usually the clock's. */
  readonly nowMs?: () => number;
  readonly openEngine?: () => Promise<OpenedEngine>;
  readonly host?: VisionHostOptions;
  readonly onRead?: VisionHostInput['onRead'];
}

/** The worker's side of a vision host in this thread, with frames that a test makes. */
export class InProcessWorker implements VisionWorkerPort {
  readonly posted: VisionReply[] = [];
  terminated = false;
  /** Taken from the source; the test's frames go there. */
  target: FrameTarget | undefined;
  running = false;
  disposedSources = 0;
  ended: (() => void) | undefined;
  readonly #reader: FrameReader<VisionFrame>;
  #message: ((event: MessageEvent<VisionReply>) => void) | undefined;
  #error: (() => void) | undefined;
  #breaths = 0;

  constructor(options: InProcessOptions) {
    const breathe = (): Promise<void> => {
      this.#breaths += 1;
      return macrotask();
    };
    this.#reader = new FrameReader<VisionFrame>({
      post: (reply) => {
        this.posted.push(reply);
        if (!this.terminated) this.#message?.({ data: reply } as MessageEvent<VisionReply>);
      },
      ask: (request) => service.handle(request),
      read: (frame, name) => Promise.resolve({ frame: packFrame(frame), name }),
      timed: ({ timestampMs: timeMs }, name) => (name === undefined ? { timeMs } : { timeMs, name }),
      discard: () => undefined,
      wallMs: () => Date.now(),
      breathe,
    });
    const service = new VisionService({
      post: (reply) => this.#reader.looked(reply),
      openEngine: options.openEngine ?? (() => openEngine('scene-without-model', undefined)),
      nowMs: options.nowMs ?? (() => performance.now()),
      breathe,
      report: () => undefined,
      ...(options.ring && { ring: options.ring }),
      ...(options.firstFrameMs !== undefined && { firstFrameMs: options.firstFrameMs }),
    });
  }

  postMessage(message: VisionRequest<VideoFrame>): void {
    if (!this.terminated) this.#reader.handle(message as unknown as VisionRequest<VisionFrame>);
  }

  addEventListener(
    ...[type, listener]:
      | [type: 'message', listener: (event: MessageEvent<VisionReply>) => void]
      | [type: 'error' | 'messageerror', listener: () => void]
  ): void {
    if (type === 'message') this.#message = listener;
    else if (type === 'error') this.#error = listener;
  }

  terminate(): void {
    this.terminated = true;
  }

  die(): void {
    this.#error?.();
  }

  /** Until nothing is going on any more. */
  async settled(): Promise<void> {
    let before = -1;
    while (before !== this.#breaths) {
      before = this.#breaths;
      for (let i = 0; i < 4; i += 1) await macrotask();
    }
  }

  /** One frame; false if nobody wants it. */
  give(frame: VisionFrame, name?: number): boolean {
    return this.running && (this.target?.takeFrame(frame as unknown as VideoFrame, name) ?? false);
  }
}

/** Any track: nothing looks into it. */
export const someTrack = {} as MediaStreamTrack;

/** Options of a host whose worker is in this thread. */
export function inProcess(options: InProcessOptions = {}): {
  readonly worker: InProcessWorker;
  readonly options: VisionHostOptions;
} {
  const worker = new InProcessWorker(options);
  return {
    worker,
    options: {
      cores: () => 4,
      createWorker: () => worker,
      openSource: (_track, target) => {
        worker.target = target;
        return {
          resume: () => (worker.running = true),
          pause: () => (worker.running = false),
          onEnded: (listener) => (worker.ended = listener),
          streamEnded: () => undefined,
          dispose: () => (worker.disposedSources += 1),
        };
      },
      ...options.host,
    },
  };
}

export async function openInProcess(
  options: InProcessOptions = {},
): Promise<{ readonly host: VisionHost; readonly worker: InProcessWorker }> {
  const made = inProcess(options);
  const { onRead } = options;
  const opened = await visionHosts(made.options)({ track: someTrack, ...(onRead && { onRead }) });
  if (!opened.ok) throw new Error(opened.reason);
  return { host: opened.host, worker: made.worker };
}
