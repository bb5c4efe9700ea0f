import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { patienceMs } from '#harness/patience.ts';
import { pictureId } from '#domain/picture/picture-id.ts';
import { at, box, highlight, nameOf, object, pair, tabletCamera, TestCall } from './testing/test-call.ts';

let call: TestCall;
beforeEach(() => {
  call = new TestCall();
});
afterEach(() => call.close());

describe('a tablet that is too slow for some time', () => {
  /** The tablet sees these, slowly; the employee's device has the frame, too, once it reads frames. */
  function step(ms: number, objects: ReturnType<typeof object>[], of: string) {
    call.nowMs += 500;
    if (call.hosts.has(`erika on ${of}`)) call.host('erika', of).read(ms + 1_000, nameOf(ms));
    call.host(of).frameMs = 400;
    call.host(of).see({ timeMs: ms, objects });
    call.tell();
  }
  async function slowly(fromMs: number, toMs: number, objects: ReturnType<typeof object>[], of = 'tablet') {
    for (let ms = fromMs; ms < toMs; ms += 500) {
      step(ms, objects, of);
      // What was asked of a host is answered in a turn of its own.
      await new Promise(setImmediate);
    }
  }

  test('F57 P121 hands over, and goes on looking until the other side has every highlight', async () => {
    const { erika, tablet } = pair(call);
    const ids = [await highlight(erika), await highlight(erika, 'Bolt')];
    const host = call.host('tablet');
    await slowly(100, 3_000, [object(1, 0.5), object(2, 0.6)]);
    expect(call.hosts.has('erika on tablet')).toBe(false);
    await slowly(3_100, 3_600, [object(1, 0.5), object(2, 0.6)]);
    const taken = call.host('erika', 'tablet');
    // The one that is lost just now cannot be carried over yet.
    await slowly(3_600, 5_600, [object(1, 0.5), object(2, 0.6, 'lost')]);
    expect(taken.followed).toHaveLength(1);
    expect(erika.visionOf(tabletCamera).side).toBe('camera');
    await slowly(5_600, 6_600, [object(1, 0.5), object(2, 0.6)]);
    expect(taken.followed.map((one) => one.box.x)).toEqual([expect.closeTo(0.5), expect.closeTo(0.6)]);
    expect(taken.followed.every(({ timeMs }) => timeMs !== undefined)).toBe(true);
    expect(tablet.visionOf(tabletCamera)).toEqual({ side: 'viewer', viewer: 'erika' });
    // What the tablet knows of them is borne in mind there, at no cost.
    expect([host.disposed, host.wants]).toEqual([false, { frames: false, motion: false, follow: 'never' }]);
    taken.see({ timeMs: 7_700, name: nameOf(6_700), objects: [object(1, 0.55), object(2, 0.65)] });
    for (const side of [tablet, erika])
      expect(side.highlights.map((one) => [one.id, one.number, one.state])).toEqual([
        [ids[0], 1, 'tracked'],
        [ids[1], 2, 'tracked'],
      ]);
    call.leave('erika');
    expect(tablet.visionOf(tabletCamera).side).toBe('camera');
  });

  /** One highlight that the employee's device has taken over, and lost. */
  async function lostThere() {
    const both = pair(call);
    const id = await highlight(both.erika);
    await slowly(100, 4_100, [object(1, 0.5)]);
    const [host, taken] = [call.host('tablet'), call.host('erika', 'tablet')];
    const losing = (ms: number): void => {
      call.nowMs += 500;
      taken.read(ms + 1_000, nameOf(ms));
      taken.see({ timeMs: ms + 1_000, name: nameOf(ms), objects: [object(1, 0.5, 'lost')] });
      call.tell();
    };
    losing(4_200);
    return { ...both, id, host, taken, losing };
  }

  test('F58 what the other side loses the tablet looks for, now and then, and it is followed from there', async () => {
    const { erika, tablet, id, host, taken } = await lostThere();
    const states = () => [tablet, erika].map((side) => side.highlights[0]?.state);
    expect(states()).toEqual(['lost', 'lost']);
    expect(host.wants).toEqual({ frames: false, motion: false, follow: 'seldom' });
    host.see({ timeMs: 4_200, objects: [object(1, 0.7, 'lost')] });
    expect(taken.followed).toHaveLength(1);
    host.see({ timeMs: 4_200, objects: [object(1, 0.7)] });
    await vi.waitFor(() => expect(taken.unfollowed).toEqual([1]), { timeout: patienceMs });
    expect(taken.followed.at(-1)).toEqual({ id: 2, box: at(0.7), timeMs: 5_200 });
    expect(states()).toEqual(['lost', 'lost']);
    call.nowMs += 500;
    taken.see({ timeMs: 5_300, name: nameOf(4_300), objects: [object(2, 0.72)] });
    call.tell();
    expect(states()).toEqual(['tracked', 'tracked']);
    expect(tablet.boxOf(id)?.x).toBeCloseTo(0.72, 3);
    expect(host.wants.follow).toBe('never');
    // Nothing of what was seen by the way is told or kept as if this side had looked.
    expect(call.parts.filter(({ by }) => by === 'tablet')).toHaveLength(1);
  });

  test('F58 a spotted element is waited for until its frame has come, and not followed if it is seen meanwhile', async () => {
    const { host, taken } = await lostThere();
    host.see({ timeMs: 4_400, objects: [object(1, 0.7)] });
    await new Promise(setImmediate);
    expect(taken.followed).toHaveLength(1);
    taken.read(5_400, nameOf(4_400));
    await vi.waitFor(() => expect(taken.followed.at(-1)).toMatchObject({ id: 2, timeMs: 5_400 }), {
      timeout: patienceMs,
    });
    host.see({ timeMs: 4_600, objects: [object(1, 0.8)] });
    await new Promise(setImmediate);
    taken.see({ timeMs: 5_500, name: nameOf(4_500), objects: [object(2, 0.7)] });
    taken.read(5_600, nameOf(4_600));
    await vi.waitFor(() => expect(taken.unfollowed).toEqual([1]), { timeout: patienceMs });
    expect(taken.followed).toHaveLength(2);
  });

  test('F58 of a frame that was passed over here the one next to it counts', async () => {
    const { host, taken } = await lostThere();
    host.see({ timeMs: 4_400, objects: [object(1, 0.7)] });
    taken.read(5_340, nameOf(4_340));
    await new Promise(setImmediate);
    expect(taken.followed).toHaveLength(1);
    taken.read(5_440, nameOf(4_440));
    await vi.waitFor(() => expect(taken.followed.at(-1)).toMatchObject({ id: 2, timeMs: 5_440 }), {
      timeout: patienceMs,
    });
  });

  test('F59 T28 only the picture’s own side spots, only what is lost, and not in a flood', async () => {
    const { erika, tablet, id, taken, losing } = await lostThere();
    call.join('guest');
    const spotted = { kind: 'spotted', pictureOf: 'tablet', id, box: at(0.1), frame: nameOf(4_200) };
    call.say('guest', 'erika', spotted);
    call.say('tablet', 'erika', { ...spotted, id: 'x'.repeat(22) });
    call.say('tablet', 'erika', { ...spotted, pictureOf: 'guest' });
    call.say('erika', 'tablet', { ...spotted, pictureOf: 'erika' });
    await new Promise(setImmediate);
    expect(taken.followed).toHaveLength(1);
    taken.refuse = { ok: false, reason: 'nothing-to-follow' };
    let asked = 0;
    const follow = taken.follow.bind(taken);
    taken.follow = (...box) => {
      asked += 1;
      return follow(...box);
    };
    for (let i = 0; i < 200; i += 1) {
      call.say('tablet', 'erika', spotted);
      await new Promise(setImmediate);
    }
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(8);
    expect(erika.highlights.map((one) => one.id)).toEqual([id]);
    losing(4_300);
    expect(tablet.visionOf(tabletCamera).side).toBe('viewer');
  });

  test('F57 what was removed while another side looked is forgotten, and what is seen goes on when that one leaves', async () => {
    const { erika, tablet, id, host, taken } = await lostThere();
    const second = await highlight(erika, 'Bolt');
    taken.see({ timeMs: 5_300, name: nameOf(4_300), objects: [object(1, 0.55), object(2, 0.65)] });
    erika.rename(id, 'Inlet');
    expect(host.unfollowed).toEqual([]);
    erika.remove(second);
    const third = await highlight(erika, 'Nut');
    taken.see({ timeMs: 5_400, name: nameOf(4_400), objects: [object(1, 0.55), object(3, 0.75)] });
    call.leave('erika');
    await vi.waitFor(() => expect(host.followed).toHaveLength(3), { timeout: patienceMs });
    expect(tablet.visionOf(tabletCamera).side).toBe('camera');
    expect(host.followed.slice(1).map((one) => one.box.x)).toEqual([
      expect.closeTo(0.55, 3),
      expect.closeTo(0.75, 3),
    ]);
    expect(host.unfollowed).toEqual([1]);
    expect(host.wants.follow ?? 'always').toBe('always');
    host.see({ timeMs: 5_000, objects: [object(2, 0.56), object(3, 0.76)] });
    expect(tablet.highlights.map((one) => [one.id, one.label, one.state])).toEqual([
      [id, 'Inlet', 'tracked'],
      [third, 'Nut', 'tracked'],
    ]);
  });

  test('F57 nothing changes for anybody while the other side gets ready, or when it cannot', async () => {
    const { erika, tablet } = pair(call);
    const id = await highlight(erika);
    await slowly(100, 3_600, [object(1, 0.5)]);
    const other = call.host('erika', 'tablet');
    other.refuse = { ok: false, reason: 'nothing-to-follow' };
    other.see({ timeMs: 1, name: nameOf(3_000), objects: [] });
    await slowly(3_600, 20_000, [object(1, 0.5)]);
    for (const side of [tablet, erika]) {
      expect(side.visionOf(tabletCamera).side).toBe('camera');
      expect(side.highlights.map((one) => [one.id, one.state])).toEqual([[id, 'tracked']]);
    }
    expect(call.parts.filter(({ by }) => by === 'erika')).toEqual([]);
    // What was removed meanwhile keeps nobody waiting.
    erika.remove(id);
    await slowly(20_000, 21_000, []);
    expect(erika.visionOf(tabletCamera).side).toBe('viewer');
  });

  test('F57 it fails while the other side gets ready: what is followed goes on there at once', async () => {
    const { erika, tablet } = pair(call);
    const id = await highlight(erika);
    await slowly(100, 3_600, [object(1, 0.5)]);
    expect(tablet.visionOf(tabletCamera).side).toBe('camera');
    call.host('tablet').die();
    await vi.waitFor(() => expect(call.host('erika', 'tablet').followed).toHaveLength(1), {
      timeout: patienceMs,
    });
    expect(tablet.visionOf(tabletCamera).side).toBe('viewer');
    expect(tablet.highlights.map((one) => one.id)).toEqual([id]);
  });

  test('F57 it fails with a highlight half taken over: that one is followed once, and keeps its number', async () => {
    const { erika, tablet } = pair(call);
    const id = await highlight(erika);
    await slowly(100, 3_100, [object(1, 0.5)]);
    step(3_100, [object(1, 0.5)], 'tablet');
    await vi.waitFor(() => call.host('erika', 'tablet'), { timeout: patienceMs });
    const other = call.host('erika', 'tablet');
    const follow = other.follow.bind(other);
    let answer = (): void => undefined;
    other.follow = async (...asked) => {
      other.follow = follow;
      await new Promise<void>((resolve) => (answer = resolve));
      return follow(...asked);
    };
    await slowly(3_600, 4_100, [object(1, 0.5)]);
    call.host('tablet').die();
    await vi.waitFor(() => expect(other.followed).toHaveLength(1), { timeout: patienceMs });
    answer();
    await vi.waitFor(() => expect(other.unfollowed).toEqual([2]), { timeout: patienceMs });
    expect(tablet.highlights.map((one) => [one.id, one.number])).toEqual([[id, 1]]);
  });

  test('F57 what a participant says of the picture that they look at counts for no other picture', async () => {
    const { erika } = pair(call);
    call.join('emil', { mayTrack: true });
    const [first, second] = [
      await erika.start(pictureId('emil'), box, 'One'),
      await erika.start(pictureId('emil'), box, 'Two'),
    ];
    expect([first.ok, second.ok]).toEqual([true, true]);
    // One is lost, so that the change of sides waits with the other in hand.
    await slowly(100, 3_600, [object(1, 0.5), object(2, 0.6)], 'emil');
    await slowly(3_600, 5_600, [object(1, 0.5), object(2, 0.6, 'lost')], 'emil');
    const taken = call.host('erika', 'emil');
    expect(taken.followed).toHaveLength(1);
    call.say('tablet', 'erika', { kind: 'side', pictureOf: 'tablet', side: 'viewer', viewer: 'emil' });
    call.say('emil', 'erika', { kind: 'highlights', pictureOf: 'tablet', list: [] });
    expect(taken.unfollowed).toEqual([]);
  });

  test('F57 a viewer who is no faster does not take over, and is not asked again', async () => {
    const { erika, tablet } = pair(call);
    await highlight(erika);
    await slowly(100, 3_600, [object(1, 0.5)]);
    const taken = call.host('erika', 'tablet');
    taken.frameMs = 390;
    await slowly(3_600, 4_600, [object(1, 0.5)]);
    expect(taken.followed).toHaveLength(1);
    expect(tablet.visionOf(tabletCamera)).toEqual({ side: 'camera' });
    expect(taken.disposed).toBe(true);
    await slowly(4_600, 12_600, [object(1, 0.5)]);
    expect(call.hosts.get('erika on tablet')).toBe(taken);
    expect(erika.highlights.map(({ state }) => state)).toEqual(['tracked']);
  });

  test('F59 nobody takes over who was not asked to', async () => {
    const { erika, tablet } = pair(call);
    await highlight(erika);
    call.join('guest');
    call.say('guest', 'tablet', { kind: 'ready', pictureOf: 'tablet' });
    call.say('erika', 'tablet', { kind: 'ready', pictureOf: 'tablet' });
    expect(tablet.visionOf(tabletCamera).side).toBe('camera');
    call.say('guest', 'erika', { kind: 'prepare', pictureOf: 'tablet' });
    expect(call.hosts.has('erika on tablet')).toBe(false);
  });
});

