import type { Page } from '@playwright/test';
import { detectorFiles, modelAddress, trackerFile } from '#domain/vision/model-files.ts';
import { modelsSkipReason } from '../harness/models.ts';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { shellIsKept } from './kit/steps.ts';
import { expect, makePlace, test } from './kit/test.ts';

const addresses = [trackerFile, ...detectorFiles].map((name) => `/models/${modelAddress(name)}`);

let relay: RelayProcess;
test.beforeAll(async () => {
  relay = await startRelay({ via: 'npm' });
});
test.afterAll(() => relay?.dispose());

/** What is kept, by cache. */
const keptIn = (page: Page): Promise<{ models: string[]; shell: string[] }> =>
  page.evaluate(async () => {
    const paths: { models: string[]; shell: string[] } = { models: [], shell: [] };
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      const urls = (await cache.keys()).map(({ url }) => new URL(url));
      paths[name === 'models' ? 'models' : 'shell'].push(...urls.map((url) => url.pathname + url.search));
    }
    return paths;
  });

const precache = (page: Page, urls: readonly unknown[]): Promise<unknown> =>
  page.evaluate(async (list) => {
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    active?.postMessage({ type: 'precache-models', urls: list }, [port2]);
    return answer;
  }, urls);

const lengthOf = (page: Page, address: string): Promise<number> =>
  page.evaluate(async (url) => (await (await fetch(url)).arrayBuffer()).byteLength, address);

test('F113 models are no part of the shell, are kept when asked for, and are there without the relay', async ({
  officeBrowser,
}) => {
  const reason = modelsSkipReason();
  test.skip(reason !== undefined, reason);
  const { context, page, hosts } = await makePlace(officeBrowser);
  await page.goto(relay.url);
  await shellIsKept(page);
  const before = await keptIn(page);
  expect(before.models).toEqual([]);
  expect(before.shell.filter((path) => /\/models\/|detector-worker|tfjs/.test(path))).toEqual([]);

  const stranger = ['https://elsewhere.test/models/a', '/api/me', '/models/unknown.bin', 7, 'http://'];
  expect(await precache(page, ['https://elsewhere.test/models/a', '/api/me', 7, 'http://'])).toBe(true);
  expect(await precache(page, stranger)).toBe(false);
  expect(await precache(page, addresses)).toBe(true);
  const after = await keptIn(page);
  expect(after.models.filter((path) => path.startsWith('/models/')).sort()).toEqual([...addresses].sort());
  expect(after.shell).toEqual(before.shell);

  await relay.stop();
  expect(await lengthOf(page, addresses[0] ?? '')).toBe(214_912);
  expect([...hosts.keys()]).toEqual([new URL(relay.url).host]);
  await context.close();
});
