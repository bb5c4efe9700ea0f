import { describe, expect, test } from 'vitest';
import {
  initialPresence,
  nextPresence,
  presenceLimits,
  type Presence,
  type PresenceEvidence,
} from './presence.ts';

const picture = { width: 640, height: 480 };
const at = (x: number) => ({ x, y: 200, width: 60, height: 60 });

const run = (before: Presence, evidence: readonly Omit<PresenceEvidence, 'picture'>[]): Presence =>
  evidence.reduce<Presence>((now, one) => nextPresence(now, { picture, ...one }), before);

const agreeing = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    box: at(100 + 10 * i),
    drop: 0 as const,
    scene: { box: at(100 + 10 * i), seen: 1 },
  }));
const still = run(initialPresence, agreeing(8));
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

describe('is the element still there', () => {
  test('scene and tracker that agree over some way: it stands still in its surroundings', () => {
    expect(run(initialPresence, agreeing(2)).kind).toBe('unknown');
    expect(still).toMatchObject({ kind: 'still', shown: true, proven: true });
  });

  test('F58 the scene corrects a tracker that went astray', () => {
    const next = run(still, [{ box: at(400), drop: 0, scene: { box: at(170), seen: 0.9 } }]);
    expect(next).toMatchObject({ shown: true, corrected: at(170) });
  });

  test('F58 hidden when it is covered, after two frames', () => {
    const covered = { box: at(170), drop: 2 as const, scene: { box: at(170), seen: 0.2 } };
    expect(run(still, [covered]).shown).toBe(true);
    expect(run(still, [covered, covered]).shown).toBe(false);
  });

  test('F58 hidden at once when its place leaves the picture', () => {
    expect(run(still, [{ box: at(170), drop: 0, scene: { box: at(-45), seen: 0.9 } }]).shown).toBe(false);
  });

  test('F58 hidden when nothing of the picture is known any more', () => {
    const blind = times(presenceLimits.unlikeFrames, { box: at(170), drop: 2 as const });
    expect(run(still, blind).shown).toBe(false);
  });

  test('F58 hidden at once when its tracker sees nothing of it and nothing else tells where it is', () => {
    expect(run(still, [{ box: at(170), drop: 2 }]).shown).toBe(false);
    expect(run(still, [{ box: at(170), drop: 0 }]).shown).toBe(true);
    expect(run(still, [{ box: at(170), drop: 2, carried: { box: at(170), alike: 0.9 } }]).shown).toBe(true);
    const young = run(initialPresence, agreeing(2));
    expect(run(young, [{ box: at(400), drop: undefined }]).shown).toBe(false);
    // The scene has never known it, and could not find it again.
    expect(run(initialPresence, [{ box: at(100), drop: undefined }]).shown).toBe(true);
  });

  test('F57 F58 as long as its tracker is new, or sees nothing, it is where the scene sees it', () => {
    const young = run(initialPresence, agreeing(2));
    for (const drop of [undefined, 2] as const) {
      const astray = { box: at(400), drop, scene: { box: at(130), seen: 0.9 } };
      const next = run(young, times(presenceLimits.disagreedFrames, astray));
      expect(next).toMatchObject({ kind: 'unknown', shown: true, corrected: at(130) });
      expect(run(young, [{ ...astray, scene: { box: at(-45), seen: 0.4 } }]).shown).toBe(false);
    }
    const gone = { box: at(400), drop: undefined, scene: { box: at(130), seen: 0.1 } };
    expect(run(young, [gone]).shown).toBe(false);
    const lost = run(young, [gone]);
    expect(run(lost, times(5, { box: at(400), drop: undefined })).shown).toBe(false);
    expect(run(lost, [{ ...gone, scene: { box: at(300), seen: 0.8 } }]).corrected).toEqual(at(300));
  });

  test('F58 shown again where the scene sees it, and only there', () => {
    const lost = run(still, [{ box: at(170), drop: 2, scene: { box: at(-45), seen: 0.9 } }]);
    const wrong = { box: at(170), drop: 2 as const, scene: { box: at(300), seen: 0.4 } };
    expect(run(lost, times(20, wrong)).shown).toBe(false);
    const right = run(lost, [{ box: at(170), drop: 2, scene: { box: at(300), seen: 0.8 } }]);
    expect(right).toMatchObject({ shown: true, corrected: at(300) });
  });

  test('F57 what moves by itself is followed by its own tracker, and hidden by its own drop alone', () => {
    const leaving = times(presenceLimits.disagreedFrames, {
      box: at(400),
      drop: 0 as const,
      scene: { box: at(100), seen: 0.3 },
    });
    const moving = run(initialPresence, leaving);
    expect(moving).toMatchObject({ kind: 'moving', shown: true });
    const dropped = { box: at(400), drop: 1 as const };
    expect(run(moving, times(3, dropped)).shown).toBe(true);
    const lost = run(moving, times(4, dropped));
    expect(lost.shown).toBe(false);
    expect(run(lost, times(presenceLimits.backFrames, { box: at(300), drop: 0 as const })).shown).toBe(true);
  });

  test('F58 what was thought to move by itself and was lost is back where it stood, if it looks so there', () => {
    const leaving = times(presenceLimits.disagreedFrames, {
      box: at(400),
      drop: 0 as const,
      scene: { box: at(100), seen: 0.3 },
    });
    const lost = run(run(initialPresence, leaving), times(4, { box: at(400), drop: 2 as const }));
    expect(lost).toMatchObject({ kind: 'moving', shown: false });
    const place = (seen: number) => [{ box: at(400), drop: 2 as const, scene: { box: at(120), seen } }];
    expect(run(lost, place(presenceLimits.seen)).shown).toBe(false);
    expect(run(lost, place(0.7))).toMatchObject({ shown: true, kind: 'unknown', corrected: at(120) });
  });

  test('F57 what stood still and is carried away is followed', () => {
    const carried = times(presenceLimits.disagreedFrames, {
      box: at(400),
      drop: 0 as const,
      scene: { box: at(170), seen: 0.2 },
    });
    expect(run(still, carried)).toMatchObject({ kind: 'moving', shown: true });
  });
});
