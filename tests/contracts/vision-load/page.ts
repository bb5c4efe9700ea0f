import { visionHosts } from '../../../src/lib/vision/host/open-vision-host.ts';
import type { VisionHost } from '../../../src/lib/vision/host/vision-host.ts';
import type { ObjectId } from '../../../src/lib/vision/object-tracker.ts';
import type { TrackerName } from '../../../src/lib/vision/tracker-registry.ts';
import type { LoadWindow } from './check-load.ts';
import { openTexturedCamera } from './textured-camera.ts';
import { ThisThread } from './this-thread.ts';

/** The camera's side alone: elements followed, the scene with them. */
export interface LoadPage {
  open(input: LoadInput): Promise<void>;
  follow(elements: number): Promise<void>;
  unfollow(): void;
  /** What the page's thread goes through from now on. */
  watch(forMs: number): Promise<LoadWindow>;
  close(): void;
}

export interface LoadInput {
  readonly where: 'worker' | 'page';
  readonly tracker: TrackerName;
  readonly modelsUrl: string | undefined;
  readonly seed: number;
}

let host: VisionHost | undefined;
let camera: ReturnType<typeof openTexturedCamera> | undefined;
let looked = 0;
let tracked = 0;
const followed: ObjectId[] = [];

const page: LoadPage = {
  async open({ where, tracker, modelsUrl, seed }) {
    camera = openTexturedCamera(seed);
    const opened = await visionHosts({
      tracker,
      cores: () => 2,
      ...(modelsUrl !== undefined && { modelsUrl }),
      ...(where === 'page' && { createWorker: () => new ThisThread() }),
    })({ track: camera.track });
    if (!opened.ok) throw new Error(opened.reason);
    host = opened.host;
    host.onFrame(({ objects }) => {
      looked += 1;
      if (objects.some(({ state }) => state === 'tracked')) tracked += 1;
    });
  },

  async follow(elements) {
    host?.want({ frames: true, motion: true });
    for (let i = 0; i < elements; i += 1) {
      const box = { x: 0.15 + 0.14 * i, y: i % 2 === 0 ? 0.3 : 0.5, width: 0.13, height: 0.16 };
      const outcome = await host?.follow(box, undefined);
      if (!outcome?.ok) throw new Error(outcome?.reason ?? 'no host');
      followed.push(outcome.id);
    }
  },

  unfollow() {
    for (const id of followed.splice(0)) host?.unfollow(id);
    host?.want({ frames: false, motion: false });
  },

  async watch(forMs) {
    const longTasksMs: number[] = [];
    const gapsMs: number[] = [];
    const before = { looked, tracked };
    const tasks = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasksMs.push(duration);
    });
    tasks.observe({ type: 'longtask' });
    const beganMs = performance.now();
    for (let lastMs = beganMs; lastMs - beganMs < forMs;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const nowMs = performance.now();
      gapsMs.push(nowMs - lastMs);
      lastMs = nowMs;
    }
    for (const { duration } of tasks.takeRecords()) longTasksMs.push(duration);
    tasks.disconnect();
    return {
      longTasksMs,
      gapsMs,
      looked: looked - before.looked,
      tracked: tracked - before.tracked,
      frameMs: host?.load.frameMs ?? null,
      lastsMs: performance.now() - beganMs,
    };
  },

  close() {
    host?.dispose();
    camera?.stop();
  },
};

Object.assign(globalThis, { load: page });
document.title = 'ready';
