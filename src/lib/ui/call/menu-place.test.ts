import { expect, test } from 'vitest';
import { menuPlace, type Rect } from './menu-place.ts';

const room: Rect = { x: 100, y: 60, width: 1000, height: 600 };
const sheet = { width: 340, height: 240 };
const anchor = (x: number, y: number, width = 80, height = 80): Rect => ({ x, y, width, height });

test('F57 the sheet stands beside its highlight, on the side that has room', () => {
  expect(menuPlace(anchor(300, 200), sheet, room, false)).toEqual({ x: 392, y: 200 });
  expect(menuPlace(anchor(900, 200), sheet, room, false)).toEqual({ x: 548, y: 200 });
});

test('F57 where neither side has room it stands under the highlight, or over it', () => {
  const narrowRoom = { ...room, width: 700 };
  expect(menuPlace(anchor(350, 100, 200), sheet, narrowRoom, false).y).toBe(192);
  expect(menuPlace(anchor(350, 500, 200), sheet, narrowRoom, false).y).toBe(248);
});

test.each([
  [anchor(-500, -500)],
  [anchor(5000, 5000)],
  [anchor(110, 650)],
  [anchor(100, 60, 1000, 600)],
  [undefined],
])('F57 it stays in the picture, case %#', (about) => {
  const at = menuPlace(about, sheet, room, false);
  expect(at.x).toBeGreaterThanOrEqual(room.x);
  expect(at.y).toBeGreaterThanOrEqual(room.y);
  expect(at.x + sheet.width).toBeLessThanOrEqual(room.x + room.width);
  expect(at.y + sheet.height).toBeLessThanOrEqual(room.y + room.height);
});

test('F57 on phones it lies across the lower edge, across the upper one for a highlight that is low', () => {
  const phone: Rect = { x: 0, y: 0, width: 390, height: 600 };
  const wide = { width: 374, height: 240 };
  expect(menuPlace(anchor(50, 100), wide, phone, true)).toEqual({ x: 8, y: 352 });
  expect(menuPlace(anchor(50, 500), wide, phone, true)).toEqual({ x: 8, y: 8 });
});
