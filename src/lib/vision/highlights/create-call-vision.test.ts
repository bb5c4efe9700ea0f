import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { patienceMs } from '#harness/patience.ts';
import { maxHighlights } from '#domain/tracking/tracking-messages.ts';
import { parsePath } from '#domain/tracking/tracked-path.ts';
import { at, box, highlight, nameOf, object, pair, tabletCamera, TestCall } from './testing/test-call.ts';

let call: TestCall;
beforeEach(() => {
  call = new TestCall();
});
afterEach(() => call.close());

describe('highlights of a call', () => {
  test("F57 what an employee marks on the tablet's picture is followed there and shown on both sides", async () => {
    const { tablet, erika } = pair(call);
    erika.seen(tabletCamera, nameOf(100));
    const id = await highlight(erika);
    expect(call.host('tablet').followed).toEqual([{ id: 1, box, timeMs: 100 }]);
    call.host('tablet').see({ timeMs: 120, objects: [object(1, 0.5)] });
    erika.seen(tabletCamera, nameOf(120));
    for (const side of [tablet, erika]) {
      expect(side.highlights).toEqual([
        { id, pictureOf: 'tablet', label: 'Valve', number: 1, by: 'erika', state: 'tracked' },
      ]);
      expect(side.boxOf(id)?.x).toBeCloseTo(0.5, 3);
    }
  });

  test('B20 the viewer draws each box on the frame that it sees, not on the newest one', async () => {
    const { erika } = pair(call);
    const id = await highlight(erika);
    // Half a second of frames, and the names wrap around among them.
    for (let ms = 200; ms <= 700; ms += 50) {
      call.host('tablet').see({ timeMs: ms, objects: [object(1, ms / 1000)] });
    }
    for (const ms of [200, 450, 500, 550]) {
      erika.seen(tabletCamera, nameOf(ms));
      expect(erika.boxOf(id)?.x).toBeCloseTo(ms / 1000, 3);
    }
    erika.seen(tabletCamera, nameOf(525));
    expect(erika.boxOf(id)?.x).toBeCloseTo(0.525, 3);
  });

  test('B20 a box that is drawn on a held picture names the held frame', async () => {
    const { erika } = pair(call);
    call.nowMs += 1;
    erika.arm(tabletCamera, true);
    erika.seen(tabletCamera, nameOf(300));
    erika.hold(tabletCamera);
    await vi.waitFor(() => expect(call.host('tablet').held).toBeCloseTo(300, 6), { timeout: patienceMs });
    erika.seen(tabletCamera, nameOf(1900));
    await highlight(erika);
    expect(call.host('tablet').followed[0]?.timeMs).toBeCloseTo(300, 6);
    erika.release(tabletCamera);
    expect(call.host('tablet').held).toBeUndefined();
  });

  test('B20 P122 a frame whose name is not told from others yet is waited for; one that is gone is said to be gone', async () => {
    const { erika } = pair(call);
    call.namesKnown = false;
    erika.arm(tabletCamera, true);
    erika.seen(tabletCamera, nameOf(300));
    erika.hold(tabletCamera);
    const starting = erika.start(tabletCamera, box, 'Valve');
    await vi.waitFor(() => call.host('tablet'), { timeout: patienceMs });
    expect([call.host('tablet').held, call.host('tablet').followed]).toEqual([undefined, []]);
    call.namesKnown = true;
    expect(await starting).toMatchObject({ ok: true });
    expect(call.host('tablet').held).toBeCloseTo(300, 6);
    expect(call.host('tablet').followed[0]?.timeMs).toBeCloseTo(300, 6);
    call.goneBeforeMs = 400;
    expect(await erika.start(tabletCamera, box, 'Bolt')).toEqual({ ok: false, reason: 'frame-gone' });
    expect(call.host('tablet').followed).toHaveLength(1);
  });

  test.each([
    ['cleared', true],
    ['cleared', false],
    ['removed', true],
    ['removed', false],
  ])('F57 %s before it is followed, it never comes (names known: %s)', async (how, known) => {
    const { tablet, erika } = pair(call);
    call.namesKnown = known;
    erika.seen(tabletCamera, nameOf(300));
    const starting = erika.start(tabletCamera, box, 'Valve');
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
    const { tablet, erika } = pair(call);
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
    const { erika } = pair(call);
    await highlight(erika);
    call.host('tablet').see({ timeMs: 100, objects: [object(1)] });
    erika.seen(tabletCamera, nameOf(100));
    expect(erika.highlights[0]?.state).toBe('tracked');
    erika.seen(tabletCamera, nameOf(2500));
    expect(erika.highlights[0]?.state).toBe('lost');
  });

  test('F57 P125 several at once, named or not, renamed, removed by their maker, cleared by either side', async () => {
    const { tablet, erika } = pair(call);
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
    const { erika } = pair(call);
    const id = await highlight(erika);
    const emil = call.join('emil', { mayTrack: true });
    expect(emil.highlights.map((one) => one.id)).toEqual([id]);
    call.change('erika', { linked: false });
    expect(await emil.start(tabletCamera, box, 'Bolt')).toMatchObject({ ok: true });
    expect(erika.highlights).toHaveLength(1);
    call.change('erika', { linked: true });
    expect(erika.highlights).toHaveLength(2);
  });

  test("F59 C11 whoever may not track is refused by the camera's side, whatever the client says", async () => {
    pair(call);
    const guest = call.join('guest');
    expect(await guest.start(tabletCamera, box, 'Mine')).toEqual({ ok: false, reason: 'forbidden' });
    expect(call.host('tablet').followed).toEqual([]);
    call.say('nobody', 'tablet', { kind: 'start', pictureOf: 'tablet', id: 'x'.repeat(22), label: '', box });
    expect(call.host('tablet').followed).toEqual([]);
  });

  test("F59 nobody else's word counts about a picture: lists, boxes and sides come from whoever looks at it", async () => {
    const { erika } = pair(call);
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
    expect(erika.visionOf(tabletCamera).side).toBe('camera');
  });

  test.each([
    ['of zero size', { ...box, width: 0 }],
    ['outside of the picture', at(3)],
  ])('T5 a box %s comes back with the reason, and nothing is left behind', async (_what, bad) => {
    const { erika } = pair(call);
    erika.arm(tabletCamera, true);
    await vi.waitFor(() => call.host('tablet'), { timeout: patienceMs });
    call.host('tablet').refuse = { ok: false, reason: 'box-too-small' };
    expect(await erika.start(tabletCamera, bad, 'x')).toEqual({ ok: false, reason: 'box-too-small' });
    expect(erika.highlights).toEqual([]);
  });

  test('T28 a flood of requests is cut, more highlights than there may be are refused', async () => {
    const { erika, tablet } = pair(call);
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, () => erika.start(tabletCamera, box, 'Many')),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(maxHighlights);
    const reasons = new Set(outcomes.flatMap((one) => (one.ok ? [] : [one.reason])));
    expect(reasons).toEqual(new Set(['too-many-objects', 'too-many-requests']));
    expect(tablet.highlights).toHaveLength(maxHighlights);
  });

  test('T28 T5 P120 a flood of datagrams is thinned out, and malformed ones are no harm', async () => {
    const { erika } = pair(call);
    const id = await highlight(erika);
    call.host('tablet').see({ timeMs: 100, objects: [object(1, 0.5)] });
    let moved = 0;
    erika.onMoved(tabletCamera, () => (moved += 1));
    const last = call.datagrams.at(-1)?.bytes ?? new Uint8Array();
    for (let i = 0; i < 10_000; i += 1)
      call.sendDatagram('tablet', 'erika', i % 2 === 0 ? last : new Uint8Array([i % 256]));
    expect(moved).toBeLessThanOrEqual(70);
    expect(erika.boxOf(id)?.x).toBeCloseTo(0.5, 3);
  });

  test('F57 C10 P126 the way of a highlight is kept when it ends', async () => {
    const { erika, tablet } = pair(call);
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
    const { erika } = pair(call);
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

  test('B20 a mark on the own picture lies on the frame read last, although nobody followed the scene so far', async () => {
    const { tablet } = pair(call);
    tablet.arm(tabletCamera, true);
    await vi.waitFor(() => call.host('tablet'), { timeout: patienceMs });
    expect(tablet.anchorNow(tabletCamera)).toBeUndefined();
    const pose = (dx: number) => ({ epoch: 1, a: 1, b: 0, dx, dy: 0 });
    call.host('tablet').see({ timeMs: 100, pose: pose(0.1), objects: [] });
    call.host('tablet').read(2_000, undefined, Date.now());
    const anchor = tablet.anchorNow(tabletCamera);
    expect(anchor).toEqual({ picture: 'tablet', atMs: 2_000 });
    call.host('tablet').see({ timeMs: 2_033, pose: { ...pose(0.2), epoch: 2 }, objects: [] });
    call.host('tablet').see({ timeMs: 2_333, pose: { ...pose(0.5), epoch: 2 }, objects: [] });
    expect(anchor && tablet.motionSince(anchor)?.dx).toBeCloseTo(0.3);
  });

  test('F58 a side that falls silent altogether: its highlights are shown as lost on its own screen too', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      call.close();
      call = new TestCall();
      const { erika, tablet } = pair(call);
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
    const { erika, tablet } = pair(call);
    tablet.arm(tabletCamera, true);
    await vi.waitFor(() => call.host('tablet'), { timeout: patienceMs });
    const pose = (dx: number) => ({ epoch: 1, a: 1, b: 0, dx, dy: 0 });
    for (let ms = 100; ms <= 600; ms += 100) {
      call.host('tablet').see({ timeMs: ms, pose: pose(ms / 1000), objects: [] });
    }
    erika.seen(tabletCamera, nameOf(200));
    const anchor = erika.anchorNow(tabletCamera);
    if (!anchor) throw new Error('no frame seen');
    const frame = erika.frameNameFor('tablet', anchor);
    expect(frame).toBe(nameOf(200));
    const there = tablet.anchorFrom('erika', tabletCamera, frame);
    if (!there) throw new Error('frame not known');
    expect(there.atMs).toBeCloseTo(200, 6);
    await vi.waitFor(() => expect(call.host('tablet').asked.at(-1)).toBeCloseTo(200, 6), {
      timeout: patienceMs,
    });
    expect(tablet.motionSince(there)?.dx).toBeCloseTo(0.4, 6);
    erika.seen(tabletCamera, nameOf(500));
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
    const early = tablet.anchorFrom('erika', tabletCamera, nameOf(30_200));
    expect(early && tablet.motionSince(early)).toBeUndefined();
    call.namesKnown = true;
    expect(early && tablet.motionSince(early)?.dx).toBeCloseTo(0.4, 6);
  });
});
