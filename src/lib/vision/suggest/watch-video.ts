import type { DetectRefusal, DetectorFrame, ElementDetector, SuggestedElement } from './element-detector.ts';
import { minIntervalMs } from './worker/worker-detector.ts';

export interface WatchVideoOptions {
  readonly onElements: (elements: readonly SuggestedElement[]) => void;
  /** Nothing more is suggested: the detector came to its end by itself. Not called after an abort. */
  readonly onEnded: (reason: Extract<DetectRefusal, 'unsupported' | 'stopped'>) => void;
  readonly signal: AbortSignal;
}

/** How soon a video that shows nothing is looked at again. */
const idleMs = 250;

/**
 * Suggests on what a video shows, as often as the detector may, until aborted; boxes are of the picture as it comes,
 * un-mirrored. Resolves at the end. The detector stays open.
 */
export async function watchVideo(
  video: HTMLVideoElement,
  detector: ElementDetector,
  { onElements, onEnded, signal }: WatchVideoOptions,
): Promise<void> {
  while (!signal.aborted) {
    const takenMs = performance.now();
    const frame = await takeFrame(video);
    const outcome = frame && !signal.aborted ? await detector.detect(frame) : undefined;
    if (signal.aborted) {
      if (!outcome) frame?.close();
    } else if (outcome?.ok) {
      onElements(outcome.elements);
    } else if (outcome?.reason === 'unsupported' || outcome?.reason === 'stopped') {
      onEnded(outcome.reason);
      return;
    }
    // Waits before it takes a frame, so that none grows old while it waits for its turn.
    const untilNextMs = frame ? takenMs + minIntervalMs - performance.now() : idleMs;
    if (untilNextMs > 0) await pause(untilNextMs, signal);
  }
}

/** undefined while it shows nothing. */
async function takeFrame(video: HTMLVideoElement): Promise<DetectorFrame | undefined> {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return undefined;
  try {
    // A reference to the decoder's picture; a bitmap would be copied on the page's own thread.
    return typeof VideoFrame === 'function' ? new VideoFrame(video) : await createImageBitmap(video);
  } catch (error) {
    // Its source was taken away in between.
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

/** Ends early, without waiting, when aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
