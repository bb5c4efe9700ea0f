import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { changeSettings } from './kit/settings.ts';
import { action, comeInByCode, expectStatus, request } from './kit/steps.ts';
import { expect, makeTablet, test } from './kit/test.ts';

let relay: RelayProcess;
test.beforeAll(async () => {
  relay = await startRelay({ via: 'npm' });
});
test.afterAll(() => relay?.dispose());

test('F4 with requests switched off the button is gone and the address explains why; switched on it works', async ({
  tabletBrowser,
}) => {
  const { context, page } = await makeTablet(tabletBrowser);
  await comeInByCode(page, relay.url);
  await expect(action(page, 'Request video session').first()).toBeVisible();

  await changeSettings(relay, { allowRequests: false });
  await page.goto(`${relay.url}/home`);
  await expect(page.getByRole('heading', { name: 'Pump P-101' })).toBeVisible();
  await expect(action(page, 'Request video session')).toHaveCount(0);
  await page.goto(`${relay.url}/sessions/request`);
  await expect(page.getByRole('alert').filter({ hasText: /request/i })).toBeVisible();
  await expect(action(page, 'Send request')).toHaveCount(0);

  await changeSettings(relay, { allowRequests: true });
  await page.reload();
  const sessionId = await request(page, relay.url, 'Switched on again');
  await page.goto(`${relay.url}/sessions/${sessionId}`);
  await expectStatus(page, 'REQUESTED');
  await context.close();
});