describe('a side that cannot look, or not any more', () => {
  test('F57 what is asked for while the side changes is asked again of the side that looks now', async () => {
    const { erika, tablet } = pair(call);
    const first = await highlight(erika);
    const host = call.host('tablet');
    // The tablet's worker dies with the next request in hand.
    host.follow = () => new Promise(() => undefined);
    const asked = erika.start(tabletCamera, box, 'Bolt');
    host.die();
    await vi.waitFor(() => expect(erika.visionOf(tabletCamera).side).toBe('viewer'), { timeout: patienceMs });
    expect(await asked).toMatchObject({ ok: true });
    expect(tablet.highlights.map(({ id, label }) => [id === first, label])).toEqual([
      [true, 'Valve'],
      [false, 'Bolt'],
    ]);
  });

  test('F57 nothing leaves the list for a moment while the side changes', async () => {
    const { erika, tablet } = pair(call);
    for (let i = 0; i < 3; i += 1) await highlight(erika, `Bolt ${i}`);
    const host = call.host('tablet');
    host.see({ timeMs: 100, objects: [object(1), object(2), object(3)] });
    const counts = new Set<number>();
    for (const side of [tablet, erika]) side.subscribe(() => counts.add(side.highlights.length));
    host.die();
    await vi.waitFor(() => expect(call.host('erika', 'tablet').followed).toHaveLength(3), {
      timeout: patienceMs,
    });
    expect([...counts]).toEqual([3]);
  });

  test('F58 while something is lost, a slow tablet keeps looking: nobody else could find it again', async () => {
    const { erika } = pair(call);
    await highlight(erika);
    const host = call.host('tablet');
    host.frameMs = 400;
    for (let ms = 100; ms <= 8_000; ms += 500) {
      host.see({ timeMs: ms, objects: [object(1, 0.5, 'lost')] });
      call.nowMs += 500;
      call.tell();
    }
    expect(erika.visionOf(tabletCamera).side).toBe('camera');
  });

  test('F58 F98 what is lost when another side takes over is not forgotten, and keeps its number', async () => {
    const { erika, tablet } = pair(call);
    const ids = [await highlight(erika, ''), await highlight(erika, '')];
    erika.remove(ids[0] ?? '');
    const host = call.host('tablet');
    host.see({ timeMs: 100, objects: [object(2, 0.5, 'lost')] });
    host.die();
    await vi.waitFor(() => expect(erika.visionOf(tabletCamera).side).toBe('viewer'), { timeout: patienceMs });
    await vi.waitFor(() => expect(tablet.highlights).toHaveLength(1), { timeout: patienceMs });
    await erika.start(tabletCamera, box, 'Bolt');
    call.host('erika', 'tablet').see({ timeMs: 5, name: nameOf(200), objects: [object(1, 0.7)] });
    expect(tablet.highlights.map(({ id, state, number }) => [id === ids[1], state, number])).toEqual([
      [true, 'lost', 2],
      [false, 'tracked', 3],
    ]);
  });

  test("F57 a tablet that cannot look asks the employee's device; where that cannot either, it is said", async () => {
    call.unable.add('tablet');
    const { erika, tablet } = pair(call);
    await vi.waitFor(
      () => expect(erika.visionOf(tabletCamera)).toEqual({ side: 'viewer', viewer: 'erika' }),
      {
        timeout: patienceMs,
      },
    );
    const first = await highlight(erika);
    const host = call.host('erika', 'tablet');
    erika.remove(first);
    // Frames of a link have its names, and times of their own: a box of an older frame finds it by the name.
    host.read(4711, nameOf(60));
    host.read(4749, nameOf(100));
    erika.seen(tabletCamera, nameOf(60));
    const id = await highlight(erika);
    expect(host.followed.at(-1)).toMatchObject({ id: 2, timeMs: 4711 });
    host.see({ timeMs: 4749, name: nameOf(100), objects: [object(2, 0.5)] });
    expect(tablet.highlights.map((one) => [one.id, one.state])).toEqual([[id, 'tracked']]);
    expect(tablet.boxOf(id)?.x).toBeCloseTo(0.5, 3);
    host.die();
    await vi.waitFor(() => expect(tablet.visionOf(tabletCamera).side).toBe('none'), { timeout: patienceMs });
    expect(erika.visionOf(tabletCamera).side).toBe('none');
    expect(erika.highlights).toEqual([]);
    expect(await erika.start(tabletCamera, box, 'x')).toEqual({ ok: false, reason: 'vision-unavailable' });
  });
});
