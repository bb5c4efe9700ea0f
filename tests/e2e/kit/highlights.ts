import { expect, type Locator, type Page } from '@playwright/test';
import { thumbHeight, thumbWidth, type Thumbs } from './footage.ts';
import type { Spot } from './marks.ts';

export const highlights = (place: Page | Locator): Locator => place.locator('[role=img][data-track-id]');
export const highlight = (place: Page | Locator, name: string): Locator =>
  place.locator('[data-track-id]').and(place.getByRole('img', { name, exact: true, includeHidden: true }));
export const menuOf = (page: Page): Locator => page.locator('[data-highlight-menu]');

export interface SeenBox {
  readonly name: string;
  readonly state: string;
  /** Centre in shares of the picture as it is on the screen. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What was on the screen together with one frame. */
export interface Seen {
  readonly atMs: number;
  /** Of the footage; -1: black; undefined: none that is known. */
  readonly frame: number | undefined;
  readonly boxes: readonly SeenBox[];
  /** Centre of what is drawn on the picture, in shares of it; undefined without any. */
  readonly ink: Spot | undefined;
}

declare global {
  interface Window {
    /** Newest last; as many as were not taken yet. */
    seen: Seen[];
    seenNow: Seen | undefined;
    /** The frame that was on the screen when a pointer came down last. */
    frameAtDown: number | undefined;
    watching: boolean;
  }
}

/** Records from now on which frame of the footage is shown in a tile, and what lies over it. */
export async function watchFootage(tile: Locator, thumbs: Thumbs): Promise<void> {
  await expect(tile.locator('video')).toHaveCount(1);
  await tile.locator('video').evaluate(
    (video: HTMLVideoElement, { thumbs: texts, wide, high }) => {
      const known = texts.map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
      const inkWide = 192;
      const inkHigh = 108;
      const inkPlace = new OffscreenCanvas(inkWide, inkHigh).getContext('2d', { willReadFrequently: true });
      const picture = video.closest('section');
      const canvas = picture?.querySelector('canvas[role=img]');
      if (!inkPlace || !picture || !(canvas instanceof HTMLCanvasElement)) throw new Error('no picture');

      // The luma of the frame itself: to draw it on a canvas would cost more than all that is watched here.
      let luma = new Uint8Array(0);
      const samples = 5;
      const frameShown = async (shown: VideoFrame): Promise<number | undefined> => {
        const { width, height } = shown.visibleRect ?? shown.codedRect ?? { width: 0, height: 0 };
        const size = shown.allocationSize();
        if (luma.length !== size) luma = new Uint8Array(size);
        const bytes = luma;
        const { offset = 0, stride = 0 } = (await shown.copyTo(bytes))[0] ?? {};
        shown.close();
        const gray = new Uint8Array(wide * high);
        for (let at = 0; at < gray.length; at += 1) {
          const left = at % wide;
          const top = Math.floor(at / wide);
          let sum = 0;
          for (let one = 0; one < samples * samples; one += 1) {
            const x = Math.floor(((left + ((one % samples) + 0.5) / samples) * width) / wide);
            const y = Math.floor(((top + (Math.floor(one / samples) + 0.5) / samples) * height) / high);
            sum += bytes[offset + y * stride + x] ?? 0;
          }
          gray[at] = sum / (samples * samples);
        }
        if (gray.every((value) => value < 28)) return -1;
        let best: number | undefined;
        // A mean difference above this is another picture.
        let least = 14 * gray.length;
        for (const [index, thumb] of known.entries()) {
          let sum = 0;
          for (let at = 0; at < gray.length && sum < least; at += 1)
            sum += Math.abs((gray[at] ?? 0) - (thumb[at] ?? 0));
          if (sum < least) {
            least = sum;
            best = index;
          }
        }
        return best;
      };
      const inkCentre = (): { x: number; y: number } | undefined => {
        if (canvas.dataset.marksShown === '0' || canvas.width === 0) return undefined;
        inkPlace.clearRect(0, 0, inkWide, inkHigh);
        inkPlace.drawImage(canvas, 0, 0, inkWide, inkHigh);
        const { data } = inkPlace.getImageData(0, 0, inkWide, inkHigh);
        let [x, y, ink] = [0, 0, 0];
        for (let at = 0; at < inkWide * inkHigh; at += 1) {
          const alpha = data[at * 4 + 3] ?? 0;
          x += alpha * ((at % inkWide) + 0.5);
          y += alpha * (Math.floor(at / inkWide) + 0.5);
          ink += alpha;
        }
        return ink < 500 ? undefined : { x: x / ink / inkWide, y: y / ink / inkHigh };
      };
      const look = (): Omit<Seen, 'frame'> => {
        const whole = canvas.getBoundingClientRect();
        const boxes = [...picture.querySelectorAll<HTMLElement>('[data-track-id]')].map((element) => {
          const box = element.getBoundingClientRect();
          return {
            name: element.getAttribute('aria-label') ?? '',
            state: element.dataset.trackState ?? '',
            x: (box.x + box.width / 2 - whole.x) / whole.width,
            y: (box.y + box.height / 2 - whole.y) / whole.height,
            width: box.width / whole.width,
            height: box.height / whole.height,
          };
        });
        return { atMs: performance.now(), boxes, ink: inkCentre() };
      };

      window.seen = [];
      window.watching = true;
      const onFrame = (): void => {
        if (!window.watching || !video.isConnected) return;
        // After everybody's callbacks for this frame, before it is painted.
        requestAnimationFrame(() => {
          const seen = look();
          void frameShown(new VideoFrame(video)).then((frame) => {
            window.seenNow = { ...seen, frame };
            if (window.seen.push(window.seenNow) > 1_500) window.seen.shift();
          });
        });
        video.requestVideoFrameCallback(onFrame);
      };
      video.requestVideoFrameCallback(onFrame);
      window.addEventListener(
        'pointerdown',
        () => {
          window.frameAtDown = undefined;
          void frameShown(new VideoFrame(video)).then((frame) => (window.frameAtDown = frame));
        },
        { capture: true },
      );
    },
    { thumbs, wide: thumbWidth, high: thumbHeight },
  );
}

/** Everything seen since the last time this was asked. */
export const takeSeen = (page: Page): Promise<Seen[]> => page.evaluate(() => window.seen.splice(0));

/** Waits until a frame of the footage is on the screen. */
export async function waitForFrame(page: Page, first: number, last: number): Promise<void> {
  await page.waitForFunction(
    ([from, to]) => {
      const frame = window.seenNow?.frame;
      return frame !== undefined && frame >= from && frame <= to;
    },
    [first, last] as const,
  );
}

/** Drags a box with the mouse over the surface of the Track tool; places in shares of the picture as it is seen. */
export async function dragBox(page: Page, from: Spot, to: Spot, ready?: () => Promise<void>): Promise<void> {
  const surface = page.locator('[data-track-surface]');
  const area = await surface.boundingBox();
  if (!area) throw new Error('nothing to mark on');
  const at = ({ x, y }: Spot): [number, number] => [area.x + x * area.width, area.y + y * area.height];
  await page.mouse.move(...at(from));
  await ready?.();
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 4 });
  await page.mouse.up();
}

/** How the highlight lay on one of the frames whose header was measured. */
export interface Judgement {
  readonly frame: number;
  readonly samples: number;
  /** Median distance between the highlight's centre and the header's, in widths of the picture. */
  readonly distance: number;
  readonly tracked: number;
  /** Farthest that it was shown as tracked. */
  readonly worst: number;
}

/** In widths of a 16:9 picture. */
export const distanceOf = (one: Spot, other: Spot): number =>
  Math.hypot(one.x - other.x, ((one.y - other.y) * 9) / 16);

export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
