import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { handheldFootage } from '../../harness/data.ts';
import type { Spot } from './marks.ts';

/** Size of the gray pictures by which a frame on the screen is known again. */
export const thumbWidth = 32;
export const thumbHeight = 18;

/** Gray values row by row, one text of base64 for each frame of the footage. */
export type Thumbs = readonly string[];

/** The frames of a .mjpeg file, each a JPEG. */
export async function framesOf(file: string = handheldFootage): Promise<Buffer[]> {
  const bytes = await readFile(file);
  const border = Buffer.from([0xff, 0xd9, 0xff, 0xd8]);
  const frames: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(border, start);
    frames.push(bytes.subarray(start, end < 0 ? bytes.length : end + 2));
    start = end < 0 ? bytes.length : end + 2;
  }
  return frames;
}

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

/**
 * Centre of the sign's header ('Indego … 13th & MONTGOMERY') in shares of the whole picture, by frame (from 0), measured
 * by eye on the frames. Where the header is cut by the upper edge it is the centre of the whole header.
 */
export const headerCentres: ReadonlyMap<number, Spot> = new Map([
  [1, { x: 0.463, y: 0.188 }],
  [12, { x: 0.494, y: 0.141 }],
  [22, { x: 0.393, y: 0.179 }],
  [32, { x: 0.329, y: 0.135 }],
  [42, { x: 0.292, y: 0.143 }],
  [51, { x: 0.394, y: 0.246 }],
  [60, { x: 0.521, y: 0.183 }],
  [64, { x: 0.537, y: 0.184 }],
  [70, { x: 0.526, y: 0.186 }],
  [75, { x: 0.535, y: 0.218 }],
  [80, { x: 0.529, y: 0.331 }],
  [82, { x: 0.524, y: 0.297 }],
  [85, { x: 0.509, y: 0.257 }],
  [115, { x: 0.422, y: 0.087 }],
  [126, { x: 0.329, y: 0.107 }],
  [136, { x: 0.307, y: 0.145 }],
]);

/** The header stands upright on it; the cameras of these tests rest there for a while, as somebody would who is marking. */
export const restFrame = 68;
/** Corners of the header on it, as a person would drag a box around it. */
export const restHeader = { from: { x: 0.378, y: 0.118 }, to: { x: 0.688, y: 0.25 } } as const;
const restFrames = 60;
/** Frames between which the camera goes up and down; used forth and back they make a loop without a cut. */
export const panFrames = { first: restFrame, last: 85 } as const;

/** A camera that somebody holds still: what is drawn on its picture stays where it was drawn. */
export const resting = (frames: readonly Buffer[]): Buffer =>
  Buffer.concat(Array.from({ length: restFrames }, () => frames[restFrame] ?? Buffer.alloc(0)));

/**
 * The whole footage, from its upright frame on, where it rests first. Each frame is shown `slowness` times: both sides
 * of the call and what watches them share one machine.
 */
export function turning(frames: readonly Buffer[], slowness: number): Buffer {
  const rest = frames[restFrame];
  if (!rest) throw new Error('the footage is shorter than expected');
  const way = [...frames.slice(restFrame + 1), ...frames.slice(0, restFrame)];
  const slow = way.flatMap((frame) => Array.from({ length: slowness }, () => frame));
  return Buffer.concat([...Array.from({ length: restFrames }, () => rest), ...slow]);
}

/** Between the frames of the pan that were measured, on a straight line. */
export function headerInPan(frame: number): Spot {
  const known = [...headerCentres].filter(([at]) => at >= panFrames.first && at <= panFrames.last);
  const after = known.findIndex(([at]) => at >= frame);
  const [toFrame, to] = known[after] ?? [NaN, { x: NaN, y: NaN }];
  const [fromFrame, from] = known[after - 1] ?? [toFrame, to];
  const share = toFrame === fromFrame ? 0 : (frame - fromFrame) / (toFrame - fromFrame);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

/**
 * The camera rests, goes up and down `swings` times, and then it is covered for `blackFrames`. Each frame of the pan is shown
 * `slowness` times: what is proved on it must not hang on how fast the machine is.
 */
export function panAndCover(
  frames: readonly Buffer[],
  black: Buffer,
  { swings, slowness, blackFrames }: { swings: number; slowness: number; blackFrames: number },
): Buffer {
  const forth = frames.slice(restFrame, panFrames.last + 1);
  const swing = [...forth, ...forth.slice(1, -1).toReversed()];
  const rest = Array.from({ length: restFrames }, () => forth[0] ?? black);
  const slow = swing.flatMap((frame) => Array.from({ length: slowness }, () => frame));
  const bright = Array.from({ length: swings }, () => slow).flat();
  return Buffer.concat([...rest, ...bright, ...Array.from({ length: blackFrames }, () => black)]);
}
