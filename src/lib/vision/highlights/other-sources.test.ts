import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pictureId } from '#domain/picture/picture-id.ts';
import { encodeTracking } from '#domain/tracking/tracking-datagram.ts';
import { at, box, highlight, nameOf, object, pair, tabletCamera, TestCall } from './testing/test-call.ts';

const tabletScreen = pictureId('tablet', 'screen');
const unasked = 'x'.repeat(22);

let call: TestCall;
beforeEach(() => {
  call = new TestCall();
});
afterEach(() => call.close());

/** A highlight on the tablet's camera, seen at x = 0.5. */
async function followed() {
  const { tablet, erika } = pair(call);
  const id = await highlight(erika);
  const host = call.host('tablet');
  host.see({ timeMs: 100, objects: [object(1, 0.5)] });
  const unchanged = (): void => {
    for (const side of [tablet, erika]) {
      expect(side.highlights.map((one) => [one.id, one.pictureOf, one.state])).toEqual([
        [id, 'tablet', 'tracked'],
      ]);
      expect(side.boxOf(id)?.x).toBeCloseTo(0.5, 3);
      expect(side.visionOf(tabletCamera)).toEqual({ side: 'camera', viewer: undefined });
    }
    expect(host.followed).toHaveLength(1);
    expect(host.unfollowed).toEqual([]);
  };
  return { tablet, erika, id, host, unchanged };
}

describe('pictures of other sources than the camera', () => {
  test('P129 F59 nothing is followed on them: it is said at once, and by their side to whoever asks all the same', async () => {
    const { erika, unchanged } = await followed();
    expect(erika.visionOf(tabletScreen).side).toBe('none');
    const refused = { ok: false, reason: 'vision-unavailable' };
    expect(await erika.start(tabletScreen, box, 'Button')).toEqual(refused);
    // As a client would ask that takes it for followed.
    const heard: unknown[] = [];
    const stop = call.listen('erika', (message) => heard.push(message));
    for (const from of ['erika', 'tablet']) {
      call.say(from, 'tablet', { kind: 'watch', pictureOf: tabletScreen, on: true });
      call.say(from, 'tablet', { kind: 'start', pictureOf: tabletScreen, id: unasked, label: '', box });
    }
    stop();
    expect(heard).toEqual([
      { kind: 'refused', pictureOf: tabletScreen, id: unasked, reason: 'vision-unavailable' },
    ]);
    unchanged();
  });

  test('P129 F57 what is asked of another source of the tablet never falls on its camera', async () => {
    const { id, unchanged } = await followed();
    call.say('erika', 'tablet', { kind: 'rename', pictureOf: tabletScreen, id, label: 'Wrong' });
    call.say('erika', 'tablet', { kind: 'remove', pictureOf: tabletScreen, id });
    call.say('erika', 'tablet', { kind: 'clear', pictureOf: tabletScreen });
    call.say('erika', 'tablet', { kind: 'ready', pictureOf: tabletScreen });
    unchanged();
  });

  test("P129 F59 nobody's word counts about another source of somebody else", async () => {
    const { erika, tablet, unchanged } = await followed();
    call.join('guest', { mayTrack: true });
    const forged = [{ id: unasked, index: 9, label: 'Forged', by: 'guest' }];
    call.say('guest', 'erika', { kind: 'side', pictureOf: tabletScreen, side: 'viewer', viewer: 'guest' });
    call.say('guest', 'erika', { kind: 'side', pictureOf: tabletScreen, side: 'viewer', viewer: 'erika' });
    call.say('guest', 'erika', { kind: 'highlights', pictureOf: tabletScreen, list: forged });
    call.say('guest', 'erika', { kind: 'prepare', pictureOf: tabletScreen });
    call.say('guest', 'erika', { kind: 'side', pictureOf: 'tablet~hologram', side: 'none' });
    call.say('guest', 'tablet', { kind: 'side', pictureOf: tabletScreen, side: 'none' });
    call.say('guest', 'tablet', { kind: 'highlights', pictureOf: tabletScreen, list: forged });
    expect(erika.visionOf(tabletScreen).side).toBe('none');
    expect(tablet.visionOf(tabletScreen).side).toBe('none');
    expect([...call.hosts.keys()].filter((name) => name.endsWith('on tablet'))).toEqual(['tablet on tablet']);
    unchanged();
  });

  test('P129 a side that lets another look at its screen is told that this one cannot, and its camera stays', async () => {
    const { erika, unchanged } = await followed();
    const heard: unknown[] = [];
    const stop = call.listen('tablet', (message) => heard.push(message));
    call.say('tablet', 'erika', { kind: 'side', pictureOf: tabletScreen, side: 'viewer', viewer: 'erika' });
    call.say('tablet', 'erika', { kind: 'prepare', pictureOf: tabletScreen });
    call.say('tablet', 'erika', { kind: 'prepare', pictureOf: 'tablet~document' });
    call.say('tablet', 'erika', { kind: 'highlights', pictureOf: tabletScreen, list: [] });
    await new Promise(setImmediate);
    stop();
    expect(heard).toEqual([{ kind: 'side', pictureOf: tabletScreen, side: 'none' }]);
    expect(erika.visionOf(tabletScreen).side).toBe('none');
    await new Promise(setImmediate);
    expect(call.hosts.has('erika on tablet')).toBe(false);
    unchanged();
  });

  test('P20 P123 what a later version follows on its screen is shown there, and never on its camera', async () => {
    const { erika, unchanged, id } = await followed();
    const one = { id: unasked, index: 1, label: 'Button', by: 'tablet' };
    const order = ['tablet', 'erika'];
    const tell = (ms: number, x: number, from = 'tablet', to = 'erika'): void => {
      const objects = [{ index: 1, state: 'tracked', confidence: 1, box: at(x) }] as const;
      const frame = { picture: tabletScreen, frame: nameOf(ms), pose: undefined, objects };
      call.sendDatagram(from, to, encodeTracking(frame, order) ?? new Uint8Array());
    };
    tell(200, 0.8);
    unchanged();
    call.say('tablet', 'erika', { kind: 'side', pictureOf: tabletScreen, side: 'camera' });
    call.say('tablet', 'erika', { kind: 'highlights', pictureOf: tabletScreen, list: [one] });
    erika.seen(tabletScreen, nameOf(200));
    tell(200, 0.8);
    tell(300, 0.9);
    expect(erika.boxOf(unasked)?.x).toBeCloseTo(0.8, 3);
    expect(erika.boxOf(id)?.x).toBeCloseTo(0.5, 3);
    tell(200, 0.8, 'erika', 'tablet');
    await vi.waitFor(() =>
      expect(erika.highlights.map((each) => each.pictureOf)).toEqual(['tablet', tabletScreen]),
    );
    call.leave('tablet');
    expect(erika.highlights).toEqual([]);
    expect(erika.visionOf(tabletScreen).side).toBe('none');
  });

  test('B20 a mark on the tablet’s screen is told no frame of its camera, and stays where it is', async () => {
    const { tablet, erika } = await followed();
    erika.seen(tabletCamera, nameOf(100));
    expect(erika.anchorNow(tabletScreen)).toBeUndefined();
    const anchor = tablet.anchorFrom('erika', tabletScreen, nameOf(100));
    expect(anchor).toMatchObject({ picture: tabletScreen, atMs: undefined });
    expect(anchor && tablet.motionSince(anchor)).toBeUndefined();
    expect(tablet.frameNameFor('erika', { picture: tabletScreen, atMs: 100 })).toBeUndefined();
  });
});
