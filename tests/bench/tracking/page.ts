import { rescaleBox } from '#domain/tracking/box.ts';
import type { VisionFrame } from '../../../src/lib/vision/object-tracker.ts';
import { createTrackerWorker, openWorkerTracker } from '../../../src/lib/vision/worker/worker-tracker.ts';
import type { FrameResult, SequenceResult, SequenceRun } from './sequence-run.ts';

declare global {
  interface Window {
    runSequence: (run: SequenceRun) => Promise<SequenceResult>;
  }
}

interface LoadedFrame {
  readonly frame: VisionFrame;
  readonly original: { readonly width: number; readonly height: number };
}

async function loadFrame(url: string, maxWidth: number, number: number): Promise<LoadedFrame> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const bitmap = await createImageBitmap(await response.blob());
  const original = { width: bitmap.width, height: bitmap.height };
  const scale = Math.min(1, maxWidth / bitmap.width);
  const width = Math.round(bitmap.width * scale);
  const height = Math.round(bitmap.height * scale);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { frame: { width, height, data, timestampMs: number * 40 }, original };
}

window.runSequence = async (run) => {
  let workMs = 0;
  const opened = await openWorkerTracker(createTrackerWorker(), {
    tracker: run.tracker,
    ...(run.modelsUrl !== undefined && { modelsUrl: run.modelsUrl }),
    onWork: (ms) => (workMs = ms),
  });
  if (!opened.ok) throw new Error('the worker did not open');
  const { tracker, model } = opened;
  try {
    const frames: FrameResult[] = [];
    for (const [i, url] of run.frameUrls.entries()) {
      const { frame, original } = await loadFrame(url, run.maxWidth, i);
      const size = { width: frame.width, height: frame.height };
      if (i === 0) {
        const started = await tracker.start(frame, rescaleBox(run.box, original, size));
        if (!started.ok) throw new Error(`the box was refused: ${started.reason}`);
      }
      const updated = await tracker.update(frame);
      const object = updated.ok ? updated.frame.objects[0] : undefined;
      if (!object) throw new Error(`frame ${i} came back without the object`);
      const box = rescaleBox(object.box, size, original);
      if (i > 0) frames.push({ box, shown: object.state === 'tracked', workMs });
    }
    return { model, frames };
  } finally {
    tracker.dispose();
  }
};
