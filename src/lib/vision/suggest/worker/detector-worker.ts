import type { DetectorEngine, DetectorFrame, DetectOutcome } from '../element-detector.ts';
import { openDetectorEngine } from '../open-engine.ts';
import type { DetectorReply, DetectorRequest } from './messages.ts';

/** The detector's worker: one engine, one frame at a time (the page sees to that). */
interface WorkerScope {
  postMessage(message: DetectorReply): void;
  onmessage: ((event: MessageEvent<DetectorRequest>) => void) | null;
}

/** What the network looks at, whatever the picture's shape: it would be brought to that size anyway. */
const inputSide = 300;

const scope = self as unknown as WorkerScope;
const canvas = new OffscreenCanvas(inputSide, inputSide);
const context = canvas.getContext('2d', { willReadFrequently: true });
let engine: DetectorEngine | undefined;

async function open({
  detector,
  modelsUrl,
  wasm,
}: Extract<DetectorRequest, { kind: 'open' }>): Promise<void> {
  const opened = context
    ? await openDetectorEngine(detector, modelsUrl, wasm)
    : { ok: false as const, reason: 'unsupported' as const };
  if (opened.ok) engine = opened.engine;
  scope.postMessage({ kind: 'opened', outcome: opened.ok ? { ok: true } : opened });
}

/** The frame's picture, and the frame is closed. undefined: it holds none. */
function readPicture(frame: DetectorFrame): ImageData | undefined {
  try {
    context?.drawImage(frame, 0, 0, inputSide, inputSide);
    return context?.getImageData(0, 0, inputSide, inputSide);
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  } finally {
    frame.close();
  }
}

async function detect(frame: DetectorFrame): Promise<DetectOutcome> {
  const picture = readPicture(frame);
  if (!picture) return { ok: false, reason: 'frame-unusable' };
  if (!engine) return { ok: false, reason: 'stopped' };
  const elements = await engine.detect(picture);
  return elements ? { ok: true, elements } : { ok: false, reason: 'unsupported' };
}

scope.onmessage = ({ data }) => {
  if (data.kind === 'open') void open(data);
  else
    void detect(data.frame).then((outcome) =>
      scope.postMessage({ kind: 'detected', call: data.call, outcome }),
    );
};
