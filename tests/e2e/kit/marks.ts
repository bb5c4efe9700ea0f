import { expect, type Locator, type Page } from '@playwright/test';

/** A place in the picture: 0..1 from its left upper corner, un-mirrored. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export const marksOf = (place: Locator | Page): Locator =>
  place.getByRole('img', { name: 'Marks', exact: true });

/** The strongest ink (0..255) within a few pixels around a place of the picture. */
export function inkAt(canvas: Locator, spot: Spot, reach = 4): Promise<number> {
  return canvas.evaluate(
    (element: HTMLCanvasElement, [{ x, y }, around]) => {
      const context = element.getContext('2d');
      if (!context || element.width === 0) return 0;
      const side = around * 2 + 1;
      const left = Math.round(x * element.width) - around;
      const top = Math.round(y * element.height) - around;
      const { data } = context.getImageData(left, top, side, side);
      let most = 0;
      for (let at = 3; at < data.length; at += 4) most = Math.max(most, data[at] ?? 0);
      return most;
    },
    [spot, reach] as const,
  );
}

/** Ink anywhere on the canvas. */
export function anyInk(canvas: Locator): Promise<boolean> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const context = element.getContext('2d');
    if (!context || element.width === 0) return false;
    const { data } = context.getImageData(0, 0, element.width, element.height);
    for (let at = 3; at < data.length; at += 4) if (data[at]) return true;
    return false;
  });
}

export const expectInk = (canvas: Locator, spot: Spot, message: string): Promise<void> =>
  expect.poll(() => inkAt(canvas, spot), { message }).toBeGreaterThan(120);

async function toScreen(canvas: Locator, spot: Spot): Promise<Spot> {
  const box = await canvas.boundingBox();
  if (!box) throw new Error('the marks have no place on the screen');
  return { x: box.x + spot.x * box.width, y: box.y + spot.y * box.height };
}

/** A pen on the screen that is put down, moved and lifted apart, so that others can look in between. */
export interface Pen {
  down(at: Spot): Promise<void>;
  move(to: Spot, steps?: number): Promise<void>;
  up(): Promise<void>;
}

const between = (from: Spot, to: Spot, part: number): Spot => ({
  x: from.x + (to.x - from.x) * part,
  y: from.y + (to.y - from.y) * part,
});

export function mousePen(page: Page, canvas: Locator): Pen {
  return {
    down: async (at) => {
      const { x, y } = await toScreen(canvas, at);
      await page.mouse.move(x, y);
      await page.mouse.down();
    },
    move: async (to, steps = 12) => {
      const { x, y } = await toScreen(canvas, to);
      await page.mouse.move(x, y, { steps });
    },
    up: () => page.mouse.up(),
  };
}

/** A finger, as the browser itself makes its touches. */
export async function fingerPen(page: Page, canvas: Locator): Promise<Pen> {
  const session = await page.context().newCDPSession(page);
  let last: Spot = { x: 0, y: 0 };
  const touch = async (type: 'touchStart' | 'touchMove', spot: Spot): Promise<void> => {
    const { x, y } = await toScreen(canvas, spot);
    await session.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x, y }] });
  };
  return {
    down: async (at) => {
      last = at;
      await touch('touchStart', at);
    },
    move: async (to, steps = 12) => {
      for (let step = 1; step <= steps; step += 1) await touch('touchMove', between(last, to, step / steps));
      last = to;
    },
    up: async () => {
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await session.detach();
    },
  };
}

export async function stroke(pen: Pen, from: Spot, to: Spot): Promise<void> {
  await pen.down(from);
  await pen.move(to);
  await pen.up();
}

export const tool = (page: Page, name: string): Locator =>
  page.getByRole('toolbar', { name: 'Drawing tools' }).getByRole('button', { name, exact: true });
