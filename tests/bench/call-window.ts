// START or Video pressed → the call window on the screen, in the whole app; beside it, going to another page of the app.
import type { Page } from '@playwright/test';
import {
  callBar,
  comeInByCode,
  confirm,
  expectStatus,
  hangUp,
  incomingCall,
  request,
  signIn,
} from '../e2e/kit/steps.ts';
import { printBench } from '../harness/bench-line.ts';
import { launchChromium } from '../harness/browsers.ts';
import { startRelay } from '../harness/relay-process.ts';

const runs = Number(process.env.BENCH_RUNS ?? 8);
const relay = await startRelay({ via: 'npm' });
const browser = await launchChromium();
const samples = { start: [] as number[], video: [] as number[], page: [] as number[] };

/** Milliseconds from the press on `button` to the first frame with something that `there` matches. */
async function pressed(page: Page, button: string, there: string): Promise<number> {
  await page.evaluate(
    ({ name, selector }) => {
      const scope = window as unknown as { shown?: Promise<number> };
      scope.shown = new Promise((resolve) => {
        const begin = (event: Event): void => {
          const hit = (event.target as Element).closest('button, a');
          if (!hit?.textContent?.includes(name)) return;
          removeEventListener('click', begin, true);
          const startMs = performance.now();
          const look = (): void => {
            if (document.querySelector(selector))
              requestAnimationFrame(() => resolve(performance.now() - startMs));
            else requestAnimationFrame(look);
          };
          look();
        };
        addEventListener('click', begin, true);
      });
    },
    { name: button, selector: there },
  );
  const by = page
    .getByRole('button', { name: button, exact: true })
    .or(page.getByRole('link', { name: button }));
  await by.first().click();
  return page.evaluate(() => (window as unknown as { shown: Promise<number> }).shown);
}

const bar = '[role=toolbar][aria-label=Call]';

try {
  const contexts = await Promise.all([0, 1].map(() => browser.newContext({ locale: 'en-GB' })));
  const [tablet, office] = await Promise.all(contexts.map((context) => context.newPage()));
  if (!tablet || !office) throw new Error('no pages');
  await comeInByCode(tablet, relay.url);
  await signIn(office, relay.url, 'erika');
  for (let run = -1; run < runs; run += 1) {
    const id = await request(tablet, relay.url, `Run ${run}`);
    await confirm(office, relay.url, id);
    await expectStatus(tablet, 'CONFIRMED');
    const page = await pressed(office, 'Tickets', 'a[href="/office/tickets"][aria-current=page]');
    const start = await pressed(tablet, 'Start call', bar);
    await incomingCall(office).waitFor();
    const video = await pressed(office, 'Video', bar);
    await callBar(tablet).waitFor();
    await hangUp(office, tablet);
    if (run < 0) continue;
    samples.start.push(start);
    samples.video.push(video);
    samples.page.push(page);
  }
  const floor = [{ against: 'another page of the app', samples: samples.page }];
  printBench('call-window.start', 'ms', samples.start, floor);
  printBench('call-window.video', 'ms', samples.video, floor);
} finally {
  await browser.close();
  await relay.dispose();
}
