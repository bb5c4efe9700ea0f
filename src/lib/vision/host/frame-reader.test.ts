import { describe, expect, test } from 'vitest';
import { FrameReader, type ReadFrame } from './frame-reader.ts';
import type { PackedFrame } from './packed-frame.ts';
import type { LookRequest, ReadNote, VisionReply } from './vision-messages.ts';

const packed = (timestampMs: number): PackedFrame => ({
  width: 2,
  height: 1,
  timestampMs,
  gray: new Uint8Array(2),
  chroma: undefined,
  fullRange: true,
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A reader of frames that are numbers: their times. Reading waits for `finish` where the test says so. */
function stage({ slowly = false, readable = true } = {}) {
  const replies: VisionReply[] = [];
  const asked: LookRequest[] = [];
  const discarded: number[] = [];
  const reading: (() => void)[] = [];
  const reader = new FrameReader<number>({
    post: (reply) => replies.push(reply),
    ask: (request) => asked.push(request),
    read: async (timeMs, name): Promise<ReadFrame | undefined> => {
      if (slowly) await new Promise<void>((resolve) => reading.push(resolve));
      return readable ? { frame: packed(timeMs), name } : undefined;
    },
    timed: (timeMs, name) => (name === undefined ? { timeMs } : { timeMs, name }),
    discard: (timeMs) => discarded.push(timeMs),
    wallMs: () => 7,
    breathe: turn,
  });
  return {
    reader,
    replies,
    asked,
    discarded,
    give: (timeMs: number, name?: number) => reader.handle({ kind: 'frame', frame: timeMs, name }),
    /** The oldest frame that is being read has been. */
    finish: async () => {
      await turn();
      reading.shift()?.();
      for (let i = 0; i < 4; i += 1) await turn();
    },
    settled: async () => {
      for (let i = 0; i < 4; i += 1) await turn();
    },
    taken: () => asked.flatMap((one) => (one.kind === 'take' ? one.frame.timestampMs : [])),
    notes: (): ReadNote[] => replies.flatMap((one) => (one.kind === 'reads' ? one.reads : [])),
    sources: () => replies.flatMap((one) => (one.kind === 'source' ? one.running : [])),
  };
}

const wants = { frames: false, motion: false };

describe('reader of frames', () => {
  test('B20 for their times alone: every frame is told with its name, some are kept, and nothing is read before or after', async () => {
    const { reader, give, settled, taken, notes, discarded, sources } = stage();
    reader.handle({ kind: 'want', wants: { ...wants, clock: true } });
    const times = Array.from({ length: 12 }, (_, i) => 1_000 + 33 * i);
    for (const [i, time] of times.entries()) give(time, 90 * i);
    await settled();
    expect(notes()).toEqual(times.map((timeMs, i) => ({ timeMs, readAtMs: 7, name: 90 * i })));
    expect(taken()).toEqual([1_000, 1_099, 1_198, 1_297]);
    expect([...taken(), ...discarded].toSorted((a, b) => a - b)).toEqual(times);
    reader.handle({ kind: 'want', wants });
    expect(sources()).toEqual([true, false]);
  });

  test('B20 as soon as all are needed, all are kept', async () => {
    const { reader, give, settled, taken } = stage();
    reader.handle({ kind: 'want', wants: { ...wants, clock: true } });
    reader.looked({ kind: 'active', active: true });
    for (let i = 0; i < 5; i += 1) give(33 * i);
    await settled();
    expect(taken()).toEqual([0, 33, 66, 99, 132]);
  });

  test('B20 what is asked for stands behind the frames that came before it, and only behind those', async () => {
    const { reader, give, finish, asked } = stage({ slowly: true });
    reader.looked({ kind: 'active', active: true });
    const kinds = () => asked.map(({ kind }) => kind);
    give(1);
    give(2);
    reader.handle({ kind: 'hold', timeMs: 2 });
    give(3);
    reader.handle({ kind: 'pose', call: 1, timeMs: 3 });
    await finish();
    expect(kinds()).toEqual(['take']);
    await finish();
    expect(kinds()).toEqual(['take', 'take', 'hold']);
    await finish();
    expect(kinds()).toEqual(['take', 'take', 'hold', 'take', 'pose']);
    reader.handle({ kind: 'unfollow', id: 1 });
    expect(kinds().at(-1)).toBe('unfollow');
  });

  test('T5 whoever looks is never buried in frames: further ones are told, and passed over', async () => {
    const { reader, give, settled, taken, notes } = stage();
    reader.looked({ kind: 'active', active: true });
    for (let i = 0; i < 200; i += 1) give(33 * i);
    await settled();
    expect([notes().length, taken().length]).toEqual([200, 75]);
    for (let i = 0; i < 10; i += 1) reader.looked({ kind: 'let-in' });
    for (let i = 200; i < 300; i += 1) give(33 * i);
    await settled();
    expect(taken()).toHaveLength(85);
  });

  test('F98 a frame that was being read when another camera came is nowhere', async () => {
    const { reader, give, finish, taken, notes, asked } = stage({ slowly: true });
    reader.looked({ kind: 'active', active: true });
    give(5_000);
    reader.handle({ kind: 'new-track' });
    await finish();
    expect([taken(), notes(), asked.map(({ kind }) => kind)]).toEqual([[], [], ['new-track']]);
  });

  test('T51 frames that cannot be read at all: it says once that it does nothing more', async () => {
    const { reader, give, settled, replies } = stage({ readable: false });
    reader.looked({ kind: 'active', active: true });
    for (let i = 0; i < 40; i += 1) give(33 * i);
    await settled();
    reader.looked({ kind: 'failed' });
    expect(replies.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
  });
});
