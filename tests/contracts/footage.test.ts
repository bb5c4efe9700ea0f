import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../harness/browsers.ts';
import { frameCount, headerBox } from '../harness/footage/camera-path.ts';
import { loadOwnFilm, type Film } from '../harness/footage/film.ts';
import { pictureSize, type Rect } from '../harness/footage/panel.ts';

/** Around what has the plate's own blue, in pixels of the picture; undefined where hardly anything has it. */
function boxOfPlate(page: Page, jpeg: Buffer | undefined): Promise<Rect | undefined> {
  return page.evaluate(async (text) => {
    const blob = await (await fetch(`data:image/jpeg;base64,${text}`)).blob();
    const bitmap = await createImageBitmap(blob);
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(bitmap, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const columns = new Uint16Array(width);
    const rows = new Uint16Array(height);
    for (let at = 0; at < width * height; at += 1) {
      const [red = 0, green = 0, blue = 0] = data.subarray(at * 4, at * 4 + 3);
      if (Math.abs(red - 18) > 14 || Math.abs(green - 53) > 14 || Math.abs(blue - 95) > 14) continue;
      columns[at % width]! += 1;
      rows[Math.floor(at / width)]! += 1;
    }
    const many = (count: number): boolean => count > 12;
    const [x, y] = [columns.findIndex(many), rows.findIndex(many)];
    if (x < 0 || y < 0) return undefined;
    return { x, y, width: columns.findLastIndex(many) + 1 - x, height: rows.findLastIndex(many) + 1 - y };
  }, jpeg?.toString('base64'));
}

describe.skipIf(chromiumSkipReason())('the footage that tests bring along', () => {
  let film: Film;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    film = await loadOwnFilm();
    browser = await launchChromium();
    page = await browser.newPage();
  }, 300_000);
  afterAll(() => browser?.close());

  it('has the plate where its truth says, straight, from aside, near and far, and nowhere when it has left the picture', async () => {
    expect(film.frames).toHaveLength(frameCount);
    expect(film.judgedFrames.length).toBeGreaterThan(12);
    for (const frame of film.judgedFrames) {
      const box = headerBox(frame);
      const found = await boxOfPlate(page, film.frames[frame]);
      // A corner seen from aside, and a turn of the camera, leave a few pixels of the upright box to others.
      const off = (one: number | undefined, share: number, size: number): number =>
        Math.abs((one ?? NaN) - share * size);
      expect.soft(off(found?.x, box.x, pictureSize.width), `left, frame ${frame}`).toBeLessThan(8);
      expect.soft(off(found?.width, box.width, pictureSize.width), `width, frame ${frame}`).toBeLessThan(16);
      expect.soft(off(found?.y, box.y, pictureSize.height), `top, frame ${frame}`).toBeLessThan(14);
    }
    expect(film.withoutHeader.length).toBeGreaterThan(5);
    for (const frame of film.withoutHeader)
      expect(await boxOfPlate(page, film.frames[frame]), `frame ${frame}`).toBeUndefined();
  });
});
