import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DetectOutcome, ElementDetector } from './element-detector.ts';
import { watchVideo } from './watch-video.ts';
import { minIntervalMs } from './worker/worker-detector.ts';

class StubFrame {}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('VideoFrame', StubFrame);
  vi.stubGlobal('HTMLMediaElement', { HAVE_CURRENT_DATA: 2 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const element = { box: { x: 0.1, y: 0.1, width: 0.2, height: 0.2 }, name: 'dog', score: 0.9 };

function watch(answer: (times: number) => DetectOutcome, readyState = 4) {
  const video = { readyState, videoWidth: 640 };
  const takenMs: number[] = [];
  const seen: unknown[] = [];
  const ended: string[] = [];
  const stop = new AbortController();
  const detector: ElementDetector = {
    detect: () => Promise.resolve(answer(takenMs.push(performance.now()))),
    dispose: () => undefined,
  };
  const done = watchVideo(video as HTMLVideoElement, detector, {
    onElements: (elements) => seen.push(elements),
    onEnded: (reason) => ended.push(reason),
    signal: stop.signal,
  });
  return { video, takenMs, seen, ended, stop, done };
}

describe('suggestions on a video', () => {
  test('C10 three frames a second at most, each taken when its turn has come, until it is switched off', async () => {
    const { takenMs, seen, ended, stop, done } = watch(() => ({ ok: true, elements: [element] }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(takenMs.length).toBe(3);
    expect(takenMs.map((ms) => Math.round(ms - (takenMs[0] ?? 0)))).toEqual([
      0,
      minIntervalMs,
      2 * minIntervalMs,
    ]);
    expect(seen[0]).toEqual([element]);
    stop.abort();
    await done;
    expect(vi.getTimerCount()).toBe(0);
    expect([seen.length, ended]).toEqual([3, []]);
  });

  test('F113 the detector comes to its end: said once', async () => {
    const { seen, ended, done } = watch((times) =>
      times === 1 ? { ok: true, elements: [] } : { ok: false, reason: 'unsupported' },
    );
    await vi.advanceTimersByTimeAsync(1_000);
    await done;
    expect([seen, ended]).toEqual([[[]], ['unsupported']]);
  });

  test('F57 a video that shows nothing is waited for', async () => {
    const { video, takenMs, stop, done } = watch(() => ({ ok: true, elements: [] }), 0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(takenMs).toEqual([]);
    video.readyState = 4;
    await vi.advanceTimersByTimeAsync(300);
    expect(takenMs.length).toBe(1);
    stop.abort();
    await done;
  });
});
