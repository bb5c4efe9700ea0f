import type { Browser, CDPSession, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../../harness/browsers.ts';
import { mainThreadMs } from '../../harness/page-work.ts';
import type { Scenes } from './faults-page.ts';
import { serveMediaPages, type MediaServer } from './media-server.ts';

type Scene = keyof Scenes;

/** What the network does; set before the page makes a connection, otherwise it does not act on calls. */
const fine = {
  offline: false,
  latency: 5,
  downloadThroughput: 1e8,
  uploadThroughput: 1e8,
  packetLoss: 0,
  packetQueueLength: 0,
};

describe.skipIf(chromiumSkipReason())('a call over PeerJS when things go wrong', () => {
  let server: MediaServer;
  let browser: Browser;
  let page: Page;
  let network: CDPSession;
  const faults: Error[] = [];

  beforeAll(async () => {
    server = await serveMediaPages(['tests/contracts/call-transport/faults-page.html']);
    browser = await launchChromium({ extraArgs: ['--autoplay-policy=no-user-gesture-required'] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error));
    network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    await network.send('Network.emulateNetworkConditions', fine);
    await page.goto(server.pageUrl('faults-page.html'));
    await page.waitForFunction(() => document.title === 'ready');
  });
  afterEach(async () => {
    await page.close();
    expect(faults.splice(0)).toEqual([]);
  });

  function play<S extends Scene>(
    scene: S,
    ...args: Parameters<Scenes[S]>
  ): Promise<Awaited<ReturnType<Scenes[S]>>> {
    return page.evaluate(
      ([name, given]) => {
        const { scenes } = globalThis as unknown as { scenes: Record<string, (...a: unknown[]) => unknown> };
        return scenes[name as string]?.(...(given as unknown[]));
      },
      [scene, args] as const,
    ) as Promise<Awaited<ReturnType<Scenes[S]>>>;
  }

  it('X5 the relay dies in a call: video goes on, and when it is back fresh addresses are announced', async () => {
    await play('begin', { camera: true });
    const before = await play('addresses');
    const connections = await play('made');
    await play('setRelay', false);
    await server.stopSignalling();
    await play('framesGoOn');
    await play('control');
    await server.startSignalling();
    await play('setRelay', true);
    await play('freshAddresses', before);
    await play('framesGoOn');
    expect(await play('states')).toEqual([['connected'], ['connected']]);
    expect(await play('made')).toBe(connections);
    await play('end');
  });

  it('B20 every frame that is seen has a name that its sender was told, whoever called', async () => {
    await play('begin', { camera: true });
    for (const from of ['answerer', 'caller'] as const) {
      const told = await play('framesAndNames', from);
      expect(told.seen).toBeGreaterThanOrEqual(40);
      expect(told).toMatchObject({ unnamed: 0, untold: 0, late: 0 });
    }
    await play('end');
  });

  it('B20 F98 names mean the very frames that were seen, also after a switch of camera', async () => {
    await play('begin', { camera: true });
    const { asked, right, unknown } = await play('namesOfNumbered');
    expect(asked).toBe(180);
    expect(unknown).toBeLessThanOrEqual(1);
    expect(right / asked).toBeGreaterThanOrEqual(0.99);
    await play('end');
  });

  it.each(['throws', 'is gone'] as const)(
    'B20 the worker that names frames %s: video goes on, and so do names',
    async (how) => {
      await play('begin', { camera: true });
      await play('namesAreTold');
      await play('breakWorker', how);
      await play('framesGoOn');
      await play('namesAreTold');
      await play('control');
      await play('end');
    },
  );

  it('one end breaks without a word: both link again, in the same call', async () => {
    await play('begin', { camera: true });
    await play('breakOneEnd');
    await play('downSeen');
    await play('upAgain');
    await play('framesGoOn');
    await play('control');
    await play('live');
    await play('end');
  });

  it('the path breaks until both have noticed: the link comes back by itself and video goes on', async () => {
    await play('begin', { camera: true });
    await network.send('Network.emulateNetworkConditions', { ...fine, offline: true });
    await play('downSeen');
    await network.send('Network.emulateNetworkConditions', fine);
    await play('upAgain');
    await play('framesGoOn');
    await play('control');
    await play('end');
  });

  it('F36 F39 where nothing is published nothing is sent, at the start and after a camera was stopped', async () => {
    await play('begin', { camera: false });
    expect(await play('nothingIsSent')).toBe(0);
    await play('end');
    await play('begin', { camera: true });
    await play('publishNothingAgain');
    const before = await play('nothingIsSent');
    expect(await play('nothingIsSent')).toBe(before);
    await play('end');
  });

  it('T4 a stranger’s calls and data connections get no answer and learn no address', async () => {
    await play('begin', { camera: false });
    const beforeMs = await mainThreadMs(page);
    expect(await play('strangerCalls')).toEqual({ connections: 0, answered: false });
    expect((await mainThreadMs(page)) - beforeMs).toBeLessThan(2_000);
    await play('control');
    await play('end');
  });

  it('T5 five bytes that freeze PeerJS and bombs of brackets do not hold the page up', async () => {
    await play('begin', { camera: false });
    const beforeMs = await mainThreadMs(page);
    await play('poison');
    // PeerJS's own reader would be at work for many seconds.
    expect((await mainThreadMs(page)) - beforeMs).toBeLessThan(1_000);
    await play('live');
    await play('end');
  });
});
