import { FrameConverter } from '../../../src/lib/vision/host/frame-converter.ts';
import type { VisionWorkerPort } from '../../../src/lib/vision/host/open-vision-host.ts';
import type { VisionReply, VisionRequest } from '../../../src/lib/vision/host/vision-messages.ts';
import { VisionService } from '../../../src/lib/vision/host/vision-service.ts';
import { openEngine } from '../../../src/lib/vision/tracker-registry.ts';

/** What the vision worker does, on the page's own thread: as it must not be. */
export class ThisThread implements VisionWorkerPort {
  #listener: ((event: MessageEvent<VisionReply>) => void) | undefined;
  readonly #service: VisionService<VideoFrame>;

  constructor() {
    const converter = new FrameConverter();
    const breath = new MessageChannel();
    const breathing: (() => void)[] = [];
    breath.port1.onmessage = () => breathing.shift()?.();
    this.#service = new VisionService<VideoFrame>({
      post: (data) => this.#listener?.({ data } as MessageEvent<VisionReply>),
      read: async (frame, name) => {
        try {
          return { frame: await converter.convert(frame, frame.timestamp / 1_000), name };
        } finally {
          frame.close();
        }
      },
      discard: (frame) => frame.close(),
      openEngine,
      nowMs: () => performance.now(),
      wallMs: () => Date.now(),
      breathe: () =>
        new Promise((resolve) => {
          breathing.push(resolve);
          breath.port2.postMessage(0);
        }),
      report: reportError,
    });
  }

  postMessage(message: VisionRequest<VideoFrame>): void {
    setTimeout(() => this.#service.handle(message));
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
    this.#service.handle({ kind: 'pause' });
  }
}
