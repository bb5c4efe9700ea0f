import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { LoadWindow } from '../../contracts/vision-load/check-load.ts';
import type { LoadInput, LoadPage } from '../../contracts/vision-load/page.ts';
import { serveMediaPages } from '../../contracts/call-transport/media-server.ts';
import { launchChromium } from '../../harness/browsers.ts';
import { modelsDir } from '../../harness/models.ts';

type WithLoad = { readonly load: LoadPage };

export interface OpenedLoadPage {
  readonly page: Page;
  follow(elements: number): Promise<void>;
  unfollow(): Promise<void>;
  watch(forMs: number): Promise<LoadWindow>;
  close(): Promise<void>;
}

/** A page that follows elements in a picture of its own, in a browser of its own. */
export async function openLoadPage(input: {
  readonly port: number;
  readonly where: LoadInput['where'];
  readonly tracker: LoadInput['tracker'];
  readonly withModels: boolean;
}): Promise<OpenedLoadPage> {
  const server = await serveMediaPages(['tests/contracts/vision-load/page.html'], input.port);
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.route('**/models/**', (route) =>
    route.fulfill({
      path: join(modelsDir, new URL(route.request().url()).pathname.slice('/models/'.length)),
    }),
  );
  const url = new URL(server.pageUrl('page.html'));
  await page.goto(url.href);
  await page.waitForFunction(() => document.title === 'ready');
  const opening: LoadInput = {
    where: input.where,
    tracker: input.tracker,
    modelsUrl: input.withModels ? `${url.origin}/models/` : undefined,
    seed: 3,
  };
  await page.evaluate((one) => (globalThis as unknown as WithLoad).load.open(one), opening);
  return {
    page,
    follow: (elements) =>
      page.evaluate((count) => (globalThis as unknown as WithLoad).load.follow(count), elements),
    unfollow: () => page.evaluate(() => (globalThis as unknown as WithLoad).load.unfollow()),
    watch: (forMs) => page.evaluate((ms) => (globalThis as unknown as WithLoad).load.watch(ms), forMs),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
