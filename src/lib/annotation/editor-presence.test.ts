import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { StrokeSender, parseStrokeDatagram } from '#domain/annotation/live.ts';
import { EditorPresence } from './editor-presence.ts';

function person(id: string) {
  const awareness = new Awareness(new Y.Doc());
  return { awareness, presence: new EditorPresence(awareness, id) };
}

/** Tells `to` what `from` is like now. */
function tell(from: Awareness, to: Awareness): void {
  applyAwarenessUpdate(to, encodeAwarenessUpdate(from, [from.clientID]), 'network');
}

const points = [
  { x: 0.1, y: 0.1 },
  { x: 0.2, y: 0.3 },
];
const head = { strokeId: 3, tool: 'pen', width: 'thin', form: 'append' } as const;

describe('who is at the picture', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('F51 others, their cursors and their strokes in the making are seen', () => {
    const erika = person('erika');
    const otto = person('otto');
    const seen: [string, number | undefined][] = [];
    erika.presence.onStroke((authorId, bytes) =>
      seen.push([authorId, parseStrokeDatagram(bytes)?.points.length]),
    );
    tell(otto.awareness, erika.awareness);
    expect(erika.presence.present()).toEqual(['otto']);
    otto.presence.tellCursor({ x: 0.5, y: 0.25 });
    for (const datagram of new StrokeSender(head).next(points)) otto.presence.tellStroke(datagram);
    vi.advanceTimersByTime(100);
    tell(otto.awareness, erika.awareness);
    expect(erika.presence.cursors()).toMatchObject([{ authorId: 'otto' }]);
    expect(erika.presence.cursors()[0]?.at.x).toBeCloseTo(0.5, 3);
    expect(seen).toEqual([['otto', 2]]);
    tell(otto.awareness, erika.awareness);
    expect(seen).toHaveLength(1);
    otto.presence.tellCursor(null);
    vi.advanceTimersByTime(100);
    tell(otto.awareness, erika.awareness);
    expect(erika.presence.cursors()).toEqual([]);
  });

  test('who comes later does not see strokes of before', () => {
    const otto = person('otto');
    for (const datagram of new StrokeSender(head).next(points)) otto.presence.tellStroke(datagram);
    vi.advanceTimersByTime(100);
    const late = person('late');
    const seen: string[] = [];
    late.presence.onStroke((authorId) => seen.push(authorId));
    tell(otto.awareness, late.awareness);
    expect(seen).toEqual([]);
  });

  test('it is told at most 16 times a second, and the newest is never left out', () => {
    const otto = person('otto');
    let told = 0;
    otto.awareness.on('change', () => (told += 1));
    for (let i = 0; i <= 100; i += 1) {
      otto.presence.tellCursor({ x: i / 100, y: 0.5 });
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(100);
    expect(told).toBeLessThanOrEqual(18);
    expect(otto.awareness.getLocalState()).toMatchObject({ cursor: [1, expect.closeTo(0.5, 3) as number] });
  });

  test('T32 states of a wrong shape are left out', () => {
    const erika = person('erika');
    const bad: unknown[] = [
      { user: { id: 'a' }, cursor: [7, 0] },
      { user: 'a' },
      { cursor: [0, 0] },
      { user: { id: 'b' }, strokes: { n: 1, d: ['xyz', '1'] } },
      { user: { id: 'c' }, strokes: 'all' },
    ];
    erika.presence.onStroke(() => expect.unreachable());
    for (const state of bad) {
      const other = new Awareness(new Y.Doc());
      other.setLocalState({ user: { id: 'b' } });
      tell(other, erika.awareness);
      other.setLocalState(state as Record<string, unknown>);
      tell(other, erika.awareness);
      other.destroy();
    }
    expect(erika.presence.cursors()).toEqual([]);
    expect(erika.presence.present()).toEqual(['b']);
  });
});
