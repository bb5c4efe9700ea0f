import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { build } from 'vite';
import { createRelay, type Relay } from '../../signal/create-relay.ts';
import { detectorNames } from '../../src/lib/vision/suggest/detector-names.ts';
import { chromiumSkipReason, launchChromium } from '../harness/browsers.ts';
import { projectRoot, sharedDataDir } from '../harness/data.ts';
import { modelsDir, modelsSkipReason } from '../harness/models.ts';
import { detectorContract } from './element-detector/contract.ts';
import type { PageTools } from './element-detector/page.ts';

vi.setConfig({ testTimeout: 120_000 });

/** No part of the project: where it is, what is found on a drawing is looked for on a photo as well. */
const photo = join(sharedDataDir, 'photos', 'image1.jpg');
const hasPhoto = existsSync(photo);
const skipReason = chromiumSkipReason() ?? modelsSkipReason();

/** Detectors in Chromium, served by a relay with its own policies. */
describe.skipIf(skipReason)(`element detectors${skipReason ? ` (${skipReason})` : ''}`, () => {
  let relay: Relay;
  let browser: Browser;
  let page: Page;
  let folder: string;
  const asked: string[] = [];
  const complaints: string[] = [];

  const runOn = <K extends keyof PageTools>(where: Page, name: K, ...args: Parameters<PageTools[K]>) =>
    where.evaluate(
      ([tool, given]) => {
        const { pageTools } = globalThis as unknown as {
          pageTools: Record<string, (...all: unknown[]) => Promise<unknown>>;
        };
        return pageTools[tool]?.(...given);
      },
      [name as string, args as unknown[]] as const,
    ) as ReturnType<PageTools[K]>;
  const run = <K extends keyof PageTools>(name: K, ...args: Parameters<PageTools[K]>) =>
    runOn(page, name, ...args);

  async function openPage(): Promise<Page> {
    const opened = await browser.newPage();
    await opened.goto(`${relay.origin}/page.html`);
    await opened.waitForFunction(() => document.title === 'ready');
    return opened;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'element-detector-'));
    const appDir = join(folder, 'app');
    await build({
      configFile: false,
      logLevel: 'error',
      root: join(projectRoot, 'tests', 'contracts', 'element-detector'),
      publicDir: false,
      build: {
        outDir: appDir,
        emptyOutDir: true,
        target: 'es2022',
        rollupOptions: { input: join(projectRoot, 'tests/contracts/element-detector/page.html') },
      },
      worker: { format: 'es' },
    });
    if (hasPhoto) await copyFile(photo, join(appDir, 'photo.jpg'));
    relay = await createRelay({
      port: 0,
      dataDir: join(folder, 'data'),
      appDir,
      modelsDirs: [modelsDir],
      logLevel: 'silent',
    });
    browser = await launchChromium({ extraArgs: ['--enable-unsafe-swiftshader'] });
    page = await browser.newPage();
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${relay.origin}/page.html`);
    await page.waitForFunction(() => document.title === 'ready');
  });

  afterAll(async () => {
    await browser?.close();
    await relay?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  describe.each(detectorNames)('%s', (name) => {
    test.each(detectorContract.map(({ title }) => title))('%s', async (title) => {
      await run('runContractCase', name, title, 'drawing');
    });
  });

  const onPhoto = hasPhoto ? detectorContract.filter(({ finds }) => finds) : [];
  for (const { title } of onPhoto) {
    test(`coco-ssd on a photo: ${title}`, () => run('runContractCase', 'coco-ssd', title, 'photo'));
  }

  test('C10 three frames a second at most', async () => {
    // Four frames: three pauses between their starts.
    expect(await run('pace', 4)).toBeGreaterThan(3 * 334 - 5);
  });

  test('T51 no request leaves the installation, and nothing is refused by its policies', async () => {
    expect(await run('tryToOpen')).toBe('ok');
    expect(asked.filter((url) => url.includes('/models/')).length).toBeGreaterThanOrEqual(6);
    expect(asked.filter((url) => !url.startsWith(`${relay.origin}/`) && !url.startsWith('blob:'))).toEqual(
      [],
    );
    expect(complaints.filter((text) => /Content Security Policy|violates/.test(text))).toEqual([]);
  });

  describe('weights', () => {
    const shard = '**/models/coco-ssd/group1-shard3of5*';

    test('T51 one byte of the weights is another: the worker refuses them', async () => {
      const bytes = await readFile(join(modelsDir, 'coco-ssd', 'group1-shard3of5'));
      bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1;
      await page.route(shard, (route) => route.fulfill({ body: bytes }));
      expect(await run('tryToOpen')).toBe('model-wrong-hash');
      await page.unroute(shard);
    });

    test('T51 a damaged copy in a cache is asked for anew, and then it opens', async () => {
      let times = 0;
      await page.route(shard, (route) =>
        (times += 1) === 1 ? route.fulfill({ body: Buffer.from('cut off') }) : route.continue(),
      );
      expect(await run('tryToOpen')).toBe('ok');
      expect(times).toBe(2);
      await page.unroute(shard);
    });

    test('T51 weights that are not there: said, nothing else', async () => {
      await page.route(shard, (route) => route.fulfill({ status: 404 }));
      expect(await run('tryToOpen')).toBe('model-missing');
      await page.unroute(shard);
      await page.route(shard, (route) => route.abort());
      expect(await run('tryToOpen')).toBe('model-missing');
      await page.unroute(shard);
    });
  });

  test('C11 tensors and their bytes stay as many over frames', async () => {
    const { tensors, bytes, times, after } = await run('countTensors', 6);
    process.stdout.write(`detector on wasm: ${times.map(Math.round).join(', ')} ms a frame\n`);
    expect(new Set(tensors).size).toBe(1);
    expect(new Set(bytes).size).toBe(1);
    expect(after).toBeLessThan(tensors[0] ?? 0);
  });

  // Graphics are computed on the processor here: seconds for a frame. What was lost stays lost in a page.
  test('F113 graphics are lost in the middle: it goes on with what is left', async () => {
    const own = await openPage();
    const { backends, names } = await runOn(own, 'loseGraphics', ['webgl', 'wasm'], 'in the middle');
    expect(backends).toEqual(['webgl', 'wasm']);
    expect(names.map((list) => list?.includes('stop sign'))).toEqual([true, true]);
    await own.close();
  });

  test('F113 graphics are lost and nothing is left: a reason, no error', async () => {
    const own = await openPage();
    expect((await runOn(own, 'loseGraphics', ['webgl'], 'between')).names).toEqual([undefined, undefined]);
    await own.close();
  });
});
