import { describe, expect, test } from 'vitest';
import { SeenPicture } from './pictures.ts';

const highlight = { id: 'one', by: 'erika', label: '', index: 3 };

/** The own picture; its frames are looked at `lagMs` after they were taken, by whoever looks. */
function ownPicture(lagMs: number, places: readonly number[], state: 'tracked' | 'lost' = 'tracked') {
  let nowMs = 500_000;
  const picture = new SeenPicture(() => nowMs, { side: 'viewer', viewer: 'erika' });
  for (const x of places) {
    nowMs += 100;
    const cameraMs = nowMs - 400_000;
    picture.noteRead(cameraMs, nowMs);
    const box = { x, y: 0.5, width: 0.1, height: 0.1 };
    picture.take(cameraMs - lagMs, {
      pose: undefined,
      boxes: new Map([[3, { state, confidence: 1, box }]]),
    });
  }
  return picture;
}

describe('a highlight on the own picture', () => {
  const moving = [0.1, 0.12, 0.14, 0.16];
  const resting = [0.1, 0.101, 0.1, 0.101];

  test.each([
    ['moves, and was seen a moment ago', moving, 60, 'tracked'],
    ['moves, and is less than half its size away', moving, 200, 'tracked'],
    ['moves, and may be more than half its size away', moving, 300, 'lost'],
    ['moves, and was seen when it was elsewhere', moving, 600, 'lost'],
    ['rests, however long ago it was seen', resting, 1_200, 'tracked'],
    ['was found only just', [0.1], 400, 'tracked'],
    ['was found only just, and was elsewhere by now', [0.1], 600, 'lost'],
  ] as const)('F58 F59 what %s', (_what, places, lagMs, state) => {
    expect(ownPicture(lagMs, places).boxOf(highlight)?.state).toBe(state);
  });

  test('F57 it is carried on as it moved, to where it is on the picture that is shown', () => {
    const { box } = ownPicture(200, moving).boxOf(highlight) ?? {};
    expect([box?.x, box?.y, box?.width]).toEqual([expect.closeTo(0.2, 3), expect.closeTo(0.5, 3), 0.1]);
    expect(ownPicture(600, moving).boxOf(highlight)?.box.x).toBe(0.16);
  });

  test('F58 nobody is made to look anew for what they have told of, however late', () => {
    expect(ownPicture(600, moving).isLost(highlight)).toBe(false);
    expect(ownPicture(60, moving, 'lost').isLost(highlight)).toBe(true);
  });
});
