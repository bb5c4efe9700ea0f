import {
  test as base,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '../../harness/browsers.ts';
import { loadOwnFilm } from '../../harness/footage/film.ts';
import { resting, restOf } from '../../harness/footage/reels.ts';
import { picturesPerSecond } from './cameras.ts';
import { readFootage } from './footage.ts';
import { observe, type ObserveOptions } from './observe.ts';

export { expect } from '@playwright/test';

interface Browsers {
  /** The tablet at the machine, held still: its camera shows a machine's cabinet. */
  tabletBrowser: Browser;
  /** The desktop in the office: a process of its own, with made-up cameras to switch between. */
  officeBrowser: Browser;
}

const sound = '--autoplay-policy=no-user-gesture-required';

/** Two browser processes, shared by the tests of a worker; contexts are made anew. */
export const test = base.extend<object, Browsers>({
  tabletBrowser: [
    async ({ officeBrowser }, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'sightline-camera-'));
      const cameraFile = join(folder, 'resting.mjpeg');
      const film = await loadOwnFilm();
      const { frames } = await readFootage(officeBrowser, [restOf(film)]);
      await writeFile(cameraFile, resting({ frames, restFrame: 0 }));
      const browser = await launchChromium({ cameraFile, extraArgs: [sound] });
      await use(browser);
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
    // The first one on a machine makes the footage.
    { scope: 'worker' },
  ],
  officeBrowser: [
    async ({ browserName: _ }, use) => {
      const cameras = `--use-fake-device-for-media-stream=device-count=3,fps=${picturesPerSecond}`;
      const browser = await launchChromium({ extraArgs: [cameras, sound] });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
});

export interface Place {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Hosts of everything that was asked for, sockets included, with how often. */
  readonly hosts: Map<string, number>;
  /** What the browser's console complained of. */
  readonly complaints: string[];
}

export type PlaceOptions = BrowserContextOptions & ObserveOptions;

/** Where nothing hangs on what the app keeps for times without a link: fetching and keeping all of it takes a while. */
export const withoutShell = { serviceWorkers: 'block' } as const;

/** Somebody's own device: a fresh context with one page, watched. */
export async function makePlace(browser: Browser, options: PlaceOptions = {}): Promise<Place> {
  const { relayOnly, failures, ...settings } = options;
  const context = await browser.newContext({ locale: 'en-GB', ...settings });
  await observe(context, { ...(relayOnly ? { relayOnly } : {}), ...(failures ? { failures } : {}) });
  const hosts = new Map<string, number>();
  const complaints: string[] = [];
  const count = (address: string): void => {
    const url = new URL(address);
    if (url.protocol === 'blob:' || url.protocol === 'data:') return;
    hosts.set(url.host, (hosts.get(url.host) ?? 0) + 1);
  };
  context.on('request', (request) => count(request.url()));
  context.on('page', (page) => {
    page.on('websocket', (socket) => count(socket.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(`${error.name}: ${error.message}`));
  });
  return { context, page: await context.newPage(), hosts, complaints };
}

export const makeTablet = (browser: Browser, options: PlaceOptions = {}): Promise<Place> =>
  makePlace(browser, { viewport: { width: 768, height: 1024 }, hasTouch: true, ...options });

export const makeOffice = (browser: Browser, options: PlaceOptions = {}): Promise<Place> =>
  makePlace(browser, { viewport: { width: 1280, height: 800 }, ...options });
