import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { firefoxPath, firefoxSkipReason } from '../../harness/browsers.ts';
import { callTransportContract } from './contract.ts';
import { serveMediaPages, type MediaServer } from './media-server.ts';

type ContractPage = { runContractCase(title: string): Promise<void> };

describe.skipIf(firefoxSkipReason())('call transport over PeerJS, in Firefox', () => {
  let server: MediaServer;
  let browser: Browser;
  let page: Page;
  let home: string;

  beforeAll(async () => {
    server = await serveMediaPages(['tests/contracts/call-transport/page.html']);
    home = await mkdtemp(join(tmpdir(), 'firefox-home-'));
    browser = await launch({
      browser: 'firefox',
      executablePath: firefoxPath(),
      headless: true,
      // Firefox refuses a home folder that belongs to somebody else, as it does in containers.
      env: { ...process.env, HOME: home },
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.peerconnection.ice.loopback': true,
        'media.peerconnection.ice.obfuscate_host_addresses': false,
        'media.autoplay.default': 0,
      },
    });
    page = await browser.newPage();
    await page.goto(server.pageUrl('page.html'));
    await page.waitForFunction(() => document.title === 'ready');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    if (home) await rm(home, { recursive: true, force: true });
  });

  it.each(callTransportContract.map((one) => one.title))('%s', async (title) => {
    await page.evaluate((name) => (globalThis as unknown as ContractPage).runContractCase(name), title);
  });
});
