import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Mark } from '#domain/annotation/marks.ts';
import { parseMark } from '#domain/annotation/packing.ts';
import type { TextRequest } from './mark-gestures.ts';
import { MarksLayer } from './marks-layer.ts';

/** As much of a canvas as the layer needs: 640 × 360, at 100, 50 of the page. */
class FakeCanvas extends EventTarget {
  clientWidth = 640;
  clientHeight = 360;
  tabIndex = -1;
  readonly dataset: Record<string, string> = {};
  readonly style: Record<string, string> = {};
  /** Nothing is painted here: what is shown is told by the layer itself. */
  readonly getContext = (): null => null;
  readonly ownerDocument = {
    defaultView: {
      requestAnimationFrame: () => 1,
      cancelAnimationFrame: () => undefined,
      devicePixelRatio: 2,
    },
  };
  setPointerCapture(): void {}
  focus(): void {}
  removeAttribute(): void {
    this.tabIndex = -1;
  }
  getBoundingClientRect(): { left: number; top: number; width: number; height: number } {
    return { left: 100, top: 50, width: 640, height: 360 };
  }

  /** A pointer event at a share of the picture. */
  point(type: string, x: number, y: number, more: object = {}): void {
    const event = new Event(type, { cancelable: true });
    const place = { clientX: 100 + x * 640, clientY: 50 + y * 360 };
    this.dispatchEvent(Object.assign(event, { pointerId: 1, isPrimary: true, button: 0, ...place, ...more }));
  }

  key(key: string, repeat = false): void {
    this.dispatchEvent(Object.assign(new Event('keydown', { cancelable: true }), { key, repeat }));
  }
}

function setUp(options: { lifetimeMs?: number | null; mirrored?: boolean } = {}) {
  const canvas = new FakeCanvas();
  const layer = new MarksLayer({
    canvas: canvas as unknown as HTMLCanvasElement,
    selfId: 'erika',
    authors: () => ({ name: 'Erika', colour: '#fff' }),
    lifetimeMs: options.lifetimeMs === undefined ? 5000 : options.lifetimeMs,
  });
  const mirrored = options.mirrored ?? false;
  layer.setGeometry({ pictureWidth: 1280, pictureHeight: 720, fit: 'contain', mirrored });
  const finished: Mark[] = [];
  const live: Uint8Array[] = [];
  const removed: Mark[] = [];
  layer.on('finished', (mark, packed) => {
    finished.push(mark);
    expect(parseMark(packed)?.points).toHaveLength(mark.points.length);
  });
  layer.on('live', (datagram) => live.push(datagram));
  layer.on('removed', (marks) => removed.push(...marks));
  return { canvas, layer, finished, live, removed };
}

function drag(canvas: FakeCanvas, from: [number, number], to: [number, number]): void {
  canvas.point('pointerdown', ...from);
  for (let i = 1; i <= 5; i += 1) {
    vi.advanceTimersByTime(16);
    const share = i / 5;
    canvas.point('pointermove', from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share);
  }
  canvas.point('pointerup', ...to);
}

