import type { NamingReply } from './naming-reply.ts';

/**
 * Passes the frames of an encoder on as they are, and tells the page their names. As little as can be is done here,
 * and nothing that may fail stands between a frame and the network.
 */
interface EncodedFrame {
  readonly timestamp?: number;
  getMetadata(): { readonly rtpTimestamp?: number };
}

interface TransformEvent extends Event {
  readonly transformer: {
    readonly options: { readonly link: number };
    readonly readable: ReadableStream<EncodedFrame>;
    readonly writable: WritableStream<EncodedFrame>;
  };
}

interface WorkerScope {
  postMessage(message: NamingReply): void;
  addEventListener(type: 'message', listener: () => void): void;
  addEventListener(type: 'rtctransform', listener: (event: TransformEvent) => void): void;
}

const batchFrames = 4;
const batchMs = 100;
const scope = self as unknown as WorkerScope;

scope.addEventListener('rtctransform', ({ transformer }) => {
  const { link } = transformer.options;
  let frames: { name: number; atMs: number }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    clearTimeout(timer);
    timer = undefined;
    if (frames.length > 0) scope.postMessage({ link, frames });
    frames = [];
  };
  const note = (frame: EncodedFrame) => {
    const name = frame.getMetadata().rtpTimestamp ?? frame.timestamp;
    if (name === undefined) return;
    frames.push({ name, atMs: performance.timeOrigin + performance.now() });
    if (frames.length >= batchFrames) tell();
    else timer ??= setTimeout(tell, batchMs);
  };
  const passing = new TransformStream<EncodedFrame, EncodedFrame>({
    transform(frame, controller) {
      controller.enqueue(frame);
      try {
        note(frame);
      } catch {
        // A frame without a name is a frame all the same.
        frames = [];
      }
    },
  });
  // Ends, also with an error, when the connection does; there is nobody left to be told.
  transformer.readable.pipeThrough(passing).pipeTo(transformer.writable).catch(tell);
});

scope.addEventListener('message', () => scope.postMessage('here'));
scope.postMessage('ready');
