// Pointer event → pixel on the other canvas: the marks layer over the call's live channel, against a raw channel.
import { serveMediaPages } from '../contracts/call-transport/media-server.ts';
import { printBench } from '../harness/bench-line.ts';
import { launchChromium } from '../harness/browsers.ts';

const runs = Number(process.env.BENCH_RUNS ?? 20);
const port = Number(process.env.BENCH_PORT ?? 8214);
type BenchPage = { setUp(): Promise<void>; stroke(name: string, row: number): Promise<number[]> };

const p95 = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;

const server = await serveMediaPages(['tests/bench/annotation-pages/annotation-page.html'], port);
const browser = await launchChromium();
const samples = { ours: [] as number[], raw: [] as number[] };
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 1900 } });
  await page.goto(server.pageUrl('annotation-page.html'));
  await page.waitForFunction(() => document.title === 'ready');
  await page.evaluate(() => (globalThis as unknown as BenchPage).setUp());
  // The first stroke of each warms up and does not count. Each line's value is the median of the strokes' p95.
  for (let run = -1; run < runs; run += 1) {
    for (const name of ['ours', 'raw'] as const) {
      const times = await page.evaluate(
        ([who, row]) => (globalThis as unknown as BenchPage).stroke(who, row),
        [name, run + 1] as const,
      );
      if (run >= 0) samples[name].push(p95(times));
    }
  }
  printBench('annotation.pointer-to-pixel', 'ms', samples.ours, [
    { against: 'raw unordered data channel', samples: samples.raw },
  ]);
} finally {
  await browser.close();
  await server.close();
}
