import type { Page } from '@playwright/test';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { action, comeInByCode, confirm, expectStatus, request, shellIsKept, signIn } from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, type Place } from './kit/test.ts';

let relay: RelayProcess;
/** Passkeys belong to a host's name. */
let url: string;
let ada: Place;
test.beforeAll(async ({ officeBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  url = `http://localhost:${relay.port}`;
  ada = await makeOffice(officeBrowser);
  await signIn(ada.page, url, 'ada');
});
test.afterAll(async () => {
  await ada?.context.close();
  await relay?.dispose();
});

async function openDevice(page: Page, name: string): Promise<void> {
  await page.goto(`${url}/office/devices`);
  await page.getByRole('searchbox', { name: 'Search devices' }).fill(name.slice(0, 4).toLowerCase());
  await expect(page.locator('[data-device-id]')).toHaveCount(1);
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

test('F10 on a device’s page the device of a new session is given and fixed, and its sessions alone are listed', async () => {
  const { page } = ada;
  for (const [device, reason] of [
    ['Compressor K-7', 'Elsewhere'],
    ['Pump P-101', 'At the pump'],
  ] as const) {
    await openDevice(page, device);
    await page.getByRole('tab', { name: 'Video Sessions' }).click();
    await page.getByRole('button', { name: 'Create video session' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create video session' });
    await expect(dialog.getByLabel('Device')).toHaveValue(device);
    await expect(dialog.getByLabel('Device')).not.toBeEditable();
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await page.waitForURL('**/sessions/*');
    await page.goBack();
  }
  const list = page.getByRole('tabpanel', { name: 'Video Sessions' }).first();
  await expect(list.getByRole('link', { name: 'At the pump' })).toBeVisible();
  await expect(list.locator('[data-session-id]')).toHaveCount(1);
});

test('T23 F28 a replaced code is told to the open tablet, which loses nothing; its first use is told; support is switched off', async ({
  tabletBrowser,
}) => {
  const tablet = await makeTablet(tabletBrowser);
  const { page } = ada;
  await comeInByCode(tablet.page, url);
  await shellIsKept(tablet.page);
  await tablet.page.goto(`${url}/sessions/request`);
  await tablet.page.getByLabel('Reason').fill('Written without a link');
  await tablet.context.setOffline(true);
  await action(tablet.page, 'Send request').click();
  await expect(tablet.page.locator('[data-outbox-count="1"]').first()).toBeAttached();

  await openDevice(page, 'Pump P-101');
  await page.getByRole('button', { name: 'New code' }).click();
  await page.getByRole('button', { name: 'Replace code' }).click();
  const sheet = page.getByRole('dialog', { name: 'Access code of Pump P-101' });
  const code = (await sheet.locator('[data-access-code]').textContent()) ?? '';
  expect(code).toMatch(/^[2-9A-Z]{4}(-[2-9A-Z]{4}){2}$/);
  await expect(sheet.getByText(`${url}/c/${code}`)).toBeVisible();
  // On paper there is the code with its picture, and nothing of the app around.
  await page.emulateMedia({ media: 'print' });
  const paper = page.locator('body > section');
  await expect(paper.getByText(code)).toBeVisible();
  await expect(paper.locator('svg')).toBeVisible();
  await expect(page.getByRole('navigation')).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  await sheet.getByRole('button', { name: 'Close' }).click();
  // Nothing of it stays on the page, once the sheet has gone.
  await expect(sheet).toHaveCount(0);
  await expect(paper).toHaveCount(0);
  expect(await page.content()).not.toContain(code);
  const use = page.locator('[data-first-use]');
  await expect(use).toHaveAttribute('data-first-use', 'none');

  await tablet.context.setOffline(false);
  await expect(tablet.page.getByRole('alert').filter({ hasText: 'Not sent yet: 1' })).toBeVisible();
  await action(tablet.page, 'I have a code').click();
  await tablet.page.getByLabel('Access code').fill(code.toLowerCase());
  await action(tablet.page, 'Continue').click();
  await tablet.page.waitForURL('**/home');
  await expect(use).toHaveAttribute('data-first-use', 'used');
  await expect(page.getByText('An access code was used for the first time')).toBeVisible();
  await page.getByRole('tab', { name: 'Video Sessions' }).click();
  await expect(page.getByRole('link', { name: 'Written without a link' })).toBeVisible();

  await page.getByRole('tab', { name: 'Details' }).click();
  await expect(action(tablet.page, 'Request video session').first()).toBeVisible();
  await page.getByRole('switch', { name: 'Live support' }).click();
  await expect(tablet.page.locator('[data-channel=disabled]').first()).toBeVisible();
  await expect(action(tablet.page, 'Request video session')).toHaveCount(0);
  await expect(page.locator('[data-channel=disabled]').first()).toBeVisible();
  await page.getByRole('switch', { name: 'Live support' }).click();
  await expect(action(tablet.page, 'Request video session').first()).toBeVisible();
  await tablet.context.close();
});

test('T45 T47 an employee joins by a link and a passkey, signs in by it, sets a password, and is out at once when deactivated', async ({
  officeBrowser,
}) => {
  const { page } = ada;
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('button', { name: 'Add employee' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add employee' });
  await dialog.getByLabel('Name').fill('Nora New');
  await dialog.getByLabel('E-mail').fill('nora@demo.example');
  await dialog.getByRole('button', { name: 'Pump P-101' }).click();
  await dialog.getByRole('button', { name: 'Add and make link' }).click();
  const made = page.getByRole('dialog', { name: 'Link for Nora New' });
  const link = await made.getByLabel('Invitation link').inputValue();
  await expect(made.getByRole('link', { name: 'Send by e-mail' })).toHaveAttribute(
    'href',
    /^mailto:nora%40demo\.example\?/,
  );
  await made.getByRole('button', { name: 'Close' }).click();

  const nora = await makeOffice(officeBrowser);
  const authenticator = await nora.context.newCDPSession(nora.page);
  await authenticator.send('WebAuthn.enable');
  await authenticator.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  await nora.page.goto(link);
  await expect(nora.page.getByRole('heading', { name: 'Welcome, Nora New' })).toBeVisible();
  await nora.page.getByRole('button', { name: 'Use a passkey instead' }).click();
  await nora.page.waitForURL('**/office/sessions');
  const row = page.getByRole('row').filter({ hasText: 'Nora New' });
  await expect(row).toHaveAttribute('data-employee-state', 'active');
  await nora.page.getByRole('link', { name: 'Devices' }).click();
  await expect(nora.page.locator('[data-device-id]')).toHaveCount(1);
  await expect(nora.page.getByRole('link', { name: 'People' })).toHaveCount(0);

  await nora.page.goto(`${url}/office/account`);
  await expect(nora.page.getByRole('list', { name: 'Passkeys' }).getByRole('listitem')).toHaveCount(1);
  await nora.page.getByLabel('New password').fill('a good password');
  await nora.page.getByRole('button', { name: 'Set password' }).click();
  await expect(nora.page.getByText('The password is changed', { exact: false })).toBeVisible();
  await nora.page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await nora.page.waitForURL((at) => at.pathname === '/');
  await nora.page.goto(`${url}/sign-in`);
  await nora.page.getByRole('button', { name: 'Use a passkey' }).click();
  await nora.page.waitForURL('**/office/sessions');

  await row.getByRole('button', { name: 'Actions for Nora New' }).click();
  await page.getByRole('menuitem', { name: 'Deactivate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await expect(row).toHaveAttribute('data-employee-state', 'deactivated');
  await nora.page.waitForURL('**/sign-in*');
  await expect(nora.page.getByText('You were signed out.')).toBeVisible();
  await nora.page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(nora.page.getByText('This passkey was not accepted.')).toBeVisible();
  await nora.context.close();
});

test('F17 an anonymous visitor’s session is linked to a customer made on its page; the visitor never sees it', async ({
  tabletBrowser,
  officeBrowser,
}) => {
  const tablet = await makeTablet(tabletBrowser);
  const emil = await makeOffice(officeBrowser);
  await comeInByCode(tablet.page, url, 'COMP-K7-DEMO');
  const id = await request(tablet.page, url, 'Runs hot');
  await signIn(emil.page, url, 'emil');
  await confirm(emil.page, url, id);
  const card = emil.page.getByRole('region', { name: 'Customer' });
  await card.getByRole('button', { name: 'Link to customer' }).click();
  const dialog = emil.page.getByRole('dialog', { name: 'Link to customer' });
  await dialog.getByLabel('Name').fill('Acme Works');
  await dialog.getByLabel('Contact').fill('0170 5550123');
  await dialog.getByRole('button', { name: 'Link', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(card.getByText('Acme Works')).toBeVisible();
  await action(emil.page, 'Cancel session').click();
  const ask = emil.page.getByRole('dialog', { name: 'Cancel session' });
  await ask.getByRole('button', { name: 'Cancel session' }).click();
  await expectStatus(emil.page, 'CANCELLED');
  await emil.page.goto(`${url}/office/history`);
  await expect(emil.page.getByText('Acme Works')).toBeVisible();
  // Their next session is known to be this customer's as well.
  const next = await request(tablet.page, url, 'Runs hot again');
  await emil.page.goto(`${url}/sessions/${next}`);
  await expect(card.getByText('Acme Works')).toBeVisible();
  await tablet.page.goto(`${url}/sessions/${id}`);
  await expectStatus(tablet.page, 'CANCELLED');
  await expect(tablet.page.getByText('Acme Works')).toHaveCount(0);
  await tablet.context.close();
  await emil.context.close();
});
