import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { maxHighlights } from '#domain/tracking/tracking-messages.ts';
import { parsePath } from '#domain/tracking/tracked-path.ts';
import { nameOf, TestCall } from './testing/test-call.ts';

const box = { x: 0.4, y: 0.4, width: 0.1, height: 0.1 };
const at = (x: number) => ({ ...box, x });
const object = (id: number, x = 0.4, state: 'tracked' | 'lost' = 'tracked') => ({
  id,
  state,
  confidence: 0.9,
  box: at(x),
});

let call: TestCall;
beforeEach(() => {
  call = new TestCall();
});
afterEach(() => call.close());

/** A tablet and an employee who may track, some seconds into their call. */
function pair() {
  const tablet = call.join('tablet');
  const erika = call.join('erika', { mayTrack: true });
  call.nowMs = 5_000;
  call.tell();
  return { tablet, erika };
}

async function highlight(erika: ReturnType<typeof pair>['erika'], label = 'Valve') {
  const outcome = await erika.start('tablet', box, label);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.id;
}

describe('highlights of a call', () => {
  test("F57 what an employee marks on the tablet's picture is followed there and shown on both sides", async () => {
    const { tablet, erika } = pair();
    erika.seen('tablet', nameOf(100));
    const id = await highlight(erika);
    expect(call.host('tablet').followed).toEqual([{ id: 1, box, timeMs: 100 }]);
    call.host('tablet').see({ timeMs: 120, objects: [object(1, 0.5)] });
    erika.seen('tablet', nameOf(120));
    for (const side of [tablet, erika]) {
      expect(side.highlights).toEqual([
        { id, pictureOf: 'tablet', label: 'Valve', number: 1, by: 'erika', state: 'tracked' },
      ]);
      expect(side.boxOf(id)?.x).toBeCloseTo(0.5, 3);
    }
  });

  test('B20 the viewer draws each box on the frame that it sees, not on the newest one', async () => {
    const { erika } = pair();
    const id = await highlight(erika);
    // Half a second of frames, and the names wrap around among them.
    for (let ms = 200; ms <= 700; ms += 50) {
      call.host('tablet').see({ timeMs: ms, objects: [object(1, ms / 1000)] });
    }
    for (const ms of [200, 450, 500, 550]) {
      erika.seen('tablet', nameOf(ms));
      expect(erika.boxOf(id)?.x).toBeCloseTo(ms / 1000, 3);
    }
    erika.seen('tablet', nameOf(525));
    expect(erika.boxOf(id)?.x).toBeCloseTo(0.525, 3);
  });

  test('B20 a box that is drawn on a held picture names the held frame', async () => {
    const { erika } = pair();
    call.nowMs += 1;
    erika.arm('tablet', true);
    erika.seen('tablet', nameOf(300));
    erika.hold('tablet');
    await vi.waitFor(() => expect(call.host('tablet').held).toBeCloseTo(300, 6));
    erika.seen('tablet', nameOf(1900));
    await highlight(erika);
    expect(call.host('tablet').followed[0]?.timeMs).toBeCloseTo(300, 6);
    erika.release('tablet');
    expect(call.host('tablet').held).toBeUndefined();
  });

  test('B20 a frame whose name is not told from others yet is waited for; one that is gone is said to be gone', async () => {
    const { erika } = pair();
    call.namesKnown = false;
    erika.arm('tablet', true);
    erika.seen('tablet', nameOf(300));
    erika.hold('tablet');
    const starting = erika.start('tablet', box, 'Valve');
    await vi.waitFor(() => call.host('tablet'));
    expect([call.host('tablet').held, call.host('tablet').followed]).toEqual([undefined, []]);
    call.namesKnown = true;
    expect(await starting).toMatchObject({ ok: true });
    expect(call.host('tablet').held).toBeCloseTo(300, 6);
    expect(call.host('tablet').followed[0]?.timeMs).toBeCloseTo(300, 6);
    call.goneBeforeMs = 400;
    expect(await erika.start('tablet', box, 'Bolt')).toEqual({ ok: false, reason: 'frame-gone' });
    expect(call.host('tablet').followed).toHaveLength(1);
  });

  test.each([
    ['cleared', true],
    ['cleared', false],
    ['removed', true],
    ['removed', false],
  ])('F57 %s before it is followed, it never comes (names known: %s)', async (how, known) => {
    const { tablet, erika } = pair();
    call.namesKnown = known;
    erika.seen('tablet', nameOf(300));
    const starting = erika.start('tablet', box, 'Valve');
    const [wanted] = erika.highlights;
    expect(wanted).toMatchObject({ state: 'starting' });
    if (how === 'cleared') erika.clear();
    else erika.remove(wanted?.id ?? '');
    expect(erika.highlights).toEqual([]);
    expect(await starting).toEqual({ ok: true, id: wanted?.id });
    call.namesKnown = true;
    const next = await highlight(erika, 'Bolt');
    for (const side of [tablet, erika]) expect(side.highlights.map(({ id }) => id)).toEqual([next]);
    expect(call.host('tablet').followed.length - call.host('tablet').unfollowed.length).toBe(1);
  });

  test('F58 lost is shown as lost, found again as found, and each change is told once', async () => {
    const { tablet, erika } = pair();
    const id = await highlight(erika);
    let told = 0;
    erika.subscribe(() => (told += 1));
    const states = () => [tablet, erika].map((side) => side.highlights[0]?.state);
    call.host('tablet').see({ timeMs: 100, objects: [object(1)] });
    expect(states()).toEqual(['tracked', 'tracked']);
    for (const ms of [120, 140, 160])
      call.host('tablet').see({ timeMs: ms, objects: [object(1, 0.9, 'lost')] });
    expect(states()).toEqual(['lost', 'lost']);
    call.host('tablet').see({ timeMs: 180, objects: [object(1, 0.6)] });
    expect(states()).toEqual(['tracked', 'tracked']);
    expect(told).toBe(3);
    expect(erika.boxOf(id)?.x).toBeCloseTo(0.6, 3);
  });

  test('F58 when the other side falls silent while its picture goes on, nothing is claimed', async () => {
    const { erika } = pair();
    await highlight(erika);
    call.host('tablet').see({ timeMs: 100, objects: [object(1)] });
    erika.seen('tablet', nameOf(100));
    expect(erika.highlights[0]?.state).toBe('tracked');
    erika.seen('tablet', nameOf(2500));
    expect(erika.highlights[0]?.state).toBe('lost');
  });

  test('F57 several at once, named or not, renamed, removed by their maker, cleared by either side', async () => {
    const { tablet, erika } = pair();
    const ids = [];
    for (let i = 0; i < 5; i += 1) ids.push(await highlight(erika, i === 0 ? '' : `Bolt ${i}`));
    expect(tablet.highlights).toHaveLength(5);
    erika.rename(ids[0] ?? '', 'Inlet\u202E\nvalve');
    expect(tablet.highlights[0]?.label).toBe('Inlet valve');
    erika.remove(ids[1] ?? '');
    expect(tablet.highlights.map(({ id }) => id)).toEqual(ids.filter((_, i) => i !== 1));
    expect(call.host('tablet').unfollowed).toEqual([2]);
    tablet.clear();
    expect(erika.highlights).toEqual([]);
    expect(call.host('tablet').unfollowed).toEqual([2, 1, 3, 4, 5]);
  });

  test('F57 who comes later or again is told what there is', async () => {
    const { erika } = pair();
    const id = await highlight(erika);
    const emil = call.join('emil', { mayTrack: true });
    expect(emil.highlights.map((one) => one.id)).toEqual([id]);
    call.change('erika', { linked: false });
    expect(await emil.start('tablet', box, 'Bolt')).toMatchObject({ ok: true });
    expect(erika.highlights).toHaveLength(1);
    call.change('erika', { linked: true });
    expect(erika.highlights).toHaveLength(2);
  });

  test("F59 C11 whoever may not track is refused by the camera's side, whatever the client says", async () => {
    pair();
    const guest = call.join('guest');
    expect(await guest.start('tablet', box, 'Mine')).toEqual({ ok: false, reason: 'forbidden' });
    expect(call.host('tablet').followed).toEqual([]);
    call.say('nobody', 'tablet', { kind: 'start', pictureOf: 'tablet', id: 'x'.repeat(22), label: '', box });
    expect(call.host('tablet').followed).toEqual([]);
  });

  test("F59 nobody else's word counts about a picture: lists, boxes and sides come from whoever looks at it", async () => {
    const { erika } = pair();
    const id = await highlight(erika);
    call.join('guest');
    call.host('tablet').see({ timeMs: 100, objects: [object(1, 0.5)] });
    call.say('guest', 'erika', { kind: 'highlights', pictureOf: 'tablet', list: [] });
    call.say('guest', 'erika', { kind: 'side', pictureOf: 'tablet', side: 'none' });
    const forged = call.datagrams.at(-1);
    if (!forged) throw new Error('no datagram');
    call.host('tablet').see({ timeMs: 120, objects: [object(1, 0.7)] });
    call.sendDatagram('guest', 'erika', forged.bytes);
    expect(erika.highlights.map((one) => one.id)).toEqual([id]);
    expect(erika.boxOf(id)?.x).toBeCloseTo(0.7, 3);
    expect(erika.visionOf('tablet').side).toBe('camera');
  });

  test.each([
    ['of zero size', { ...box, width: 0 }],
    ['outside of the picture', at(3)],
  ])('T5 a box %s comes back with the reason, and nothing is left behind', async (_what, bad) => {
    const { erika } = pair();
    erika.arm('tablet', true);
    await vi.waitFor(() => call.host('tablet'));
    call.host('tablet').refuse = { ok: false, reason: 'box-too-small' };
    expect(await erika.start('tablet', bad, 'x')).toEqual({ ok: false, reason: 'box-too-small' });
    expect(erika.highlights).toEqual([]);
  });

  test('T28 a flood of requests is cut, more highlights than there may be are refused', async () => {
    const { erika, tablet } = pair();
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => erika.start('tablet', box, 'Many')));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(maxHighlights);
    const reasons = new Set(outcomes.flatMap((one) => (one.ok ? [] : [one.reason])));
    expect(reasons).toEqual(new Set(['too-many-objects', 'too-many-requests']));
    expect(tablet.highlights).toHaveLength(maxHighlights);
  });

  test('T28 T5 a flood of datagrams is thinned out, and malformed ones are no harm', async () => {
    const { erika } = pair();
    const id = await highlight(erika);
    call.host('tablet').see({ timeMs: 100, objects: [object(1, 0.5)] });
    let moved = 0;
    erika.onMoved('tablet', () => (moved += 1));
    const last = call.datagrams.at(-1)?.bytes ?? new Uint8Array();
    for (let i = 0; i < 10_000; i += 1)
      call.sendDatagram('tablet', 'erika', i % 2 === 0 ? last : new Uint8Array([i % 256]));
    expect(moved).toBeLessThanOrEqual(70);
    expect(erika.boxOf(id)?.x).toBeCloseTo(0.5, 3);
  });

  test('F57 C10 the way of a highlight is kept when it ends', async () => {
    const { erika, tablet } = pair();
    const id = await highlight(erika);
    for (let ms = 0; ms <= 1000; ms += 50)
      call.host('tablet').see({ timeMs: ms, objects: [object(1, 0.2 + ms / 5000)] });
    erika.remove(id);
    expect(call.parts).toHaveLength(1);
    const [kept] = call.parts;
    expect(kept).toMatchObject({
      by: 'tablet',
      pictureOf: 'tablet',
      part: { highlight: { id, label: 'Valve', by: 'erika' } },
    });
    const samples = parsePath(kept?.part.path) ?? [];
    expect(samples.length).toBeGreaterThan(8);
    expect(samples.at(-1)?.box?.x).toBeCloseTo(0.4, 2);
    await highlight(erika);
    call.host('tablet').see({ timeMs: 1100, objects: [object(2)] });
    tablet.close();
    expect(call.parts).toHaveLength(2);
  });

  test('F98 highlights survive the switch of the camera: the same host looks at the other track', async () => {
    const { erika } = pair();
    const id = await highlight(erika);
    const host = call.host('tablet');
    call.change('tablet', { camera: false });
    expect(host.track).toBeNull();
    call.change('tablet', { camera: true });
    expect(host.track?.id).toBe('tablet');
    expect(host.disposed).toBe(false);
    host.see({ timeMs: 5, objects: [object(1, 0.3)] });
    expect(erika.highlights.map((one) => [one.id, one.state])).toEqual([[id, 'tracked']]);
  });

  test("F57 a tablet that cannot look asks the employee's device; where that cannot either, it is said", async () => {
    call.unable.add('tablet');
    const { erika, tablet } = pair();
    await vi.waitFor(() => expect(erika.visionOf('tablet')).toEqual({ side: 'viewer', viewer: 'erika' }));
    const first = await highlight(erika);
    const host = call.host('erika', 'tablet');
    erika.remove(first);
    // Frames of a link have its names, and times of their own: a box of an older frame finds it by the name.
    host.read(4711, nameOf(60));
    host.read(4749, nameOf(100));
    erika.seen('tablet', nameOf(60));
    const id = await highlight(erika);
    expect(host.followed.at(-1)).toMatchObject({ id: 2, timeMs: 4711 });
    host.see({ timeMs: 4749, name: nameOf(100), objects: [object(2, 0.5)] });
    expect(tablet.highlights.map((one) => [one.id, one.state])).toEqual([[id, 'tracked']]);
    expect(tablet.boxOf(id)?.x).toBeCloseTo(0.5, 3);
    host.die();
    await vi.waitFor(() => expect(tablet.visionOf('tablet').side).toBe('none'));
    expect(erika.visionOf('tablet').side).toBe('none');
    expect(erika.highlights).toEqual([]);
    expect(await erika.start('tablet', box, 'x')).toEqual({ ok: false, reason: 'vision-unavailable' });
  });

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

    test('F57 hands over, and goes on looking until the other side has every highlight', async () => {
      const { erika, tablet } = pair();
      const ids = [await highlight(erika), await highlight(erika, 'Bolt')];
      const host = call.host('tablet');
      await slowly(100, 3_000, [object(1, 0.5), object(2, 0.6)]);
      expect(call.hosts.has('erika on tablet')).toBe(false);
      await slowly(3_100, 3_600, [object(1, 0.5), object(2, 0.6)]);
      const taken = call.host('erika', 'tablet');
      // The one that is lost just now cannot be carried over yet.
      await slowly(3_600, 5_600, [object(1, 0.5), object(2, 0.6, 'lost')]);
      expect(taken.followed).toHaveLength(1);
      expect(erika.visionOf('tablet').side).toBe('camera');
      await slowly(5_600, 6_600, [object(1, 0.5), object(2, 0.6)]);
      expect(taken.followed.map((one) => one.box.x)).toEqual([expect.closeTo(0.5), expect.closeTo(0.6)]);
      expect(taken.followed.every(({ timeMs }) => timeMs !== undefined)).toBe(true);
      expect(tablet.visionOf('tablet')).toEqual({ side: 'viewer', viewer: 'erika' });
      // What the tablet knows of them is borne in mind there, at no cost.
      expect([host.disposed, host.wants]).toEqual([false, { frames: false, motion: false, follow: 'never' }]);
      taken.see({ timeMs: 7_700, name: nameOf(6_700), objects: [object(1, 0.55), object(2, 0.65)] });
      for (const side of [tablet, erika])
        expect(side.highlights.map((one) => [one.id, one.number, one.state])).toEqual([
          [ids[0], 1, 'tracked'],
          [ids[1], 2, 'tracked'],
        ]);
      call.leave('erika');
      expect(tablet.visionOf('tablet').side).toBe('camera');
    });

    /** One highlight that the employee's device has taken over, and lost. */
    async function lostThere() {
      const both = pair();
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
      await vi.waitFor(() => expect(taken.unfollowed).toEqual([1]));
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
      await vi.waitFor(() => expect(taken.followed.at(-1)).toMatchObject({ id: 2, timeMs: 5_400 }));
      host.see({ timeMs: 4_600, objects: [object(1, 0.8)] });
      await new Promise(setImmediate);
      taken.see({ timeMs: 5_500, name: nameOf(4_500), objects: [object(2, 0.7)] });
      taken.read(5_600, nameOf(4_600));
      await vi.waitFor(() => expect(taken.unfollowed).toEqual([1]));
      expect(taken.followed).toHaveLength(2);
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
      expect(tablet.visionOf('tablet').side).toBe('viewer');
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
      await vi.waitFor(() => expect(host.followed).toHaveLength(3));
      expect(tablet.visionOf('tablet').side).toBe('camera');
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
      const { erika, tablet } = pair();
      const id = await highlight(erika);
      await slowly(100, 3_600, [object(1, 0.5)]);
      const other = call.host('erika', 'tablet');
      other.refuse = { ok: false, reason: 'nothing-to-follow' };
      other.see({ timeMs: 1, name: nameOf(3_000), objects: [] });
      await slowly(3_600, 20_000, [object(1, 0.5)]);
      for (const side of [tablet, erika]) {
        expect(side.visionOf('tablet').side).toBe('camera');
        expect(side.highlights.map((one) => [one.id, one.state])).toEqual([[id, 'tracked']]);
      }
      expect(call.parts.filter(({ by }) => by === 'erika')).toEqual([]);
      // What was removed meanwhile keeps nobody waiting.
      erika.remove(id);
      await slowly(20_000, 21_000, []);
      expect(erika.visionOf('tablet').side).toBe('viewer');
    });

    test('F57 it fails while the other side gets ready: what is followed goes on there at once', async () => {
      const { erika, tablet } = pair();
      const id = await highlight(erika);
      await slowly(100, 3_600, [object(1, 0.5)]);
      expect(tablet.visionOf('tablet').side).toBe('camera');
      call.host('tablet').die();
      await vi.waitFor(() => expect(call.host('erika', 'tablet').followed).toHaveLength(1));
      expect(tablet.visionOf('tablet').side).toBe('viewer');
      expect(tablet.highlights.map((one) => one.id)).toEqual([id]);
    });

    test('F57 it fails with a highlight half taken over: that one is followed once, and keeps its number', async () => {
      const { erika, tablet } = pair();
      const id = await highlight(erika);
      await slowly(100, 3_100, [object(1, 0.5)]);
      step(3_100, [object(1, 0.5)], 'tablet');
      await vi.waitFor(() => call.host('erika', 'tablet'));
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
      await vi.waitFor(() => expect(other.followed).toHaveLength(1));
      answer();
      await vi.waitFor(() => expect(other.unfollowed).toEqual([2]));
      expect(tablet.highlights.map((one) => [one.id, one.number])).toEqual([[id, 1]]);
    });

    test('F57 what a participant says of the picture that they look at counts for no other picture', async () => {
      const { erika } = pair();
      call.join('emil', { mayTrack: true });
      const [first, second] = [await erika.start('emil', box, 'One'), await erika.start('emil', box, 'Two')];
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

    test('F59 nobody takes over who was not asked to', async () => {
      const { erika, tablet } = pair();
      await highlight(erika);
      call.join('guest');
      call.say('guest', 'tablet', { kind: 'ready', pictureOf: 'tablet' });
      call.say('erika', 'tablet', { kind: 'ready', pictureOf: 'tablet' });
      expect(tablet.visionOf('tablet').side).toBe('camera');
      call.say('guest', 'erika', { kind: 'prepare', pictureOf: 'tablet' });
      expect(call.hosts.has('erika on tablet')).toBe(false);
    });
  });

  test('B20 a mark on the own picture lies on the frame read last, although nobody followed the scene so far', async () => {
    const { tablet } = pair();
    tablet.arm('tablet', true);
    await vi.waitFor(() => call.host('tablet'));
    expect(tablet.anchorNow('tablet')).toBeUndefined();
    const pose = (dx: number) => ({ epoch: 1, a: 1, b: 0, dx, dy: 0 });
    call.host('tablet').see({ timeMs: 100, pose: pose(0.1), objects: [] });
    call.host('tablet').read(2_000, undefined, Date.now());
    const anchor = tablet.anchorNow('tablet');
    expect(anchor).toEqual({ pictureOf: 'tablet', atMs: 2_000 });
    call.host('tablet').see({ timeMs: 2_033, pose: { ...pose(0.2), epoch: 2 }, objects: [] });
    call.host('tablet').see({ timeMs: 2_333, pose: { ...pose(0.5), epoch: 2 }, objects: [] });
    expect(anchor && tablet.motionSince(anchor)?.dx).toBeCloseTo(0.3);
  });

  test('F57 what is asked for while the side changes is asked again of the side that looks now', async () => {
    const { erika, tablet } = pair();
    const first = await highlight(erika);
    const host = call.host('tablet');
    // The tablet's worker dies with the next request in hand.
    host.follow = () => new Promise(() => undefined);
    const asked = erika.start('tablet', box, 'Bolt');
    host.die();
    await vi.waitFor(() => expect(erika.visionOf('tablet').side).toBe('viewer'));
    expect(await asked).toMatchObject({ ok: true });
    expect(tablet.highlights.map(({ id, label }) => [id === first, label])).toEqual([
      [true, 'Valve'],
      [false, 'Bolt'],
    ]);
  });

  test('F57 nothing leaves the list for a moment while the side changes', async () => {
    const { erika, tablet } = pair();
    for (let i = 0; i < 3; i += 1) await highlight(erika, `Bolt ${i}`);
    const host = call.host('tablet');
    host.see({ timeMs: 100, objects: [object(1), object(2), object(3)] });
    const counts = new Set<number>();
    for (const side of [tablet, erika]) side.subscribe(() => counts.add(side.highlights.length));
    host.die();
    await vi.waitFor(() => expect(call.host('erika', 'tablet').followed).toHaveLength(3));
    expect([...counts]).toEqual([3]);
  });

  test('F58 while something is lost, a slow tablet keeps looking: nobody else could find it again', async () => {
    const { erika } = pair();
    await highlight(erika);
    const host = call.host('tablet');
    host.frameMs = 400;
    for (let ms = 100; ms <= 8_000; ms += 500) {
      host.see({ timeMs: ms, objects: [object(1, 0.5, 'lost')] });
      call.nowMs += 500;
      call.tell();
    }
    expect(erika.visionOf('tablet').side).toBe('camera');
  });

  test('F58 F98 what is lost when another side takes over is not forgotten, and keeps its number', async () => {
    const { erika, tablet } = pair();
    const ids = [await highlight(erika, ''), await highlight(erika, '')];
    erika.remove(ids[0] ?? '');
    const host = call.host('tablet');
    host.see({ timeMs: 100, objects: [object(2, 0.5, 'lost')] });
    host.die();
    await vi.waitFor(() => expect(erika.visionOf('tablet').side).toBe('viewer'));
    await vi.waitFor(() => expect(tablet.highlights).toHaveLength(1));
    await erika.start('tablet', box, 'Bolt');
    call.host('erika', 'tablet').see({ timeMs: 5, name: nameOf(200), objects: [object(1, 0.7)] });
    expect(tablet.highlights.map(({ id, state, number }) => [id === ids[1], state, number])).toEqual([
      [true, 'lost', 2],
      [false, 'tracked', 3],
    ]);
  });

  test('F58 a side that falls silent altogether: its highlights are shown as lost on its own screen too', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      call.close();
      call = new TestCall();
      const { erika, tablet } = pair();
      await highlight(erika);
      call.host('tablet').see({ timeMs: 100, objects: [object(1, 0.5)] });
      expect(tablet.highlights[0]?.state).toBe('tracked');
      call.nowMs += 2_000;
      vi.advanceTimersByTime(600);
      for (const side of [tablet, erika]) expect(side.highlights[0]?.state).toBe('lost');
    } finally {
      vi.useRealTimers();
    }
  });

  test('B20 marks: anchored to the frame that was seen, on both sides, with the way of the scene between', async () => {
    const { erika, tablet } = pair();
    tablet.arm('tablet', true);
    await vi.waitFor(() => call.host('tablet'));
    const pose = (dx: number) => ({ epoch: 1, a: 1, b: 0, dx, dy: 0 });
    for (let ms = 100; ms <= 600; ms += 100) {
      call.host('tablet').see({ timeMs: ms, pose: pose(ms / 1000), objects: [] });
    }
    erika.seen('tablet', nameOf(200));
    const anchor = erika.anchorNow('tablet');
    if (!anchor) throw new Error('no frame seen');
    const frame = erika.frameNameFor('tablet', anchor);
    expect(frame).toBe(nameOf(200));
    const there = tablet.anchorFrom('erika', 'tablet', frame);
    if (!there) throw new Error('frame not known');
    expect(there.atMs).toBeCloseTo(200, 6);
    await vi.waitFor(() => expect(call.host('tablet').asked.at(-1)).toBeCloseTo(200, 6));
    expect(tablet.motionSince(there)?.dx).toBeCloseTo(0.4, 6);
    erika.seen('tablet', nameOf(500));
    expect(erika.motionSince(anchor)?.dx).toBeCloseTo(0.3, 4);
    // A mark is seen for longer than frames are kept.
    for (let ms = 700; ms <= 20_000; ms += 100) {
      call.host('tablet').see({ timeMs: ms, pose: pose(ms / 1000), objects: [] });
    }
    expect(tablet.motionSince(there)?.dx).toBeCloseTo(19.8, 6);
    call.host('tablet').see({ timeMs: 30_000, pose: pose(0.2), objects: [] });
    expect(tablet.motionSince(there)?.dx).toBeCloseTo(0, 6);
    for (let ms = 30_100; ms <= 30_600; ms += 100) {
      call.host('tablet').see({ timeMs: ms, pose: pose((ms - 30_000) / 1000), objects: [] });
    }
    // Early in a call names are not known yet: the mark waits for its own.
    call.namesKnown = false;
    const early = tablet.anchorFrom('erika', 'tablet', nameOf(30_200));
    expect(early && tablet.motionSince(early)).toBeUndefined();
    call.namesKnown = true;
    expect(early && tablet.motionSince(early)?.dx).toBeCloseTo(0.4, 6);
  });
});
