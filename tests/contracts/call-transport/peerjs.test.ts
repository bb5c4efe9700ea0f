import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../../harness/browsers.ts';
import { callTransportContract } from './contract.ts';
import { serveMediaPages, type MediaServer } from './media-server.ts';

type ContractPage = { runContractCase(title: string): Promise<void>; contractTitles: string[] };

describe.skipIf(chromiumSkipReason())('call transport over PeerJS, in Chromium', () => {
  let server: MediaServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await serveMediaPages(['tests/contracts/call-transport/page.html']);
    browser = await launchChromium({ extraArgs: ['--autoplay-policy=no-user-gesture-required'] });
    page = await browser.newPage();
    page.on('pageerror', (error) => expect.fail(error.stack ?? error.message));
    await page.goto(server.pageUrl('page.html'));
    await page.waitForFunction(() => document.title === 'ready');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each(callTransportContract.map((one) => one.title))('%s', async (title) => {
    await page.evaluate((name) => (globalThis as unknown as ContractPage).runContractCase(name), title);
  });
});
