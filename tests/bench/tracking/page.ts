import { rescaleBox } from '#domain/tracking/box.ts';
import type { ModelOutcome, ObjectTracker, VisionFrame } from '../../../src/lib/vision/object-tracker.ts';
import { createTrackerWorker, openWorkerTracker } from '../../../src/lib/vision/worker/worker-tracker.ts';
import { makeFilm } from './film-script.ts';
import type { Photo } from './film.ts';
import { loadFootage, loadPhoto } from './load-photos.ts';
import type {
  FilmResult,
  FilmRun,
  FrameResult,
  SequenceResult,
  SequenceRun,
  TrackerChoice,
} from './sequence-run.ts';

declare global {
  interface Window {
    runSequence: (run: SequenceRun) => Promise<SequenceResult>;
    runFilm: (run: FilmRun) => Promise<FilmResult>;
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

interface Opened {
  readonly tracker: ObjectTracker;
  readonly model: ModelOutcome | undefined;
  /** Of the last frame. */
  workMs(): number;
}

async function openTracker({ tracker: name, modelsUrl }: TrackerChoice): Promise<Opened> {
  let workMs = 0;
  const opened = await openWorkerTracker(createTrackerWorker(), {
    tracker: name,
    ...(modelsUrl !== undefined && { modelsUrl }),
    onWork: (ms) => (workMs = ms),
  });
  if (!opened.ok) throw new Error('the worker did not open');
  return { tracker: opened.tracker, model: opened.model, workMs: () => workMs };
}

async function objectOn(tracker: ObjectTracker, frame: VisionFrame) {
  const updated = await tracker.update(frame);
  const object = updated.ok ? updated.frame.objects[0] : undefined;
  if (!object) throw new Error('a frame came back without the object');
  return object;
}

window.runSequence = async (run) => {
  const { tracker, model, workMs } = await openTracker(run);
  try {
    const frames: FrameResult[] = [];
    for (const [i, url] of run.frameUrls.entries()) {
      const { frame, original } = await loadFrame(url, run.maxWidth, i);
      const size = { width: frame.width, height: frame.height };
      for (const box of i === 0 ? [run.box, ...run.others] : []) {
        const started = await tracker.start(frame, rescaleBox(box, original, size));
        if (!started.ok && box === run.box) throw new Error(`the box was refused: ${started.reason}`);
      }
      const object = await objectOn(tracker, frame);
      const box = rescaleBox(object.box, size, original);
      if (i > 0) frames.push({ box, shown: object.state === 'tracked', workMs: workMs() });
    }
    return { model, frames };
  } finally {
    tracker.dispose();
  }
};

let photos: Promise<readonly Photo[]> | undefined;

window.runFilm = async (run) => {
  photos ??= Promise.all([
    ...run.photoUrls.map(loadPhoto),
    ...(run.footage ? [loadFootage(run.footage.url, run.footage.frames)] : []),
  ]).then((all) => all.flat());
  const { tracker, model, workMs } = await openTracker(run);
  try {
    const frames: FilmResult['frames'][number][] = [];
    let first = true;
    for (const { frame, truth, good } of makeFilm(run.plan, await photos)) {
      if (first) {
        if (!truth) throw new Error('the first frame does not show the element');
        const started = await tracker.start(frame, truth);
        if (!started.ok) throw new Error(`the box was refused: ${started.reason}`);
      }
      const { box, state } = await objectOn(tracker, frame);
      if (!first) frames.push({ truth, box, shown: state === 'tracked', good, workMs: workMs() });
      first = false;
    }
    return { model, frames };
  } finally {
    tracker.dispose();
  }
};
