import { describe, expect, test } from 'vitest';
import {
  BoxGesture,
  dragBox,
  isBoxKey,
  keyStep,
  leastSidePx,
  moveBox,
  resizeBox,
  tapBox,
  tapReachPx,
  toPictureBox,
} from './box-gesture.ts';

const area = { width: 800, height: 600 };
const at = (x: number, y: number): { x: number; y: number } => ({ x, y });

describe('dragged boxes', () => {
  test('F57 a drag gives the box between its ends, in shares, whichever way it went', () => {
    const box = { x: 0.25, y: 0.25, width: 0.5, height: 0.25 };
    expect(dragBox(at(200, 150), at(600, 300), area)).toEqual(box);
    expect(dragBox(at(600, 300), at(200, 150), area)).toEqual(box);
    expect(dragBox(at(600, 150), at(200, 300), area)).toEqual(box);
  });

  test('F57 a drag that leaves the picture ends at its edge', () => {
    expect(dragBox(at(600, 450), at(2000, -50), area)).toEqual({ x: 0.75, y: 0, width: 0.25, height: 0.75 });
  });

  test('F57 what was drawn thinner than a finger grows around its middle', () => {
    const box = dragBox(at(200, 300), at(600, 304), area);
    expect(box.height * area.height).toBeCloseTo(leastSidePx);
    expect((box.y + box.height / 2) * area.height).toBeCloseTo(302);
    expect(box.width).toBeCloseTo(0.5);
  });

  test('F57 a thin box at the edge grows into the picture, not out of it', () => {
    const box = dragBox(at(799, 100), at(900, 200), area);
    expect(box.width * area.width).toBeCloseTo(leastSidePx);
    expect(box.x + box.width).toBeCloseTo(1);
  });
});

describe('tapped boxes', () => {
  test('F57 F113 a tap sets a square of 18 % of the shorter side around it', () => {
    const box = tapBox(at(400, 300), area);
    expect(box.width * area.width).toBeCloseTo(108);
    expect(box.height * area.height).toBeCloseTo(108);
    expect((box.x + box.width / 2) * area.width).toBeCloseTo(400);
    expect((box.y + box.height / 2) * area.height).toBeCloseTo(300);
  });

  test.each([
    [0, 0],
    [800, 600],
    [3, 598],
    [-20, 700],
  ])('F57 a tap at %i, %i keeps the whole square in the picture', (x, y) => {
    const box = tapBox(at(x, y), area);
    expect(box.width * area.width).toBeCloseTo(108);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(1 + 1e-12);
    expect(box.y + box.height).toBeLessThanOrEqual(1 + 1e-12);
  });

  test('F57 on a tiny picture the square is never smaller than a finger draws', () => {
    const small = { width: 100, height: 60 };
    expect(tapBox(at(50, 30), small).height * small.height).toBeCloseTo(leastSidePx);
  });
});

describe('mirrored pictures', () => {
  const seen = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };

  test('F60 C20 a box drawn on a mirrored picture is sent un-mirrored', () => {
    const sent = toPictureBox(seen, true);
    expect(sent.x).toBeCloseTo(0.6);
    expect([sent.y, sent.width, sent.height]).toEqual([0.2, 0.3, 0.4]);
  });

  test('F60 C20 there and back again is the same place; without the mirror nothing changes', () => {
    const back = toPictureBox(toPictureBox(seen, true), true);
    expect(back.x).toBeCloseTo(seen.x);
    expect(toPictureBox(seen, false)).toEqual(seen);
  });

  test('F60 an arrow key moves the box to the side it points to on the mirrored screen', () => {
    const moved = moveBox(seen, 'ArrowRight');
    expect(moved.x).toBeGreaterThan(seen.x);
    expect(toPictureBox(moved, true).x).toBeLessThan(toPictureBox(seen, true).x);
  });
});

