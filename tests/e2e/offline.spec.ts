import { chromium, type CDPSession } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumArgs, chromiumPath } from '../harness/browsers.ts';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { comeInByCode, expectStatus, request, shellIsKept } from './kit/steps.ts';
import { expect, makeTablet, test } from './kit/test.ts';

let relay: RelayProcess;
test.beforeAll(async () => {
  relay = await startRelay({ via: 'npm' });
});
test.afterAll(() => relay?.dispose());

const installabilityErrors = async (session: CDPSession): Promise<string[]> =>
  (await session.send('Page.getInstallabilityErrors')).installabilityErrors.map((one) => one.errorId);

test('the app can be installed: manifest, icons and worker are such that the browser offers it', async () => {
  const profile = await mkdtemp(join(tmpdir(), 'sightline-profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: chromiumArgs(),
    locale: 'en-GB',
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(relay.url);
    await shellIsKept(page);
    const session = await context.newCDPSession(page);
    await expect.poll(() => installabilityErrors(session)).toEqual([]);
    const { url, data } = await session.send('Page.getAppManifest');
    expect(url).toBe(`${relay.url}/manifest.webmanifest`);
    const manifest: { icons: { src: string; sizes: string }[] } = JSON.parse(data ?? '');
    for (const { src } of manifest.icons) {
      const icon = await page.request.get(`${relay.url}${src}`);
      expect(icon.status()).toBe(200);
      expect(icon.headers()['content-type']).toMatch(/^image\//);
    }
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
});

test('X1 without the relay the shell starts, and what the device has seen can be read', async ({
  tabletBrowser,
}) => {
  const { context, page, hosts } = await makeTablet(tabletBrowser);
  await comeInByCode(page, relay.url);
  const sessionId = await request(page, relay.url, 'To be read offline');
  await page.goto(`${relay.url}/sessions/${sessionId}`);
  await expectStatus(page, 'REQUESTED');
  await expect(page.locator('[data-outbox-count]')).toHaveAttribute('data-outbox-count', '0');
  await shellIsKept(page);

  await relay.kill9();
  await page.close();
  const again = await context.newPage();
  await again.goto(`${relay.url}/`);
  await expect(again.getByRole('heading').first()).toBeVisible();
  await again.goto(`${relay.url}/home`);
  await expect(again.getByRole('heading', { name: 'Pump P-101' })).toBeVisible();
  await expect(again.getByText('No network. You can go on working.')).toBeVisible();
  await again.goto(`${relay.url}/sessions/${sessionId}`);
  await expectStatus(again, 'REQUESTED');
  await expect(again.getByRole('heading', { name: 'To be read offline' })).toBeVisible();
  await expect(again.getByRole('list', { name: 'Updates' })).toContainText('requested the session');
  expect([...hosts.keys()]).toEqual([new URL(relay.url).host]);
  await context.close();
  await relay.restart();
});

test('every page comes with a policy that lets nothing in from elsewhere', async ({ request: http }) => {
  for (const path of [
    '/',
    '/home',
    '/sign-in',
    '/office/sessions',
    '/sessions/0000000000000000000000/call',
  ]) {
    const response = await http.get(`${relay.url}${path}`);
    expect(response.status()).toBe(200);
    const page = await response.text();
    expect(response.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
    // The hashes of the page's own script come with the page.
    const policy = /http-equiv="content-security-policy" content="([^"]*)"/i.exec(page)?.[1] ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/'unsafe-eval'|https?:\/\/|\*/);
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
    expect(scripts).not.toContain('unsafe-inline');
    const addresses = [...page.matchAll(/(?:src|href)="(https?:)?\/\/[^"]*"/g)];
    expect(addresses).toEqual([]);
  }
});

test('X1 a page that could not be fetched comes by itself once the link is back', async ({
  tabletBrowser,
}) => {
  const { context, page } = await makeTablet(tabletBrowser, { serviceWorkers: 'block' });
  await comeInByCode(page, relay.url);
  await context.setOffline(true);
  await page
    .getByRole('link', { name: /^Messages/ })
    .first()
    .click();
  await expect(page.getByRole('button', { name: 'Try again', exact: true })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole('button', { name: 'Try again', exact: true })).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await context.close();
});
