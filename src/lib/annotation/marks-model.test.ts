import { describe, expect, test } from 'vitest';
import { StrokeSender, cancelDatagram, strokeMarkId } from '#domain/annotation/live.ts';
import type { Mark, Point } from '#domain/annotation/marks.ts';
import { MarksModel, maxRemotePointsPerSecond, staleMs } from './marks-model.ts';

const head = { strokeId: 7, tool: 'pen', width: 'medium', form: 'append' } as const;
const id = strokeMarkId(7);
const line = (count: number): Point[] =>
  Array.from({ length: count }, (_, i) => ({ x: 0.1 + i / 4000, y: 0.5 }));
const finished = (points: Point[]): Mark => ({
  id,
  tool: 'pen',
  authorId: 'erika',
  width: 'medium',
  points,
});

describe('marks that are shown', () => {
  test('F55 a remote stroke is shown while it is drawn, and F56 gone after its time', () => {
    const model = new MarksModel(5000);
    const sender = new StrokeSender(head);
    for (const bytes of sender.next(line(2))) expect(model.receive('erika', bytes, 0)).toBe(true);
    expect(model.shown(10)).toMatchObject([{ live: true, opacity: 1, mark: { id, authorId: 'erika' } }]);
    for (const bytes of sender.next(line(5), { end: true })) model.receive('erika', bytes, 100);
    expect(model.shown(100)).toMatchObject([{ live: false, opacity: 1 }]);
    expect(model.shown(100)[0]?.mark.points).toHaveLength(5);
    expect(model.shown(4800)[0]?.opacity).toBeCloseTo(0.5);
    expect(model.shown(5100)).toEqual([]);
  });

  test('F56 the finished stroke from the document keeps the time of the live one, and does not come back', () => {
    const model = new MarksModel(5000);
    const sender = new StrokeSender(head);
    for (const bytes of sender.next(line(5), { end: true })) model.receive('erika', bytes, 0);
    model.add(finished(line(5)), 3000);
    expect(model.shown(4999)).toHaveLength(1);
    expect(model.shown(5000)).toEqual([]);
    model.add(finished(line(5)), 6000);
    for (const bytes of sender.next(line(5), { end: true })) model.receive('erika', bytes, 6000);
    expect(model.shown(6000)).toEqual([]);
  });

  test('a stroke whose every datagram was lost is shown when the document brings it', () => {
    const model = new MarksModel(5000);
    model.add(finished(line(5)), 0);
    expect(model.shown(10)).toMatchObject([{ live: false }]);
  });

  test('a stroke whose end was lost ends by itself', () => {
    const model = new MarksModel(5000);
    for (const bytes of new StrokeSender(head).next(line(5))) model.receive('erika', bytes, 0);
    expect(model.nextChangeInMs(0)).toBe(staleMs);
    expect(model.shown(staleMs)).toMatchObject([{ live: false }]);
    expect(model.shown(5000)).toEqual([]);
  });

  test('a stroke that was taken back is gone, and late datagrams do not bring it back', () => {
    const model = new MarksModel(5000);
    const sender = new StrokeSender(head);
    const late = sender.next(line(2));
    for (const bytes of sender.next(line(4))) model.receive('erika', bytes, 0);
    model.receive('erika', cancelDatagram(finished(line(4))) ?? new Uint8Array(), 10);
    for (const bytes of late) model.receive('erika', bytes, 20);
    expect(model.shown(20)).toEqual([]);
  });

  test('whose stroke it is comes from the link: nobody touches the stroke of another', () => {
    const model = new MarksModel(5000);
    for (const bytes of new StrokeSender(head).next(line(4))) model.receive('erika', bytes, 0);
    for (const bytes of new StrokeSender(head).next(line(2))) model.receive('mallory', bytes, 10);
    const shown = (): unknown => model.shown(20).map(({ mark }) => [mark.authorId, mark.points.length]);
    expect(shown()).toEqual([
      ['erika', 4],
      ['mallory', 2],
    ]);
    model.receive('mallory', cancelDatagram(finished(line(4))) ?? new Uint8Array(), 15);
    expect(shown()).toEqual([['erika', 4]]);
  });

  test('F113 T28 a flood of 10,000 strokes a second is held to 120 points a second', () => {
    const model = new MarksModel(5000);
    for (let i = 0; i < 10_000; i += 1) {
      const sender = new StrokeSender({ ...head, strokeId: i });
      for (const bytes of sender.next(line(1), { end: true })) model.receive('mallory', bytes, i / 10);
    }
    expect(model.shown(1000).length).toBeLessThanOrEqual(2 * maxRemotePointsPerSecond);
    for (const bytes of new StrokeSender(head).next(line(2))) model.receive('erika', bytes, 1000);
    expect(model.shown(1000).some(({ mark }) => mark.authorId === 'erika')).toBe(true);
  });

  test('an honest hand at 100 points a second is never held up', () => {
    const model = new MarksModel(null);
    const sender = new StrokeSender(head);
    for (let i = 1; i <= 600; i += 1) {
      for (const bytes of sender.next(line(i))) model.receive('erika', bytes, i * 10);
      expect(model.shown(i * 10)[0]?.mark.points).toHaveLength(i);
    }
  });

  test('where marks stay, exactly the given ones are shown, beside those being drawn', () => {
    const model = new MarksModel(null);
    for (const bytes of new StrokeSender({ ...head, strokeId: 8 }).next(line(2))) {
      model.receive('erika', bytes, 0);
    }
    model.setAll([finished(line(3))], 0);
    expect(model.shown(100).map(({ live }) => live)).toEqual([false, true]);
    expect(model.shown(1e9).map(({ live }) => live)).toEqual([false]);
    model.setAll([], 2e9);
    expect(model.shown(2e9)).toEqual([]);
  });
});
