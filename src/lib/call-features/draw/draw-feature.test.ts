import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeAddressedStroke } from '#domain/annotation/addressed-stroke.ts';
import { StrokeSender } from '#domain/annotation/live.ts';
import { liveKinds } from '#domain/protocol/live-kinds.ts';
import { pictureId } from '#domain/picture/picture-id.ts';
import { people } from '#harness/domain/sessions.ts';
import { FakeFeatureCall } from '#harness/fake-feature-call.ts';
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
