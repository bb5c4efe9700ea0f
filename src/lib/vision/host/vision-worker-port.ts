import type { VisionReply, VisionRequest } from './vision-messages.ts';

/** What a host needs of a worker; a `Worker` has it. */
export interface VisionWorkerPort {
  postMessage(message: VisionRequest<VideoFrame>, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<VisionReply>) => void): void;
  addEventListener(type: 'error' | 'messageerror', listener: () => void): void;
  terminate(): void;
}
