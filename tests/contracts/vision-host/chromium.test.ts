import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../../harness/browsers.ts';
import { mainThreadMs } from '../../harness/page-work.ts';
import { heldFrames, partBox } from '../../harness/footage/camera-path.ts';
import { loadOwnFilm } from '../../harness/footage/film.ts';
import { handHeld } from '../../harness/footage/reels.ts';
import { serveMediaPages, type MediaServer } from '../call-transport/media-server.ts';
import type { VisionPage } from './page.ts';

type WithVision = { readonly vision: VisionPage };

/** Where the big gauge is on the first of the frames that the camera shows; it stays there but for the shaking. */
const gauge = partBox(heldFrames.first, 'Gauge');
/** Farther than the hand shakes, in shares of the picture. */
const near = 0.04;

/** The real thing: a camera, a worker of its own, frames that the page's thread never has. */
describe.skipIf(chromiumSkipReason())('vision host in Chromium', () => {
  let server: MediaServer;
  let browser: Browser;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    server = await serveMediaPages(['tests/contracts/vision-host/page.html']);
    folder = await mkdtemp(join(tmpdir(), 'vision-host-'));
    const cameraFile = join(folder, 'held.mjpeg');
    await writeFile(cameraFile, handHeld(await loadOwnFilm()));
    browser = await launchChromium({ cameraFile, extraArgs: ['--autoplay-policy=no-user-gesture-required'] });
    // The first one on a machine makes the footage.
  });

  beforeEach(async () => {
    page = await browser.newPage();
    page.on('pageerror', (error) => expect.fail(error.stack ?? error.message));
    await page.goto(server.pageUrl('page.html'));
    await page.waitForFunction(() => document.title === 'ready');
  });

  afterEach(() => page.close());

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const open = (...options: Parameters<VisionPage['open']>) =>
    page.evaluate((all) => (globalThis as unknown as WithVision).vision.open(...all), options);
  const follow = (frames: number) =>
    page.evaluate(([count, box]) => (globalThis as unknown as WithVision).vision.follow(count, box), [
      frames,
      gauge,
    ] as const);
  const stopCamera = () => page.evaluate(() => (globalThis as unknown as WithVision).vision.stopCamera());
  const close = () => page.evaluate(() => (globalThis as unknown as WithVision).vision.close());

  it('F57 B20 follows in its worker from an older frame on; the page itself does next to nothing for it; the camera is left as it was', async () => {
    await open('camera', 'streams', 1280, 720);
    const beforeMs = await mainThreadMs(page);
    const watched = await follow(25);
    const pageMs = (await mainThreadMs(page)) - beforeMs;
    expect(watched.outcome).toMatchObject({ ok: true });
    expect(watched.times).toEqual(watched.times.toSorted((a, b) => a - b));
    expect(watched.posed).toBeGreaterThan(10);
    expect(watched.tracked).toBeGreaterThan(20);
    expect(watched.farthest, 'from where it is').toBeLessThan(near);
    expect(watched.reads).toBeGreaterThanOrEqual(25);
    expect(watched.names.every((name) => name === undefined)).toBe(true);
    expect(watched.aspect).toBeCloseTo(16 / 9, 2);
    expect(watched.frameMs).toBeGreaterThan(0);
    // On the page's own thread each look would cost what it costs in the worker.
    expect(pageMs / watched.times.length).toBeLessThan((watched.frameMs ?? 0) / 4);
    expect(await close()).toEqual({ track: 'live', framesAfter: 0 });
    await expect.poll(() => page.workers().length).toBe(0);
  });

  it('F58 F98 a covered camera is another epoch; nothing is read while nothing is wanted; another resolution goes on; a stopped camera ends it', async () => {
    await open('camera', 'streams', 640, 480);
    await follow(5);
    const covered = await page.evaluate(() => (globalThis as unknown as WithVision).vision.cover());
    expect(covered.lost).toBe(true);
    expect(covered.epochs).toBeGreaterThanOrEqual(1);
    expect(await page.evaluate(() => (globalThis as unknown as WithVision).vision.rest())).toBe(0);
    const aspect = await page.evaluate(() => (globalThis as unknown as WithVision).vision.resize(1280, 720));
    expect(aspect).toBeCloseTo(16 / 9, 2);
    await stopCamera();
    await expect.poll(() => page.workers().length).toBe(0);
  });

  it.each(['streams', 'elements'] as const)(
    'B20 a picture that came over a link has names of its frames (%s)',
    async (way) => {
      await open('link', way, 640, 480);
      const { names, times } = await follow(8);
      expect(names.every((name) => Number.isInteger(name))).toBe(true);
      expect(new Set(names).size).toBe(names.length);
      // When a frame is shown depends on how busy this machine is; the order of their names and times does not.
      const since = names.map((name) => ((name ?? 0) - (names[0] ?? 0)) >>> 0);
      expect(since).toEqual(since.toSorted((a, b) => a - b));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      await close();
    },
  );
});
