import { openEngine } from '../tracker-registry.ts';
import { warmEngine } from './warm-engine.ts';
import { FrameConverter } from './frame-converter.ts';
import type { VisionReply, VisionRequest } from './vision-messages.ts';
import { VisionService, type ReadFrame } from './vision-service.ts';

/** The vision worker: it only turns frames of the browser into bytes; the rest is the service's. */
interface WorkerScope {
  postMessage(message: VisionReply): void;
  onmessage: ((event: MessageEvent<VisionRequest<VideoFrame>>) => void) | null;
}

const scope = self as unknown as WorkerScope;
const converter = new FrameConverter();

/** Only frames that came over a link have one, and not every browser tells it. */
function nameOf(frame: VideoFrame): number | undefined {
  const told = frame as { metadata?: () => { readonly rtpTimestamp?: unknown } };
  const name = told.metadata?.().rtpTimestamp;
  return typeof name === 'number' ? name >>> 0 : undefined;
}

async function read(frame: VideoFrame, name: number | undefined): Promise<ReadFrame | undefined> {
  try {
    return { frame: await converter.convert(frame, frame.timestamp / 1000), name: name ?? nameOf(frame) };
  } catch (error) {
    // A frame may be taken away while it is read, when its camera changes.
    if (error instanceof DOMException) return undefined;
    throw error;
  } finally {
    frame.close();
  }
}

// Timers wait for some milliseconds when they follow one another; messages do not.
const breath = new MessageChannel();
const breathing: (() => void)[] = [];
breath.port1.onmessage = () => breathing.shift()?.();

const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    breathing.push(resolve);
    breath.port2.postMessage(0);
  });

const service = new VisionService<VideoFrame>({
  post: (reply) => scope.postMessage(reply),
  read,
  discard: (frame) => frame.close(),
  openEngine: async (name, modelsUrl) => {
    const opened = await openEngine(name, modelsUrl);
    await warmEngine(opened.engine, breathe);
    return opened;
  },
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  breathe,
  report: reportError,
});

scope.onmessage = ({ data }) => service.handle(data);
