import { describe, expect, test, vi } from 'vitest';
import { overlap, type Box } from '#domain/tracking/box.ts';
import { maxObjects, type ObjectTracker, type VisionFrame } from '../../src/lib/vision/object-tracker.ts';
import { SyntheticScene } from '../../src/lib/vision/testing/synthetic-scene.ts';
import { openEngine, trackerNames } from '../../src/lib/vision/tracker-registry.ts';
import { InProcessTracker } from '../../src/lib/vision/trackers/in-process-tracker.ts';

vi.setConfig({ testTimeout: 60_000 });

const scene = new SyntheticScene(5, 240, 180);
const centre = { x: 550, y: 395 };
const shots = Array.from({ length: 5 }, (_, i) => scene.shoot({ ...centre, x: centre.x + i }));
const first = shots[0];
if (!first?.truth) throw new Error('the element is in the first picture');
const { frame, truth } = first;
const since = shots.slice(1).map((shot) => shot.frame);
const last = shots.at(-1) ?? first;

async function open(name: (typeof trackerNames)[number]): Promise<ObjectTracker> {
  const { engine } = await openEngine(name, undefined);
  return new InProcessTracker(engine);
}

/** What every tracker promises, whatever it follows by. */
describe.each(trackerNames)('object tracker %s', (name) => {
  test('F57 follows what it was started on, frame by frame', async () => {
    const tracker = await open(name);
    const started = await tracker.start(frame, truth);
    expect(started.ok).toBe(true);
    for (const shot of shots.slice(1)) {
      const updated = await tracker.update(shot.frame);
      if (!updated.ok || !started.ok) throw new Error('refused');
      expect(updated.frame.timestampMs).toBe(shot.frame.timestampMs);
      const [object] = updated.frame.objects;
      expect(object).toMatchObject({ id: started.id, state: 'tracked' });
      expect(object?.confidence).toBeGreaterThanOrEqual(0.5);
      expect(overlap(object?.box ?? truth, shot.truth ?? truth)).toBeGreaterThan(0.6);
    }
    tracker.dispose();
  });

  test('B20 a box made on an older frame catches up with now; the others stay where they are', async () => {
    const tracker = await open(name);
    const other = { x: 30, y: 30, width: 40, height: 36 };
    await tracker.start(frame, other);
    let before: Box | undefined;
    for (const shot of shots) {
      const updated = await tracker.update(shot.frame);
      before = updated.ok ? updated.frame.objects[0]?.box : undefined;
    }
    const late = await tracker.start(frame, truth, since);
    expect(late.ok).toBe(true);
    const updated = await tracker.update(last.frame);
    if (!updated.ok || !late.ok || !before) throw new Error('refused');
    const [first, second] = updated.frame.objects;
    expect(overlap(first?.box ?? truth, before)).toBeGreaterThan(0.9);
    expect(second).toMatchObject({ id: late.id, state: 'tracked' });
    expect(overlap(second?.box ?? other, last.truth ?? truth)).toBeGreaterThan(0.6);
    tracker.dispose();
  });

  test('B20 T5 a malformed frame among those to catch up with is refused', async () => {
    const tracker = await open(name);
    const short: VisionFrame = { ...frame, data: frame.data.subarray(1) };
    expect(await tracker.start(frame, truth, [frame, short])).toEqual({
      ok: false,
      reason: 'frame-malformed',
    });
    expect(await tracker.update(frame)).toMatchObject({ ok: true, frame: { objects: [] } });
    tracker.dispose();
  });

  test('calls that were not waited for are done in their order', async () => {
    const tracker = await open(name);
    const started = tracker.start(frame, truth);
    const updates = shots.slice(1).map((shot) => tracker.update(shot.frame));
    expect((await started).ok).toBe(true);
    for (const one of updates) expect(await one).toMatchObject({ ok: true, frame: { objects: [{}] } });
    tracker.dispose();
  });

  test('F57 several at once, at least five; one more than it can is refused', async () => {
    const tracker = await open(name);
    const ids: number[] = [];
    for (let i = 0; i < maxObjects; i += 1) {
      const started = await tracker.start(frame, { x: 20 + 20 * i, y: 30 + 10 * i, width: 34, height: 28 });
      if (started.ok) ids.push(started.id);
    }
    expect(maxObjects).toBeGreaterThanOrEqual(5);
    expect(new Set(ids).size).toBe(maxObjects);
    expect(await tracker.start(frame, truth)).toEqual({ ok: false, reason: 'too-many-objects' });
    await tracker.stop(ids[2] ?? 0);
    await tracker.stop(987_654);
    const updated = await tracker.update(frame);
    const left = updated.ok ? updated.frame.objects.map(({ id }) => id) : [];
    expect(left).toEqual(ids.filter((id) => id !== ids[2]));
    const again = await tracker.start(frame, truth);
    expect(again.ok && !ids.includes(again.id)).toBe(true);
    tracker.dispose();
  });

  test.each([
    ['of zero size', { x: 50, y: 50, width: 0, height: 0 }, 'box-too-small'],
    ['outside of the picture', { x: 900, y: 50, width: 40, height: 40 }, 'box-outside'],
    ['covering all of it', { x: 0, y: 0, width: 240, height: 180 }, 'box-whole-picture'],
    ['of no numbers', { x: Number.NaN, y: 0, width: 40, height: 40 }, 'box-malformed'],
  ] as const)('T5 a box %s is refused', async (_what, box, reason) => {
    const tracker = await open(name);
    expect(await tracker.start(frame, box)).toEqual({ ok: false, reason });
    expect(await tracker.update(frame)).toMatchObject({ ok: true, frame: { objects: [] } });
    tracker.dispose();
  });

  test('T5 a frame with fewer bytes than its size promises is refused', async () => {
    const tracker = await open(name);
    const short: VisionFrame = { ...frame, data: frame.data.subarray(1) };
    expect(await tracker.start(short, truth)).toEqual({ ok: false, reason: 'frame-malformed' });
    expect(await tracker.update(short)).toEqual({ ok: false, reason: 'frame-malformed' });
    tracker.dispose();
  });

  test('after its end everything is refused', async () => {
    const tracker = await open(name);
    tracker.dispose();
    expect(await tracker.start(frame, truth)).toEqual({ ok: false, reason: 'stopped' });
    expect(await tracker.update(frame)).toEqual({ ok: false, reason: 'stopped' });
  });
});

test('F57 a plain wall: there is nothing to follow, and it is said', async () => {
  const tracker = await open('scene');
  const wall: VisionFrame = {
    width: 240,
    height: 180,
    data: new Uint8Array(240 * 180).fill(130),
    timestampMs: 0,
  };
  expect(await tracker.start(wall, { x: 80, y: 60, width: 60, height: 60 })).toEqual({
    ok: false,
    reason: 'nothing-to-follow',
  });
});
