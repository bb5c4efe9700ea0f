import { describe, expect, test } from 'vitest';
import { SeenPicture } from './pictures.ts';

const highlight = { id: 'one', by: 'erika', label: '', index: 3 };
const at = (x: number, state: 'tracked' | 'lost' = 'tracked') => ({
  pose: undefined,
  boxes: new Map([[3, { state, confidence: 1, box: { x, y: 0.5, width: 0.1, height: 0.1 } }]]),
});

/** The own picture, at which somebody else looks; its frames are read as soon as they are taken. */
function ownPicture() {
  let nowMs = 500_000;
  const picture = new SeenPicture(() => nowMs, { side: 'viewer', viewer: 'erika' });
  const cameraMs = (): number => nowMs - 400_000;
  picture.noteRead(cameraMs(), nowMs);
  return {
    picture,
    /** Told now, of a frame so long ago. */
    hear: (x: number, lagMs: number, state?: 'tracked' | 'lost') => {
      nowMs += 100;
      picture.take(cameraMs() - lagMs, at(x, state));
    },
  };
}

describe('the own picture, at which somebody else looks', () => {
  test('F58 F59 what moves is not shown where it was some time ago, what rests is', () => {
    const moving = ownPicture();
    for (const x of [0.1, 0.12, 0.14, 0.16]) moving.hear(x, 60);
    expect(moving.picture.boxOf(highlight)?.state).toBe('tracked');
    const late = ownPicture();
    for (const x of [0.1, 0.12, 0.14, 0.16]) late.hear(x, 400);
    expect(late.picture.boxOf(highlight)?.state).toBe('lost');
    expect(late.picture.isInSight(highlight)).toBe(true);
    const resting = ownPicture();
    for (const x of [0.1, 0.101, 0.1, 0.101]) resting.hear(x, 400);
    expect(resting.picture.boxOf(highlight)?.state).toBe('tracked');
  });

  test('F58 lost by whoever looks, it is out of sight', () => {
    const { picture, hear } = ownPicture();
    hear(0.1, 60);
    expect(picture.isInSight(highlight)).toBe(true);
    hear(0.1, 60, 'lost');
    expect(picture.isInSight(highlight)).toBe(false);
  });
});
