import { afterEach, describe, expect, it, vi } from 'vitest';
import { watchSeenFrames, type SeenFrame } from './seen-frames.ts';

type Callback = (nowMs: number, metadata: { rtpTimestamp?: number; expectedDisplayTime: number }) => void;

/** A video element, as far as its frames are concerned. */
class FakeVideo {
  readonly waiting = new Map<number, Callback>();
  #last = 0;
  requestVideoFrameCallback(callback: Callback): number {
    this.#last += 1;
    this.waiting.set(this.#last, callback);
    return this.#last;
  }
  cancelVideoFrameCallback(handle: number): void {
    this.waiting.delete(handle);
  }
  show(rtpTimestamp: number | undefined, expectedDisplayTime: number): void {
    const due = [...this.waiting.values()];
    this.waiting.clear();
    const metadata = rtpTimestamp === undefined ? {} : { rtpTimestamp };
    for (const callback of due) callback(expectedDisplayTime - 8, { ...metadata, expectedDisplayTime });
  }
}

describe('frames on the screen', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('B20 each is told once with its name, and none after the stop', () => {
    const video = new FakeVideo();
    const seen: SeenFrame[] = [];
    const stop = watchSeenFrames(video as unknown as HTMLVideoElement, (frame) => seen.push(frame));
    video.show(900, 10);
    video.show(undefined, 43);
    stop();
    video.show(4_500, 60);
    expect(seen).toEqual([
      { name: 900, atMs: 10 },
      { name: undefined, atMs: 43 },
    ]);
    expect(video.waiting.size).toBe(0);
  });

  it('a listener that stops in the middle of a frame hears no more', () => {
    const video = new FakeVideo();
    let told = 0;
    const stop = watchSeenFrames(video as unknown as HTMLVideoElement, () => {
      told += 1;
      stop();
    });
    video.show(1, 1);
    video.show(2, 2);
    expect(told).toBe(1);
  });

  it('where the browser tells of no frames, each turn of the screen is one without a name', () => {
    let turn: FrameRequestCallback | undefined;
    vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => ((turn = callback), 1));
    vi.stubGlobal('cancelAnimationFrame', () => (turn = undefined));
    const seen: SeenFrame[] = [];
    const stop = watchSeenFrames({} as HTMLVideoElement, (frame) => seen.push(frame));
    turn?.(16);
    turn?.(33);
    stop();
    expect(turn).toBeUndefined();
    expect(seen).toEqual([
      { name: undefined, atMs: 16 },
      { name: undefined, atMs: 33 },
    ]);
  });
});
