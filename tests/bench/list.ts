// The back office's list from the device's own replica: from the start of a reload until the first row is painted,
// with 10,000 sessions on the device against the same page with 10. Reloads of the two take turns.
import type { Page } from '@playwright/test';
import type { SessionId } from '#domain/ids.ts';
import { launchChromium } from '../harness/browsers.ts';
import { printBench } from '../harness/bench-line.ts';
import { Client, command, emails, newId } from '../harness/relay-harness.ts';
import { startRelay } from '../harness/relay-process.ts';

const runs = 9;
const many = 10_000;
const few = 10;
const batch = 100;

declare global {
  interface Window {
    firstRowMs?: number;
  }
}

const relay = await startRelay({ via: 'npm' });
const browser = await launchChromium();

/** Somebody with so many sessions, all of them on their device. */
async function personWith(email: string, count: number): Promise<Page> {
  const client = await Client.employee({ origin: relay.url }, email);
  const socket = await client.sync();
  const [device] = (await client.me()).devices;
  if (!device) throw new Error('no device');
  for (let first = 0; first < count; first += batch) {
    const commands = Array.from({ length: Math.min(batch, count - first) }, (_, index) =>
      command(newId<SessionId>(), 0, {
        type: 'session.create',
        payload: { deviceId: device.id, reason: `Session number ${first + index}`, ticketIds: [] },
      }),
    );
    const refused = (await socket.push(...commands)).find((outcome) => !outcome.ok);
    if (refused) throw new Error(JSON.stringify(refused));
  }
  client.close();
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  const [name, value] = client.cookie.split('=');
  if (!name || !value) throw new Error('not signed in');
  await context.addCookies([{ name, value, url: relay.url }]);
  await context.addInitScript(() => {
    const look = (): void => {
      if (!document.querySelector('[data-session-id]')) return void requestAnimationFrame(look);
      // What this frame has drawn is on the screen by the next.
      requestAnimationFrame(() => (window.firstRowMs = performance.now()));
    };
    requestAnimationFrame(look);
  });
  const page = await context.newPage();
  await page.goto(`${relay.url}/office/sessions`);
  await page.locator(`[aria-rowcount='${count + 1}']`).waitFor({ timeout: 120_000 });
  return page;
}

async function firstRowMs(page: Page): Promise<number> {
  await page.reload({ waitUntil: 'commit' });
  const handle = await page.waitForFunction(() => window.firstRowMs);
  return (await handle.jsonValue()) ?? Number.NaN;
}

try {
  const large = await personWith(emails.otto, many);
  const small = await personWith(emails.erika, few);
  // The first of each warms what the browser keeps.
  await firstRowMs(large);
  await firstRowMs(small);
  const samples: number[] = [];
  const floor: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    samples.push(await firstRowMs(large));
    floor.push(await firstRowMs(small));
  }
  printBench('list.first-row', 'ms', samples, [
    { against: `the same page with ${few} sessions`, samples: floor },
  ]);
} finally {
  await browser.close();
  await relay.dispose();
}
