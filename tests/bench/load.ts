// JavaScript of the code user's first page, on a first visit. `load.javascript` is everything the page itself fetches
// from /c/<code> until /home stands and the network is quiet; `load.javascript-shown` the part of it that had come
// when /home was shown. What the worker keeps for offline use is not part of either.
import { gzipSync } from 'node:zlib';
import { launchChromium } from '../harness/browsers.ts';
import { printBench } from '../harness/bench-line.ts';
import { startRelay } from '../harness/relay-process.ts';

const runs = 3;
const limitKilobytes = 80;

const relay = await startRelay({ via: 'npm' });
const browser = await launchChromium();
try {
  const samples: number[] = [];
  const shown: number[] = [];
  let largest: [path: string, bytes: number][] = [];
  for (let run = 0; run < runs; run += 1) {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 768, height: 1024 } });
    const page = await context.newPage();
    const scripts = new Map<string, Promise<number>>();
    page.on('response', (response) => {
      const type = response.headers()['content-type'] ?? '';
      // The worker's own fetches have no frame; from the page's point of view they do not exist.
      if (response.request().serviceWorker() !== null || !/javascript/.test(type)) return;
      const path = new URL(response.url()).pathname;
      if (path === '/service-worker.js') return;
      scripts.set(
        path,
        response.body().then((body) => gzipSync(body, { level: 9 }).length),
      );
    });
    await page.goto(`${relay.url}/c/PUMP-P101-DEMO`);
    await page.waitForURL('**/home');
    await page.getByRole('heading', { name: 'Pump P-101' }).waitFor();
    const needed = new Set(scripts.keys());
    await page.waitForLoadState('networkidle');
    const sizes = await Promise.all(
      [...scripts].map(async ([path, size]): Promise<[string, number]> => [path, await size]),
    );
    const kilobytes = (some: typeof sizes): number => some.reduce((sum, [, bytes]) => sum + bytes, 0) / 1024;
    samples.push(kilobytes(sizes));
    shown.push(kilobytes(sizes.filter(([path]) => needed.has(path))));
    largest = sizes.sort((a, b) => b[1] - a[1]).slice(0, 8);
    await context.close();
  }
  const limit = [{ against: `limit of ${limitKilobytes} KB`, samples: samples.map(() => limitKilobytes) }];
  printBench('load.javascript', 'KB', samples, limit);
  printBench('load.javascript-shown', 'KB', shown, limit);
  for (const [path, bytes] of largest) process.stderr.write(`${(bytes / 1024).toFixed(1)} KB ${path}\n`);
} finally {
  await browser.close();
  await relay.dispose();
}
