// Memory while elements are followed for minutes: of the page's process (its worker included) and of the page's heap.
// `npm run bench:vision-memory -- [--minutes N] [--elements N] [--tracker NAME]`
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { TrackerName } from '../../src/lib/vision/tracker-registry.ts';
import { printBench } from '../harness/bench-line.ts';
import { modelsDir } from '../harness/models.ts';
import { openLoadPage } from './tracking/main-thread.ts';
import { slopePerMinute } from './tracking/memory.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    elements: { type: 'string', default: '3' },
    tracker: { type: 'string', default: 'scene' },
    port: { type: 'string', default: '8454' },
  },
});
const everyMs = 5_000;
const megabyte = 1024 * 1024;

/** Resident, in MB; undefined where this system does not tell. */
function residentMb(pid: number): number | undefined {
  const file = `/proc/${pid}/status`;
  const kilobytes = existsSync(file) && /^VmRSS:\s+(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1];
  return kilobytes ? Number(kilobytes) / 1024 : undefined;
}

const opened = await openLoadPage({
  port: Number(values.port),
  where: 'worker',
  tracker: values.tracker as TrackerName,
  withModels: existsSync(modelsDir),
});
try {
  const browser = await opened.page.context().browser()?.newBrowserCDPSession();
  const tab = await opened.page.context().newCDPSession(opened.page);
  await opened.follow(Number(values.elements));
  const info = await browser?.send('SystemInfo.getProcessInfo');
  const renderers = (info?.processInfo ?? []).filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const resident: { atMs: number; value: number }[] = [];
  const heap: { atMs: number; value: number }[] = [];
  const beganMs = performance.now();
  const untilMs = beganMs + Number(values.minutes) * 60_000;
  // The first quarter fills the ring and whatever else has a bound.
  const countedFromMs = beganMs + (untilMs - beganMs) / 4;
  while (performance.now() < untilMs) {
    await opened.watch(everyMs);
    const atMs = performance.now();
    if (atMs < countedFromMs) continue;
    await tab.send('HeapProfiler.collectGarbage');
    const { usedSize } = await tab.send('Runtime.getHeapUsage');
    heap.push({ atMs, value: usedSize / megabyte });
    const sizes = renderers.flatMap((pid) => residentMb(pid) ?? []);
    if (sizes.length > 0) resident.push({ atMs, value: Math.max(...sizes) });
  }
  for (const [what, samples] of [
    ['process', resident],
    ['page-heap', heap],
  ] as const) {
    if (samples.length < 2) continue;
    printBench(
      `vision-memory.${what}`,
      'MB',
      samples.map(({ value }) => value),
    );
    printBench(`vision-memory.${what}-slope`, 'MB/min', [slopePerMinute(samples)]);
  }
} finally {
  await opened.close();
}