describe('marks over a picture', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe(): void {}
        disconnect(): void {}
      },
    );
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('F55 F56 drawn here, seen there while it is drawn, gone on both sides after its time', () => {
    const { canvas, layer, live } = setUp();
    const there = setUp({ mirrored: true });
    layer.on('live', (datagram) => there.layer.receive('erika-elsewhere', datagram));
    layer.setTool('pen');
    canvas.point('pointerdown', 0.2, 0.2);
    vi.advanceTimersByTime(40);
    canvas.point('pointermove', 0.4, 0.4);
    expect(there.canvas.dataset).toMatchObject({ marksShown: '1', marksLive: '1' });
    canvas.point('pointerup', 0.5, 0.5);
    expect(canvas.dataset).toMatchObject({ marksShown: '1', marksLive: '0' });
    const last = there.layer.currentMarks()[0]?.mark.points.at(-1);
    expect(last?.x).toBeCloseTo(0.5, 3);
    expect(last?.y).toBeCloseTo(0.5, 3);
    vi.advanceTimersByTime(4900);
    expect(canvas.dataset.marksShown).toBe('1');
    vi.advanceTimersByTime(400);
    expect(canvas.dataset.marksShown).toBe('0');
    expect(there.canvas.dataset.marksShown).toBe('0');
    expect(live.length).toBeGreaterThan(3);
  });

  test('C20 in a mirrored view the mark lies where the hand was, un-mirrored in what is kept', () => {
    const { canvas, layer, finished } = setUp({ mirrored: true });
    layer.setTool('arrow');
    drag(canvas, [0.25, 0.5], [0.75, 0.5]);
    expect(finished[0]?.points.map(({ x }) => Number(x.toFixed(6)))).toEqual([0.75, 0.25]);
  });

  const finger = { pointerType: 'touch' };
  const otherFinger = { pointerType: 'touch', pointerId: 2, isPrimary: false };
  const pen = { pointerType: 'pen', pointerId: 9 };

  test('F55 two fingers that spread leave nothing; a finger that comes later changes nothing', () => {
    const { canvas, layer, finished } = setUp();
    layer.setTool('rectangle');
    canvas.point('pointerdown', 0.4, 0.4, finger);
    canvas.point('pointermove', 0.38, 0.38, finger);
    vi.advanceTimersByTime(100);
    canvas.point('pointerdown', 0.6, 0.6, otherFinger);
    canvas.point('pointermove', 0.2, 0.2, finger);
    canvas.point('pointermove', 0.8, 0.8, otherFinger);
    canvas.point('pointerup', 0.2, 0.2, finger);
    canvas.point('pointerup', 0.8, 0.8, otherFinger);
    expect(finished).toEqual([]);
    expect(canvas.dataset.marksShown).toBe('0');

    canvas.point('pointerdown', 0.2, 0.2, finger);
    vi.advanceTimersByTime(1_000);
    canvas.point('pointerdown', 0.8, 0.8, otherFinger);
    canvas.point('pointerup', 0.8, 0.8, otherFinger);
    canvas.point('pointermove', 0.4, 0.4, finger);
    canvas.point('pointerup', 0.4, 0.4, finger);
    expect(finished).toHaveLength(1);
    expect(finished[0]?.points[0]).toMatchObject({ x: expect.closeTo(0.2, 3) });
  });

  test('F55 a palm lies before the pen: the pen draws, and no dot of the palm stays', () => {
    const { canvas, layer, finished } = setUp();
    layer.setTool('pen');
    canvas.point('pointerdown', 0.9, 0.9, finger);
    vi.advanceTimersByTime(2_000);
    canvas.point('pointerdown', 0.2, 0.2, pen);
    canvas.point('pointermove', 0.91, 0.91, finger);
    canvas.point('pointermove', 0.4, 0.4, pen);
    canvas.point('pointerup', 0.5, 0.5, pen);
    canvas.point('pointerup', 0.91, 0.91, finger);
    // It is put down again between two letters.
    vi.advanceTimersByTime(200);
    canvas.point('pointerdown', 0.9, 0.9, finger);
    canvas.point('pointerup', 0.9, 0.9, finger);
    expect(finished.map(({ points }) => [points[0]?.x, points.at(-1)?.x])).toEqual([
      [expect.closeTo(0.2, 3), expect.closeTo(0.5, 3)],
    ]);
    vi.advanceTimersByTime(600);
    drag(canvas, [0.1, 0.1], [0.3, 0.3]);
    expect(finished).toHaveLength(2);
  });

  test('F55 a pointer that the system takes away: what was drawn is kept, a dot is not made', () => {
    const { canvas, layer, finished } = setUp();
    layer.setTool('pen');
    canvas.point('pointerdown', 0.2, 0.2, finger);
    canvas.point('pointermove', 0.4, 0.4, finger);
    canvas.point('pointercancel', 0, 0, finger);
    expect(finished).toHaveLength(1);
    expect(finished[0]?.points.at(-1)).toMatchObject({
      x: expect.closeTo(0.4, 3),
      y: expect.closeTo(0.4, 3),
    });
    canvas.point('pointerdown', 0.7, 0.7, finger);
    canvas.point('pointercancel', 0, 0, finger);
    expect(finished).toHaveLength(1);
    layer.setTool('text');
    canvas.point('pointerdown', 0.2, 0.2, finger);
    canvas.point('pointermove', 0.4, 0.4, finger);
    canvas.point('pointercancel', 0, 0, finger);
    expect(finished).toHaveLength(1);
  });

  test('SC 2.5.7 a tap is enough; with two taps each end has its own', () => {
    const { canvas, layer, finished } = setUp();
    layer.setTool('arrow');
    canvas.point('pointerdown', 0.5, 0.5);
    canvas.point('pointerup', 0.502, 0.501);
    expect(finished[0]?.points[1]).toEqual({ x: 0.5, y: 0.5 });
    layer.setPlacing('twoTaps');
    canvas.point('pointerdown', 0.1, 0.1);
    canvas.point('pointerup', 0.1, 0.1);
    expect(finished).toHaveLength(1);
    canvas.point('pointerdown', 0.8, 0.6);
    canvas.point('pointerup', 0.8, 0.6);
    expect(finished[1]?.points).toEqual([
      { x: expect.closeTo(0.1, 5) as number, y: expect.closeTo(0.1, 5) as number },
      { x: expect.closeTo(0.8, 5) as number, y: expect.closeTo(0.6, 5) as number },
    ]);
  });

  test('every tool works by keyboard', () => {
    const { canvas, layer, finished } = setUp();
    layer.setTool('ellipse');
    expect(canvas.tabIndex).toBe(0);
    for (const key of ['ArrowLeft', 'Enter', 'ArrowRight', 'ArrowDown', 'Enter']) canvas.key(key);
    expect(finished[0]?.points).toEqual([
      { x: 0.48, y: 0.5 },
      { x: 0.5, y: 0.52 },
    ]);
    canvas.key('Enter');
    canvas.key('Escape');
    expect(finished).toHaveLength(1);
    expect(layer.currentMarks()).toHaveLength(1);
  });

  test('a held Enter sets one point, and does not end what it began', () => {
    const { canvas, layer, finished } = setUp();
    layer.setTool('ellipse');
    canvas.key('Enter');
    canvas.key('ArrowRight');
    for (let n = 0; n < 5; n += 1) canvas.key('Enter', true);
    expect(finished).toHaveLength(0);
    canvas.key('Enter');
    expect(finished).toHaveLength(1);
  });

  test('a text is asked for where it was tapped', () => {
    const { canvas, layer, finished } = setUp();
    const requests: TextRequest[] = [];
    layer.on('textWanted', (request) => requests.push(request));
    layer.setTool('text');
    canvas.point('pointerdown', 0.25, 0.5);
    canvas.point('pointerup', 0.25, 0.5);
    expect(requests[0]?.place).toEqual({ x: 160, y: 180 });
    requests[0]?.accept('Check this row first');
    requests[0]?.accept('twice');
    expect(finished.map(({ text }) => text)).toEqual(['Check this row first']);
    canvas.point('pointerdown', 0.25, 0.5);
    canvas.point('pointerup', 0.25, 0.5);
    requests[1]?.cancel();
    expect(finished).toHaveLength(1);
    canvas.point('pointerdown', 0.3, 0.5);
    expect(layer.undo()).toMatchObject({ complete: false });
  });

  test('undo takes back the last own mark only, and says so to everybody', () => {
    const { canvas, layer, finished, removed } = setUp();
    layer.show({ id: 'BBBBBA', tool: 'pen', authorId: 'otto', width: 'thin', points: [{ x: 0, y: 0 }] });
    layer.setTool('rectangle');
    drag(canvas, [0.1, 0.1], [0.4, 0.4]);
    drag(canvas, [0.5, 0.5], [0.9, 0.9]);
    expect(layer.undo()?.mark.id).toBe(finished[1]?.id);
    expect(layer.undo()?.mark.id).toBe(finished[0]?.id);
    expect(layer.undo()).toBeUndefined();
    expect(removed.map(({ authorId }) => authorId)).toEqual(['erika', 'erika']);
    layer.clearAll();
    expect(removed.at(-1)?.authorId).toBe('otto');
  });

  test.each(['pen', 'rectangle'])(
    'F55 %s: what was taken back comes back, here and for everybody',
    (tool) => {
      const { canvas, layer, finished } = setUp();
      const there = setUp();
      layer.on('live', (datagram) => there.layer.receive('erika-elsewhere', datagram));
      const seenThere = () => there.layer.currentMarks().map(({ mark: { id }, live }) => ({ id, live }));
      layer.setTool(tool);
      drag(canvas, [0.1, 0.1], [0.4, 0.4]);
      const [mark] = finished;
      const undone = layer.undo();
      expect(undone).toMatchObject({ mark: { id: mark?.id }, complete: true });
      expect(seenThere()).toEqual([]);
      if (undone) layer.redo(undone);
      const again = finished[1];
      expect(again).toEqual({ ...mark, id: again?.id });
      expect(again?.id).not.toBe(mark?.id);
      expect(canvas.dataset).toMatchObject({ marksShown: '1', marksLive: '0' });
      expect(seenThere()).toEqual([{ id: again?.id, live: false }]);
      layer.undo();
      expect(seenThere()).toEqual([]);
    },
  );

  test('without a tool pointers go through; after its end it is silent', () => {
    const { canvas, layer, live } = setUp();
    expect(canvas.style.pointerEvents).toBe('none');
    layer.setTool('pen');
    expect(canvas.style.pointerEvents).toBe('auto');
    layer.setTool(null);
    drag(canvas, [0.1, 0.1], [0.4, 0.4]);
    expect(live).toEqual([]);
    layer.setTool('pen');
    layer.destroy();
    drag(canvas, [0.1, 0.1], [0.4, 0.4]);
    vi.advanceTimersByTime(10_000);
    expect(live).toEqual([]);
  });
});
