import type { Browser, Page } from '@playwright/test';
import { pictureSize } from '../../harness/footage/panel.ts';
import { cameraSize } from './cameras.ts';

/** Size of the gray pictures by which a frame on the screen is known again. */
export const thumbWidth = 32;
export const thumbHeight = 18;

/** Gray values row by row, one text of base64 for each frame of the footage. */
export type Thumbs = readonly string[];

/** Opens a page that has nothing to do with the app, for work with pictures; it reads the frames at `/<index>`. */
async function openLightTable(page: Page, frames: readonly Buffer[]): Promise<void> {
  await page.route('http://light-table.test/**', (route) => {
    const frame = frames[Number(new URL(route.request().url()).pathname.slice(1))];
    return frame && new URL(route.request().url()).pathname !== '/'
      ? route.fulfill({ body: frame, contentType: 'image/jpeg' })
      : route.fulfill({ body: '<!doctype html>', contentType: 'text/html' });
  });
  await page.goto('http://light-table.test/');
}

export interface Footage {
  /** One for each frame. */
  readonly thumbs: Thumbs;
  /** The frames as a camera shows them, a JPEG each. */
  readonly frames: readonly Buffer[];
  /** As large as they are. */
  readonly black: Buffer;
}

/** Reads frames as they were shot, of `pictureSize`, and makes of them what a camera shows. */
export async function readFootage(browser: Browser, frames: readonly Buffer[]): Promise<Footage> {
  const context = await browser.newContext();
  try {
    return await readOn(await context.newPage(), frames);
  } finally {
    await context.close();
  }
}

async function readOn(page: Page, frames: readonly Buffer[]): Promise<Footage> {
  await openLightTable(page, frames);
  const read = await page.evaluate(
    async ({ count, shot, wide, high, shownWide, shownHigh }) => {
      const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
      const whole = new OffscreenCanvas(shot.width, shot.height).getContext('2d', {
        willReadFrequently: true,
      });
      if (!whole) throw new Error('no canvas');
      const shown = new OffscreenCanvas(shownWide, shownHigh);
      const place = shown.getContext('2d');
      if (!place) throw new Error('no canvas');
      place.imageSmoothingQuality = 'high';
      const jpegOf = async (): Promise<string> => {
        const blob = await shown.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
        return base64(new Uint8Array(await blob.arrayBuffer()));
      };
      const samples = 5;
      const readFrame = async (index: number): Promise<{ thumb: string; jpeg: string }> => {
        const bitmap = await createImageBitmap(await (await fetch(`/${index}`)).blob());
        whole.drawImage(bitmap, 0, 0);
        place.drawImage(bitmap, 0, 0, shownWide, shownHigh);
        bitmap.close();
        const { data, width, height } = whole.getImageData(0, 0, shot.width, shot.height);
        const gray = new Uint8Array(wide * high);
        for (let at = 0; at < gray.length; at += 1) {
          let sum = 0;
          for (let one = 0; one < samples * samples; one += 1) {
            const x = Math.floor((((at % wide) + ((one % samples) + 0.5) / samples) * width) / wide);
            const y = Math.floor(
              ((Math.floor(at / wide) + (Math.floor(one / samples) + 0.5) / samples) * height) / high,
            );
            const from = (y * width + x) * 4;
            sum += 0.299 * (data[from] ?? 0) + 0.587 * (data[from + 1] ?? 0) + 0.114 * (data[from + 2] ?? 0);
          }
          gray[at] = sum / (samples * samples);
        }
        return { thumb: base64(gray), jpeg: await jpegOf() };
      };
      const all: { thumb: string; jpeg: string }[] = [];
      for (let index = 0; index < count; index += 1) all.push(await readFrame(index));
      place.fillRect(0, 0, shownWide, shownHigh);
      return { all, black: await jpegOf() };
    },
    {
      count: frames.length,
      shot: pictureSize,
      wide: thumbWidth,
      high: thumbHeight,
      shownWide: cameraSize.width,
      shownHigh: cameraSize.height,
    },
  );
  return {
    thumbs: read.all.map(({ thumb }) => thumb),
    frames: read.all.map(({ jpeg }) => Buffer.from(jpeg, 'base64')),
    black: Buffer.from(read.black, 'base64'),
  };
}
