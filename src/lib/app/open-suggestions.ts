import type { Suggestions } from '../state/call-ports.ts';
import type { DetectorRefusal, ElementDetector } from '../vision/suggest/element-detector.ts';
import { openDetector } from '../vision/suggest/open-detector.ts';
import { watchVideo } from '../vision/suggest/watch-video.ts';
import { modelsFolder } from './precache-models.ts';

const failures: Record<DetectorRefusal, 'not-on-this-device' | 'not-in-this-installation' | 'failed'> = {
  unsupported: 'not-on-this-device',
  'model-missing': 'not-in-this-installation',
  'model-wrong-hash': 'not-in-this-installation',
  stopped: 'failed',
};

/** Suggests on one picture until the signal; nothing of it runs before it is asked for. Load this file lazily. */
export async function suggestOn(
  video: HTMLVideoElement,
  { onSuggestions, onFailure }: Suggestions,
  signal: AbortSignal,
): Promise<void> {
  let detector: ElementDetector | undefined;
  try {
    const modelsUrl = new URL(modelsFolder, location.origin).href;
    const opened = await openDetector({ modelsUrl, signal });
    if (signal.aborted) return;
    if (!opened.ok) return onFailure(failures[opened.reason]);
    detector = opened.detector;
    await watchVideo(video, detector, {
      onElements: (elements) => onSuggestions(elements.map(({ box, name }) => ({ box, name }))),
      onEnded: (reason) => onFailure(failures[reason]),
      signal,
    });
  } finally {
    detector?.dispose();
  }
}
