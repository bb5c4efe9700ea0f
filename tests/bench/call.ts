// START pressed → first remote frame: ours (the whole engine), a raw RTCPeerConnection, a stock PeerJS page.
// Ours begins with a small picture (small-start.ts), the others with what the browser chooses by itself.
import type { BrowserContext } from '@playwright/test';
import { serveMediaPages } from '../contracts/call-transport/media-server.ts';
import { printBench } from '../harness/bench-line.ts';
import { launchChromium } from '../harness/browsers.ts';
import { startRoomServer } from './call-pages/room-server.ts';

const runs = Number(process.env.BENCH_RUNS ?? 10);
const port = Number(process.env.BENCH_PORT ?? 8210);
const ways = ['ours', 'raw', 'stock'] as const;
type WayPage = { way: { wait(): Promise<void>; press(): Promise<number> } };

const server = await serveMediaPages(['tests/bench/call-pages/call-page.html'], port);
const rooms = await startRoomServer(port + 2);
const browser = await launchChromium();
const samples: Record<(typeof ways)[number], number[]> = { ours: [], raw: [], stock: [] };

async function once(way: string, room: string): Promise<number> {
  // A browser each: in one, the second tab would rightly be refused.
  const contexts: BrowserContext[] = [];
  const open = async () => {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(server.pageUrl('call-page.html', { way, room, rooms: String(port + 2) }));
    await page.waitForFunction(() => document.title === 'ready');
    return page;
  };
  try {
    const waiting = await open();
    await waiting.evaluate(() => (globalThis as unknown as WayPage).way.wait());
    const pressing = await open();
    return await pressing.evaluate(() => (globalThis as unknown as WayPage).way.press());
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
  }
}

try {
  // The first of each warms the browser up and does not count.
  for (let run = -1; run < runs; run += 1) {
    // Each begins in turn, so that none has always the same neighbour.
    for (const turn of ways.keys()) {
      const way = ways[(turn + run + 1) % ways.length] ?? 'ours';
      const value = await once(way, `${way}-${run + 1}`);
      if (run >= 0) samples[way].push(value);
    }
  }
  printBench('call.first-frame', 'ms', samples.ours, [
    { against: 'raw RTCPeerConnection', samples: samples.raw },
    { against: 'stock PeerJS', samples: samples.stock },
  ]);
} finally {
  await browser.close();
  await rooms.close();
  await server.close();
}
