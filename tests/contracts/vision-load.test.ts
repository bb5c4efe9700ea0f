import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../harness/browsers.ts';
import { serveMediaPages, type MediaServer } from './call-transport/media-server.ts';
import { checkLoad, strictLimits, type LoadLimits, type LoadWindow } from './vision-load/check-load.ts';
import type { LoadInput, LoadPage } from './vision-load/page.ts';

type WithLoad = { readonly load: LoadPage };

/** Real, but such as a busy machine keeps: the strict ones are those of `bench:vision-load`. */
const limits: LoadLimits = { longTasks: 3, gapRatio: 3 };
const windowMs = 1_500;

const quiet: LoadWindow = {
  longTasksMs: [],
  gapsMs: Array.from({ length: 100 }, () => 16.7),
  looked: 30,
  tracked: 30,
  frameMs: 30,
  lastsMs: 1_670,
};

describe('the check on the page’s thread', () => {
  it('F57 passes what is as quiet as before, and fails on a long task or a screen that stutters', () => {
    expect(checkLoad([quiet], [quiet])).toBe(true);
    expect(checkLoad([{ ...quiet, longTasksMs: [51] }], [quiet])).toBe(false);
    const gapsMs = quiet.gapsMs.map((gap, i) => (i % 10 === 0 ? 33 : gap));
    expect(checkLoad([{ ...quiet, gapsMs }], [quiet])).toBe(false);
    expect(checkLoad([{ ...quiet, gapsMs }], [quiet], { ...strictLimits, gapRatio: 2 })).toBe(true);
  });
});

describe.skipIf(chromiumSkipReason())('tracking and the page’s thread', () => {
  let server: MediaServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await serveMediaPages(['tests/contracts/vision-load/page.html']);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function watched(where: LoadInput['where']): Promise<{ on: LoadWindow; off: LoadWindow }> {
    const page: Page = await browser.newPage();
    await page.goto(server.pageUrl('page.html'));
    await page.waitForFunction(() => document.title === 'ready');
    const input: LoadInput = { where, tracker: 'scene-without-model', modelsUrl: undefined, seed: 3 };
    const windows = await page.evaluate(
      async ([opening, forMs]) => {
        const { load } = globalThis as unknown as WithLoad;
        await load.open(opening);
        const off = await load.watch(forMs);
        await load.follow(3);
        const on = await load.watch(forMs);
        load.close();
        return { on, off };
      },
      [input, windowMs] as const,
    );
    await page.close();
    return windows;
  }

  it('F57 elements followed in the worker leave it alone; the same tracker on it fails the check', async () => {
    const inWorker = await watched('worker');
    expect(inWorker.on.tracked).toBeGreaterThan(0);
    expect(checkLoad([inWorker.on], [inWorker.off], limits), JSON.stringify(inWorker.on)).toBe(true);
    const onPage = await watched('page');
    expect(onPage.on.tracked).toBeGreaterThan(0);
    expect(checkLoad([onPage.on], [onPage.off], limits)).toBe(false);
    expect(Math.max(...onPage.on.longTasksMs)).toBeGreaterThan(50);
  });
});