describe('boxes by keyboard', () => {
  const box = { x: 0.4, y: 0.4, width: 0.2, height: 0.2 };

  test('F57 arrow keys move the box by one step', () => {
    expect(moveBox(box, 'ArrowLeft').x).toBeCloseTo(0.4 - keyStep);
    expect(moveBox(box, 'ArrowDown').y).toBeCloseTo(0.4 + keyStep);
  });

  test('F57 the box stays in the part of the picture that can be seen', () => {
    const limits = { x: 0.3, y: 0, width: 0.4, height: 1 };
    let moved = box;
    for (let press = 0; press < 60; press += 1) moved = moveBox(moved, 'ArrowRight', limits);
    expect(moved.x + moved.width).toBeCloseTo(0.7);
    for (let press = 0; press < 60; press += 1) moved = moveBox(moved, 'ArrowLeft', limits);
    expect(moved.x).toBeCloseTo(0.3);
  });

  test('F57 with Shift they change its size, between a finger and what can be seen', () => {
    expect(resizeBox(box, 'ArrowRight', area).width).toBeCloseTo(0.2 + keyStep);
    expect(resizeBox(box, 'ArrowUp', area).height).toBeCloseTo(0.2 - keyStep);
    let sized = box;
    for (let press = 0; press < 60; press += 1) sized = resizeBox(sized, 'ArrowLeft', area);
    expect(sized.width * area.width).toBeCloseTo(leastSidePx);
    for (let press = 0; press < 90; press += 1) sized = resizeBox(sized, 'ArrowRight', area);
    expect(sized.x + sized.width).toBeCloseTo(1);
    expect([sized.x, sized.y]).toEqual([box.x, box.y]);
  });

  test('F57 other keys are none of its keys', () => {
    expect(isBoxKey('ArrowUp')).toBe(true);
    expect(['Enter', 'a', 'toString', 'constructor'].some(isBoxKey)).toBe(false);
  });
});

describe('one pointer at a time', () => {
  test('F57 a pointer that hardly moved has tapped, where it came down', () => {
    const gesture = new BoxGesture();
    expect(gesture.down(1, at(100, 100), true)).toBe('begun');
    expect(gesture.move(1, at(100 + tapReachPx - 1, 100))).toBe(false);
    expect(gesture.drag).toBeUndefined();
    expect(gesture.up(1, at(104, 103))).toEqual({ kind: 'tap', at: at(100, 100) });
    expect(gesture.running).toBe(false);
  });

  test('F57 a pointer that moved has dragged, also when it came back to where it began', () => {
    const gesture = new BoxGesture();
    gesture.down(1, at(100, 100), true);
    expect(gesture.move(1, at(200, 180))).toBe(true);
    expect(gesture.up(1, at(101, 100))).toEqual({ kind: 'drag', from: at(100, 100), to: at(101, 100) });
  });

  test('F57 a second finger takes the box back, and neither of the two goes on with it', () => {
    const gesture = new BoxGesture();
    gesture.down(1, at(100, 100), true);
    gesture.move(1, at(200, 180));
    expect(gesture.down(2, at(300, 300), false)).toBe('cancelled');
    expect(gesture.move(1, at(220, 180))).toBe(false);
    expect(gesture.down(3, at(10, 10), false)).toBe('ignored');
    expect(gesture.up(1, at(220, 180))).toBeUndefined();
    expect(gesture.up(2, at(300, 300))).toBeUndefined();
    gesture.up(3, at(10, 10));
    expect(gesture.down(4, at(5, 5), true)).toBe('begun');
  });

  test('F57 a finger whose end nobody saw does not stop the next one', () => {
    const gesture = new BoxGesture();
    gesture.down(1, at(100, 100), true);
    gesture.down(2, at(100, 100), false);
    expect(gesture.down(3, at(100, 100), true)).toBe('begun');
  });

  test('F57 a pen takes over from the palm that lies before it, and no finger disturbs it', () => {
    const gesture = new BoxGesture();
    gesture.down(1, at(500, 500), true);
    expect(gesture.down(9, at(100, 100), true, true)).toBe('taken-over');
    expect(gesture.move(1, at(400, 500))).toBe(false);
    expect(gesture.down(2, at(500, 400), false)).toBe('ignored');
    expect(gesture.up(1, at(400, 500))).toBeUndefined();
    expect(gesture.move(9, at(200, 180))).toBe(true);
    expect(gesture.up(9, at(200, 180))).toEqual({ kind: 'drag', from: at(100, 100), to: at(200, 180) });
  });

  test('F57 a pointer that the system takes away: what it has dragged is kept, a tap is not made', () => {
    const gesture = new BoxGesture();
    gesture.down(1, at(100, 100), true);
    expect(gesture.lost(2)).toBeUndefined();
    expect(gesture.lost(1)).toBe('cancelled');
    expect(gesture.up(1, at(200, 200))).toBeUndefined();
    gesture.down(1, at(100, 100), true);
    gesture.move(1, at(180, 160));
    expect(gesture.lost(1)).toEqual({ kind: 'drag', from: at(100, 100), to: at(180, 160) });
    expect(gesture.running).toBe(false);
  });
});
