import { describe, expect, test } from 'vitest';
import type { VisionFrame } from '../object-tracker.ts';
import type { TrackerReply, TrackerRequest } from './messages.ts';
import { openWorkerTracker, type WorkerPort } from './worker-tracker.ts';

const frame = (timestampMs: number): VisionFrame => ({
  width: 16,
  height: 16,
  data: new Uint8Array(256),
  timestampMs,
});
const box = { x: 2, y: 2, width: 8, height: 8 };

/** A worker that answers when it is told to. */
class HeldWorker implements WorkerPort {
  readonly asked: TrackerRequest[] = [];
  terminated = false;
  #message: ((event: MessageEvent<TrackerReply>) => void) | undefined;
  #error: (() => void) | undefined;

  postMessage(message: TrackerRequest): void {
    this.asked.push(message);
    if (message.kind === 'open') this.reply({ kind: 'opened', model: { ok: false, reason: 'missing' } });
  }

  addEventListener(
    ...[type, listener]:
      | [type: 'message', listener: (event: MessageEvent<TrackerReply>) => void]
      | [type: 'error', listener: () => void]
  ): void {
    if (type === 'message') this.#message = listener;
    else this.#error = listener;
  }

  terminate(): void {
    this.terminated = true;
  }

  reply(data: TrackerReply): void {
    this.#message?.({ data } as MessageEvent<TrackerReply>);
  }

  die(): void {
    this.#error?.();
  }

  /** Frames it was sent. */
  get frames(): readonly number[] {
    return this.asked.flatMap((one) => (one.kind === 'update' ? [one.frame.timestampMs] : []));
  }

  answer(): void {
    const last = this.asked.findLast((one) => one.kind === 'update');
    if (last?.kind === 'update') this.reply({ kind: 'updated', call: last.call, objects: [], workMs: 5 });
  }
}

async function open(worker: HeldWorker, signal?: AbortSignal) {
  const opened = await openWorkerTracker(worker, signal ? { signal } : {});
  if (!opened.ok) throw new Error(opened.reason);
  return opened;
}

describe('the tracker in its worker', () => {
  test('T51 a model that does not load is said, and the tracker works without', async () => {
    const opened = await open(new HeldWorker());
    expect(opened.model).toEqual({ ok: false, reason: 'missing' });
  });

  test('F57 one frame is worked on, the newest waits, those between are dropped', async () => {
    const worker = new HeldWorker();
    const { tracker } = await open(worker);
    const outcomes = [1, 2, 3].map((ms) => tracker.update(frame(ms)));
    expect(worker.frames).toEqual([1]);
    expect(await outcomes[1]).toEqual({ ok: false, reason: 'replaced' });
    worker.answer();
    expect(await outcomes[0]).toEqual({ ok: true, frame: { timestampMs: 1, objects: [] } });
    expect(worker.frames).toEqual([1, 3]);
    worker.answer();
    expect(await outcomes[2]).toMatchObject({ ok: true, frame: { timestampMs: 3 } });
  });

  test.each(['abort', 'death', 'dispose'] as const)('%s ends everything that waits', async (way) => {
    const worker = new HeldWorker();
    const end = new AbortController();
    const { tracker } = await open(worker, end.signal);
    const waiting = [tracker.start(frame(1), box), tracker.update(frame(2)), tracker.update(frame(3))];
    if (way === 'abort') end.abort();
    else if (way === 'death') worker.die();
    else tracker.dispose();
    for (const one of waiting) expect(await one).toEqual({ ok: false, reason: 'stopped' });
    expect(await tracker.update(frame(4))).toEqual({ ok: false, reason: 'stopped' });
    expect(worker.terminated).toBe(true);
  });

  test('a signal that was given before: nothing is opened', async () => {
    const worker = new HeldWorker();
    const opened = await openWorkerTracker(worker, { signal: AbortSignal.abort() });
    expect(opened).toEqual({ ok: false, reason: 'stopped' });
    expect(worker.asked).toEqual([]);
  });
});
