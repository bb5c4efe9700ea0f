import { describe, expect, test } from 'vitest';
import { overlap, type Box } from '#domain/tracking/box.ts';
import { Picture } from '../picture/picture.ts';
import { SyntheticScene } from '../testing/synthetic-scene.ts';
import { boxOfPose } from '../trackers/follower.ts';
import { bestBox, NanoFollower } from './nano-follower.ts';
import { answerCells, searchSide, type NanoAnswer, type NanoNet } from './nano-net.ts';

const area = answerCells * answerCells;

/** An answer that is sure of one cell; boxes reach `reach` to all sides. */
function answerAt(column: number, row: number, reach = 32): NanoAnswer {
  const scores = new Float32Array(2 * area).fill(-4, area);
  scores[area + row * answerCells + column] = 4;
  return { scores, sides: new Float32Array(4 * area).fill(reach) };
}

describe('what the net says', () => {
  test('the surest cell gives the box, from the middle of the search picture', () => {
    const { x, y, width, height, surety } = bestBox(answerAt(10, 7), 64, 64);
    expect([x, y]).toEqual([10 * 16 - searchSide / 2, 7 * 16 - searchSide / 2]);
    expect([width, height]).toEqual([64, 64]);
    expect(surety).toBeGreaterThan(0.9);
  });

  test('a box of quite another size is trusted less', () => {
    expect(bestBox(answerAt(8, 8, 96), 64, 64).surety).toBeLessThan(
      bestBox(answerAt(8, 8), 64, 64).surety * 0.9,
    );
  });

  test('numbers that are none do not move the box', () => {
    const broken: NanoAnswer = {
      scores: new Float32Array(2 * area).fill(Number.NaN),
      sides: new Float32Array(4 * area),
    };
    expect(bestBox(broken, 64, 48)).toEqual({ x: 0, y: 0, width: 64, height: 48, surety: 0 });
  });
});

describe('an element that the net follows', () => {
  const scene = new SyntheticScene(9);
  const shot = (x: number) => scene.shoot({ x: 550 + x, y: 395 });
  const net = (answer: () => NanoAnswer): NanoNet => ({
    describe: () => Promise.resolve({} as Awaited<ReturnType<NanoNet['describe']>>),
    find: () => Promise.resolve(answer()),
  });

  /** The net sees it in the very middle of what it is shown, whatever that is, or so many pixels to the right. */
  function inTheMiddle(right = 0): NanoAnswer {
    const zoom = 127 / Math.sqrt((60 + 55) * (50 + 55));
    const { scores } = answerAt(8, 8);
    const sides = new Float32Array(4 * area);
    for (const [plane, reach] of [30 - right, 25, 30 + right, 25].entries()) {
      sides.fill(reach * zoom, plane * area, (plane + 1) * area);
    }
    return { scores, sides };
  }

  test('it lies between what the net and the filter say while they mean the same; then where it is seen clearly better', async () => {
    const first = shot(0);
    const truth: Box = first.truth ?? scene.element;
    const picture = new Picture(first.frame);
    const follower = await NanoFollower.create(
      net(() => inTheMiddle(8)),
      picture,
      truth,
    );
    const middle = truth.x + truth.width / 2;
    for (const beside of [4, 8]) {
      // The filter stays on it, while the net goes on from its own place.
      const { x } = await follower.locate(picture);
      expect(Math.abs(x - middle - beside)).toBeLessThan(1.5);
    }
    // Now the net means something else.
    expect(Math.abs((await follower.locate(picture)).x - middle)).toBeLessThan(1.5);
    // It goes on from where the element is.
    expect(Math.abs((await follower.locate(picture)).x - middle - 4)).toBeLessThan(1.5);
  });

  test('F57 the filter is asked how clearly it is seen there: the net itself is always sure', async () => {
    const first = shot(0);
    const truth: Box = first.truth ?? scene.element;
    const follower = await NanoFollower.create(
      net(() => inTheMiddle()),
      new Picture(first.frame),
      truth,
    );
    const pose = await follower.locate(new Picture(first.frame));
    expect(overlap(boxOfPose(pose), truth)).toBeGreaterThan(0.8);
    const here = follower.answer?.sharpness ?? 0;
    follower.place({ ...pose, x: pose.x + 110 });
    await follower.locate(new Picture(first.frame));
    expect(follower.answer?.sharpness).toBeLessThan(here * 0.6);
  });
});
