import type { Page } from '@playwright/test';

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

/**
 * @param page a blank one, used up by this
 * @returns a thumb for each frame, and a black JPEG as large as they are
 */
export async function readFootage(
  page: Page,
  frames: readonly Buffer[],
): Promise<{ thumbs: Thumbs; black: Buffer }> {
  await openLightTable(page, frames);
  const { thumbs, black } = await page.evaluate(
    async ({ count, wide, high }) => {
      const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
      const whole = new OffscreenCanvas(1280, 720).getContext('2d', { willReadFrequently: true });
      if (!whole) throw new Error('no canvas');
      const samples = 5;
      const thumbOf = async (index: number): Promise<string> => {
        const bitmap = await createImageBitmap(await (await fetch(`/${index}`)).blob());
        whole.drawImage(bitmap, 0, 0);
        bitmap.close();
        const { data, width, height } = whole.getImageData(0, 0, 1280, 720);
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
        return base64(gray);
      };
      const thumbs: string[] = [];
      for (let index = 0; index < count; index += 1) thumbs.push(await thumbOf(index));
      const dark = new OffscreenCanvas(1280, 720);
      dark.getContext('2d')?.fillRect(0, 0, 1280, 720);
      const blob = await dark.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
      return { thumbs, black: base64(new Uint8Array(await blob.arrayBuffer())) };
    },
    { count: frames.length, wide: thumbWidth, high: thumbHeight },
  );
  return { thumbs, black: Buffer.from(black, 'base64') };
}
