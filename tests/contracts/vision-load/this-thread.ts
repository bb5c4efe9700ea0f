import { makeBreathe } from '../../../src/lib/vision/host/breathe.ts';
import { FrameConverter } from '../../../src/lib/vision/host/frame-converter.ts';
import { FrameReader } from '../../../src/lib/vision/host/frame-reader.ts';
import type { VisionWorkerPort } from '../../../src/lib/vision/host/vision-worker-port.ts';
import type { VisionReply, VisionRequest } from '../../../src/lib/vision/host/vision-messages.ts';
import { VisionService } from '../../../src/lib/vision/host/vision-service.ts';
import { openEngine } from '../../../src/lib/vision/tracker-registry.ts';

/** What the vision worker does, on the page's own thread: as it must not be. */
export class ThisThread implements VisionWorkerPort {
  #listener: ((event: MessageEvent<VisionReply>) => void) | undefined;
  readonly #reader: FrameReader<VideoFrame>;

  constructor() {
    const converter = new FrameConverter();
    const breathe = makeBreathe();
    this.#reader = new FrameReader<VideoFrame>({
      post: (data) => this.#listener?.({ data } as MessageEvent<VisionReply>),
      ask: (request) => service.handle(request),
      read: async (frame, name) => {
        try {
          return { frame: await converter.convert(frame, frame.timestamp / 1_000), name };
        } finally {
          frame.close();
        }
      },
      timed: ({ timestamp }) => ({ timeMs: timestamp / 1_000 }),
      discard: (frame) => frame.close(),
      wallMs: () => Date.now(),
      breathe,
    });
    const service = new VisionService({
      post: (reply) => this.#reader.looked(reply),
      openEngine,
      nowMs: () => performance.now(),
      breathe,
      report: reportError,
    });
  }

  postMessage(message: VisionRequest<VideoFrame>): void {
    setTimeout(() => this.#reader.handle(message));
  }

  addEventListener(
    ...[type, listener]:
      | [type: 'message', listener: (event: MessageEvent<VisionReply>) => void]
      | [type: 'error' | 'messageerror', listener: () => void]
  ): void {
    if (type === 'message') this.#listener = listener;
  }

  terminate(): void {
    this.#listener = undefined;
    this.#reader.handle({ kind: 'pause' });
  }
}
