import { makeBreathe } from './breathe.ts';
import { FrameConverter } from './frame-converter.ts';
import { FrameReader, type ReadFrame } from './frame-reader.ts';
import { buffersOf } from './packed-frame.ts';
import type { LookReply, VisionReply, VisionRequest } from './vision-messages.ts';

/** The worker that turns frames of the browser into bytes. The first message is the way to the one that looks at them. */
interface WorkerScope {
  postMessage(message: VisionReply): void;
  onmessage: ((event: MessageEvent<MessagePort | VisionRequest<VideoFrame>>) => void) | null;
}

const scope = self as unknown as WorkerScope;
const converter = new FrameConverter();

/** Only frames that came over a link have one, and not every browser tells it. */
function nameOf(frame: VideoFrame): number | undefined {
  const told = frame as { metadata?: () => { readonly rtpTimestamp?: unknown } };
  const name = told.metadata?.().rtpTimestamp;
  return typeof name === 'number' ? name >>> 0 : undefined;
}

const timeOf = (frame: VideoFrame): number => frame.timestamp / 1000;

async function read(frame: VideoFrame, name: number | undefined): Promise<ReadFrame | undefined> {
  try {
    return { frame: await converter.convert(frame, timeOf(frame)), name: name ?? nameOf(frame) };
  } catch (error) {
    // A frame may be taken away while it is read, when its camera changes.
    if (error instanceof DOMException) return undefined;
    throw error;
  } finally {
    frame.close();
  }
}

function begin(looker: MessagePort): void {
  const reader = new FrameReader<VideoFrame>({
    post: (reply) => scope.postMessage(reply),
    ask: (request) => looker.postMessage(request, request.kind === 'take' ? buffersOf(request.frame) : []),
    read,
    timed: (frame, name = nameOf(frame)) => {
      const timeMs = timeOf(frame);
      return name === undefined ? { timeMs } : { timeMs, name };
    },
    discard: (frame) => frame.close(),
    wallMs: () => Date.now(),
    breathe: makeBreathe(),
  });
  looker.onmessage = ({ data }: MessageEvent<LookReply>) => reader.looked(data);
  looker.onmessageerror = () => reader.fail();
  scope.onmessage = ({ data }) => {
    if (!(data instanceof MessagePort)) reader.handle(data);
  };
}

scope.onmessage = ({ data }) => {
  if (data instanceof MessagePort) begin(data);
};
