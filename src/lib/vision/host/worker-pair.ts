import type { VisionReply, VisionRequest } from './vision-messages.ts';
import type { VisionWorkerPort } from './vision-worker-port.ts';

/**
 * Two workers that are one to the page: the first reads frames, the second looks at them. Both are the page's own,
 * since browsers give less of the processor to workers of workers.
 */
export class WorkerPair implements VisionWorkerPort {
  readonly #reader: Worker;
  readonly #looker: Worker;

  constructor(reader: Worker, looker: Worker) {
    this.#reader = reader;
    this.#looker = looker;
    const { port1, port2 } = new MessageChannel();
    reader.postMessage(port1, [port1]);
    looker.postMessage(port2, [port2]);
  }

  postMessage(message: VisionRequest<VideoFrame>, transfer: Transferable[]): void {
    this.#reader.postMessage(message, transfer);
  }

  addEventListener(
    ...[type, listener]:
      | [type: 'message', listener: (event: MessageEvent<VisionReply>) => void]
      | [type: 'error' | 'messageerror', listener: () => void]
  ): void {
    if (type === 'message') return this.#reader.addEventListener('message', listener);
    for (const worker of [this.#reader, this.#looker]) worker.addEventListener(type, listener);
  }

  terminate(): void {
    this.#reader.terminate();
    this.#looker.terminate();
  }
}
