import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeAddressedStroke } from '#domain/annotation/addressed-stroke.ts';
import { StrokeSender } from '#domain/annotation/live.ts';
import type { Mark } from '#domain/annotation/marks.ts';
import { liveKinds } from '#domain/protocol/live-kinds.ts';
import { pictureId } from '#domain/picture/picture-id.ts';
import { people } from '#harness/domain/sessions.ts';
import { FakeFeatureCall } from '#harness/fake-feature-call.ts';
import type { MarksLayer, UndoneMark } from '../../annotation/marks-layer.ts';
import { callRewind } from '../../ui/screens/call/call-shortcuts.ts';
import { DrawFeature } from './draw-feature.svelte.ts';

const tablet = people.opener.id;
const camera = pictureId(tablet);
let call: FakeFeatureCall;
let feature: DrawFeature;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  call = new FakeFeatureCall();
  feature = new DrawFeature(call);
});
afterEach(() => {
  feature.close();
  vi.useRealTimers();
});

/** A stroke of two points from the other side, on one of their pictures. */
function strokeFrom(from: string, picture = camera): void {
  const sender = new StrokeSender({ strokeId: 7, tool: 'pen', width: 'medium', form: 'append' });
  const points = [
    { x: 0.2, y: 0.2 },
    { x: 0.6, y: 0.6 },
  ];
  for (const stroke of sender.next(points, { end: true })) {
    const head = encodeAddressedStroke({ picture, frame: undefined, stroke }, call.people.order);
    if (head) call.hearLive(liveKinds.stroke, from, head);
  }
}

/** A layer that draws nothing: what the feature hears of it, and what it is asked for. */
class FakeLayer {
  readonly redone: string[] = [];
  readonly #marks: UndoneMark[] = [];
  readonly #listeners = new Map<string, (mark: Mark) => void>();

  on(event: string, listener: (mark: Mark) => void): () => void {
    this.#listeners.set(event, listener);
    return () => this.#listeners.delete(event);
  }

  draw(id: string, complete = true): void {
    const mark: Mark = { id, tool: 'pen', authorId: call.self.id, width: 'thin', points: [{ x: 0, y: 0 }] };
    this.#marks.push({ mark, anchor: undefined, complete });
    if (complete) this.#listeners.get('finished')?.(mark);
  }

  undo(): UndoneMark | undefined {
    return this.#marks.pop();
  }

  redo({ mark }: UndoneMark): void {
    this.redone.push(mark.id);
    this.draw(mark.id);
  }

  clearOwn(): void {
    this.#marks.splice(0);
  }
}

function layerOn(picture = camera): FakeLayer {
  const layer = new FakeLayer();
  feature.attach(picture, layer as unknown as MarksLayer);
  return layer;
}

describe('undo and redo', () => {
  const press = (way: 'undo' | 'redo') => callRewind(feature.offers)[way]?.();

  test('F55 marks come back one by one, the last one that was taken first', () => {
    const layer = layerOn();
    for (const id of ['one', 'two', 'three']) layer.draw(id);
    press('undo');
    press('undo');
    press('redo');
    press('redo');
    press('redo');
    expect(layer.redone).toEqual(['two', 'three']);
  });

  test('F55 after a new mark, or when all are cleared, nothing comes back', () => {
    const layer = layerOn();
    layer.draw('one');
    press('undo');
    layer.draw('two');
    press('redo');
    press('undo');
    feature.clear();
    press('redo');
    expect(layer.redone).toEqual([]);
  });

  test('F55 a stroke in the making is gone for good', () => {
    const layer = layerOn();
    layer.draw('begun', false);
    press('undo');
    press('redo');
    expect(layer.redone).toEqual([]);
  });

  test('B13 each mark comes back on its own picture', () => {
    const [first, second] = [layerOn(), layerOn(pictureId(tablet, 'screen'))];
    first.draw('on the camera');
    second.draw('on the screen');
    for (const way of ['undo', 'undo', 'redo', 'redo'] as const) press(way);
    expect([first.redone, second.redone]).toEqual([['on the camera'], ['on the screen']]);
  });
});

describe('drawing while another page is in front', () => {
  test('F55 F56 a stroke that comes while nobody looks is there on return, and goes in its own time', () => {
    strokeFrom(tablet);
    expect(feature.board(camera).shown()).toHaveLength(1);
    vi.advanceTimersByTime(60_000);
    expect(feature.board(camera).shown()).toHaveLength(0);
  });

  test('B13 a stroke on a screen is none on the camera of the same person', () => {
    strokeFrom(tablet, pictureId(tablet, 'screen'));
    expect(feature.board(camera).shown()).toHaveLength(0);
    expect(feature.board(pictureId(tablet, 'screen')).shown()).toHaveLength(1);
  });

  test('F113 Draw takes the pen, a second press lays it down, and another tool counts as drawing', () => {
    const draw = () => feature.offers.find(({ id }) => id === 'draw')!;
    draw().run();
    expect(call.hand.key).toBe('pen');
    expect(draw().on).toBe(true);
    feature.offers.find(({ id }) => id === 'arrow')!.run();
    expect(draw().on).toBe(true);
    draw().run();
    expect(call.hand.key).toBeNull();
  });
});
