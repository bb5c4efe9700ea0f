import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DetectorFrame } from '../element-detector.ts';
import type { DetectorReply, DetectorRequest } from './messages.ts';
import {
  minIntervalMs,
  openWorkerDetector,
  stuckAfterMs,
  type DetectorWorkerPort,
} from './worker-detector.ts';

const modelsUrl = 'http://installation.test/models/';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const closed = new Set<unknown>();
const isClosed = (frame: DetectorFrame): boolean => closed.has(frame);

function makeFrame(): DetectorFrame {
  const frame = { close: () => void closed.add(frame) } as unknown as DetectorFrame;
  return frame;
}

/** A worker that answers when it is told to. */
class HeldWorker implements DetectorWorkerPort {
  readonly asked: DetectorRequest[] = [];
  terminated = false;
  #message: ((event: MessageEvent<DetectorReply>) => void) | undefined;
  #error: (() => void) | undefined;

  postMessage(message: DetectorRequest): void {
    if (message.kind === 'detect' && isClosed(message.frame))
      throw new DOMException('detached', 'DataCloneError');
    this.asked.push(message);
  }

  addEventListener(
    ...[type, listener]:
      | [type: 'message', listener: (event: MessageEvent<DetectorReply>) => void]
      | [type: 'error', listener: () => void]
  ): void {
    if (type === 'message') this.#message = listener;
    else this.#error = listener;
  }

  terminate(): void {
    this.terminated = true;
  }

  reply(data: DetectorReply): void {
    this.#message?.({ data } as MessageEvent<DetectorReply>);
  }

  answer(): void {
    const last = this.asked.findLast((one) => one.kind === 'detect');
    if (last) this.reply({ kind: 'detected', call: last.call, outcome: { ok: true, elements: [] } });
  }

  die(): void {
    this.#error?.();
  }

  get looks(): number {
    return this.asked.filter(({ kind }) => kind === 'detect').length;
  }
}

async function open(worker = new HeldWorker()) {
  const opening = openWorkerDetector(worker, { modelsUrl });
  worker.reply({ kind: 'opened', outcome: { ok: true } });
  const opened = await opening;
  if (!opened.ok) throw new Error(opened.reason);
  return { worker, detector: opened.detector };
}

describe('the detector in its worker', () => {
  test.each(['model-missing', 'model-wrong-hash', 'unsupported'] as const)(
    'T51 %s: refused, and the worker ends',
    async (reason) => {
      const worker = new HeldWorker();
      const opening = openWorkerDetector(worker, { modelsUrl });
      worker.reply({ kind: 'opened', outcome: { ok: false, reason } });
      expect(await opening).toEqual({ ok: false, reason });
      expect(worker.terminated).toBe(true);
    },
  );

  test('C10 one frame in the worker, the newest waits for its turn, those between are closed', async () => {
    const { worker, detector } = await open();
    const frames = [1, 2, 3].map(makeFrame);
    const outcomes = frames.map((frame) => detector.detect(frame));
    expect(await outcomes[1]).toEqual({ ok: false, reason: 'replaced' });
    expect(frames.map(isClosed)).toEqual([false, true, false]);
    worker.answer();
    expect(await outcomes[0]).toEqual({ ok: true, elements: [] });
    expect(worker.looks).toBe(1);
    vi.advanceTimersByTime(minIntervalMs - 1);
    expect(worker.looks).toBe(1);
    vi.advanceTimersByTime(1);
    expect(worker.looks).toBe(2);
    worker.answer();
    expect(await outcomes[2]).toMatchObject({ ok: true });
  });

  test('C10 a slow worker gets the next frame only when it is done', async () => {
    const { worker, detector } = await open();
    void detector.detect(makeFrame());
    const second = detector.detect(makeFrame());
    vi.advanceTimersByTime(minIntervalMs * 5);
    expect(worker.looks).toBe(1);
    worker.answer();
    expect(worker.looks).toBe(2);
    worker.answer();
    expect(await second).toMatchObject({ ok: true });
  });

  test('T5 a frame that was closed is refused, the next one is looked at', async () => {
    const { worker, detector } = await open();
    const frame = makeFrame();
    frame.close();
    expect(await detector.detect(frame)).toEqual({ ok: false, reason: 'frame-unusable' });
    void detector.detect(makeFrame());
    expect(worker.looks).toBe(1);
  });

  test.each([
    ['the worker dies', (worker: HeldWorker) => worker.die()],
    ['a frame never comes back', () => void vi.advanceTimersByTime(stuckAfterMs)],
  ])('F113 %s: everything is refused, nothing is kept', async (_what, fail) => {
    const { worker, detector } = await open();
    const frames = [1, 2, 3].map(makeFrame);
    const outcomes = frames.slice(0, 2).map((frame) => detector.detect(frame));
    fail(worker);
    outcomes.push(detector.detect(frames[2] ?? makeFrame()));
    const stopped = { ok: false, reason: 'stopped' };
    expect(await Promise.all(outcomes)).toEqual([stopped, stopped, stopped]);
    expect(frames.slice(1).map(isClosed)).toEqual([true, true]);
    expect(worker.terminated).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
