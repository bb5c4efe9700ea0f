import type { Locator, Page } from '@playwright/test';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { expectAccessible } from './kit/accessible.ts';
import { changeSettings } from './kit/settings.ts';
import {
  action,
  callButton,
  comeInByCode,
  expectStatus,
  hangUpButton,
  incomingCall,
  sessionIdOf,
  signIn,
} from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, type Place } from './kit/test.ts';

let relay: RelayProcess;
let tablet: Place;
let office: Place;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async ({ tabletBrowser, officeBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  tablet = await makeTablet(tabletBrowser);
  office = await makeOffice(officeBrowser);
  await Promise.all([comeInByCode(tablet.page, relay.url), signIn(office.page, relay.url, 'erika')]);
});
test.afterAll(async () => {
  await Promise.all([tablet?.context.close(), office?.context.close()]);
  await relay?.dispose();
});

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const message = (page: Page, text: string): Locator =>
  page.locator('[data-message-id]').filter({ hasText: text });
const file = (page: Page, name: string): Locator => page.locator(`[data-file-name="${name}"]`);
const ticks = (page: Page, text: string): Locator => message(page, text).locator('[data-ticks]');
const ticksOfChat = (page: Page, text: string): Locator =>
  page.getByRole('log', { name: 'Chat' }).locator('p', { hasText: text }).locator('+ span [data-ticks]');
const conversation = (page: Page): Locator => page.getByRole('log', { name: 'Conversation' });
const isSent = (page: Page): Promise<void> =>
  expect(page.locator('[data-outbox-count]').first()).toHaveAttribute('data-outbox-count', '0');

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await action(page, 'Send').click();
  await expect(message(page, text)).toBeVisible();
}

/** A file as it comes from elsewhere: dropped onto something, or pasted into it. */
async function bring(target: Locator, how: 'paste' | 'drop', name: string, type: string): Promise<void> {
  await target.evaluate(
    (element, [how, name, type, bytes]) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([content], name, { type }));
      const init = { bubbles: true, cancelable: true };
      const events =
        how === 'paste'
          ? [new ClipboardEvent('paste', { ...init, clipboardData: transfer })]
          : ['dragenter', 'dragover', 'drop'].map(
              (kind) => new DragEvent(kind, { ...init, dataTransfer: transfer }),
            );
      for (const event of events) element.dispatchEvent(event);
    },
    [how, name, type, picture.toString('base64')] as const,
  );
}

const markup = '<img src=x onerror="document.title=1">';
let ticketAddress = '';

test('T38 F103 B22 a code user writes with pictures; who answers for the machine reads it and answers', async () => {
  const { page } = tablet;
  await page.getByRole('link', { name: 'Messages', exact: true }).click();
  await action(page, 'Write to the service team').click();
  await page.getByLabel('Message', { exact: true }).fill(`Seal leaks ${markup}`);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'seal\u202Egnp.png', mimeType: 'image/png', buffer: picture });
  await bring(page.getByLabel('Message', { exact: true }), 'paste', 'pasted.png', 'image/png');
  await bring(page.getByRole('main'), 'drop', 'dropped.png', 'image/png');
  await bring(page.getByRole('main'), 'drop', 'page.html', 'text/html');
  await expect(page.getByText('page.html cannot be sent')).toBeVisible();
  await expect(page.getByRole('list', { name: 'To be sent' }).getByRole('listitem')).toHaveCount(3);
  await action(page, 'Send').click();
  await page.waitForURL(/\/messages\/[\w-]{10,}/);
  await expect(message(page, markup)).toBeVisible();
  for (const name of ['sealgnp.png', 'pasted.png', 'dropped.png'])
    await expect(file(page, name).locator('[data-sync]')).toHaveAttribute('data-sync', 'verified');

  await office.page.getByRole('link', { name: /^Tickets/ }).click();
  const row = office.page.getByRole('row').filter({ hasText: 'Seal leaks' });
  await expect(row).toContainText('3 new');
  await expectAccessible(office.page);
  await expect(ticks(page, markup)).toHaveAttribute('data-ticks', 'delivered');
  await row.getByRole('link').click();
  await expect(message(office.page, markup).getByRole('img')).toBeVisible();
  await expect(ticks(page, markup)).toHaveAttribute('data-ticks', 'read');
  await expect(ticks(page, markup)).toHaveText('Read');
  ticketAddress = new URL(office.page.url()).pathname.replace('/office/tickets/', '');

  await write(office.page, 'Is it the shaft seal?');
  await expect(message(page, 'Is it the shaft seal?')).toContainText('Erika Expert');
  await expect(ticks(office.page, 'Is it the shaft seal?')).toHaveAttribute('data-ticks', 'read');
  await expectAccessible(page);
  expect(await page.title()).not.toBe('1');
  expect(await page.evaluate(() => window.observed.violations)).toEqual([]);
});

test('F11 F16 F70 F87 C19 a video session made in the conversation is linked on both sides, and its chat goes on in it', async () => {
  const { page } = office;
  await page.getByRole('button', { name: 'Create video session', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Create video session' });
  await expect(dialog).toContainText('Pump P-101');
  await dialog.getByLabel('Reason').fill('A look at the seal');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  const sessionId = await sessionIdOf(page);
  await expect(page.getByRole('link', { name: /Seal leaks/ })).toHaveAttribute(
    'href',
    `/office/tickets/${ticketAddress}`,
  );
  await page.getByText(/Written before in ticket/).click();
  await expect(message(page, 'Is it the shaft seal?')).toBeVisible();
  await page
    .getByRole('region', { name: 'Chat' })
    .getByLabel('Message', { exact: true })
    .fill('I call you now');
  await action(page, 'Send').click();

  const linked = conversation(tablet.page).locator(`[data-session-id="${sessionId}"]`);
  await expect(linked.getByRole('link', { name: 'A look at the seal' })).toBeVisible();
  await expect(message(tablet.page, 'I call you now')).toContainText(
    'Chat of the session ‘A look at the seal’',
  );
  await expect(action(tablet.page, 'Start call')).toBeVisible();
  await expect(ticksOfChat(page, 'I call you now')).toHaveAttribute('data-ticks', 'read');
  await action(tablet.page, 'Open').click();
  await expectStatus(tablet.page, 'CONFIRMED');
  await tablet.page.getByRole('link', { name: /Seal leaks/ }).click();
  await expect(message(tablet.page, 'I call you now')).toBeVisible();

  await page.getByRole('link', { name: /Seal leaks/ }).click();
  await expect(conversation(page).locator(`[data-session-id="${sessionId}"]`)).toContainText('Confirmed');
});

test('B22 F103 what is written without a link waits on this device and goes once the link is back', async () => {
  const { page, context } = tablet;
  await context.setOffline(true);
  await write(page, 'Written underground');
  await expect(ticks(page, 'Written underground')).toHaveAttribute('data-ticks', 'waiting');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('42 bar') });
  await action(page, 'Send').click();
  await expect(file(page, 'note.txt').locator('[data-sync]')).toHaveAttribute('data-sync', 'local');
  await context.setOffline(false);
  await expect(file(page, 'note.txt').locator('[data-sync]')).toHaveAttribute('data-sync', 'verified');
  await expect(ticks(page, 'Written underground')).toHaveAttribute('data-ticks', 'read');
  await expect(message(office.page, 'Written underground')).toHaveCount(1);
  const download = office.page.waitForEvent('download');
  await file(office.page, 'note.txt').getByRole('button', { name: 'Download note.txt' }).click();
  expect((await download).suggestedFilename()).toBe('note.txt');
  await isSent(page);
});

test('F70 a ticket made from a session is linked with it; closed, nothing is written in it until it is reopened', async () => {
  const { page } = office;
  await conversation(page).getByRole('link', { name: 'A look at the seal' }).first().click();
  const tickets = page.getByRole('region', { name: 'Tickets' });
  await tickets.getByRole('button', { name: 'New ticket' }).click();
  const dialog = page.getByRole('dialog', { name: 'New ticket' });
  await dialog.getByLabel('Title').fill('Order a seal');
  await dialog.getByLabel('First message').fill('Size 40');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await tickets.getByRole('link', { name: 'Order a seal' }).click();
  await expect(message(page, 'Size 40')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Video Sessions' })).toContainText('A look at the seal');

  await page.getByRole('button', { name: 'Close ticket' }).click();
  await expect(page.getByLabel('Message', { exact: true })).toHaveCount(0);
  await tablet.page.goto(`${relay.url}/messages`);
  await expect(tablet.page.getByRole('listitem').filter({ hasText: 'Order a seal' })).toContainText('Closed');
  await expectAccessible(tablet.page);
  await page.getByRole('button', { name: 'Reopen ticket' }).click();
  await write(page, 'Size 42, rather');

  await page.getByRole('link', { name: 'A look at the seal' }).first().click();
  await tickets
    .getByRole('listitem')
    .filter({ hasText: 'Order a seal' })
    .getByRole('button', { name: /^Unlink/ })
    .click();
  await expect(tickets.getByRole('link', { name: 'Order a seal' })).toHaveCount(0);
  await page.goto(`${relay.url}/office/tickets`);
  await page.getByRole('searchbox', { name: 'Search tickets' }).fill('size 42');
  await expect(page.getByRole('row').filter({ hasText: 'Order a seal' })).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(2);
});

test('C7 where requests are off a message to the service team is the way', async () => {
  const { page } = tablet;
  await changeSettings(relay, { allowRequests: false });
  await page.goto(`${relay.url}/sessions/request`);
  await action(page, 'Write to the service team').click();
  await page.getByLabel('Message', { exact: true }).fill('Please call back\nabout the valve');
  await action(page, 'Send').click();
  await expect(page.getByRole('heading', { name: 'Please call back', exact: true })).toBeVisible();
  await expect(office.page.getByRole('navigation').getByRole('link', { name: /^Tickets/ })).toContainText(
    '1',
  );
});

test('F11 F16 a conversation becomes a call in one step, and stands above of its chat there', async () => {
  const { page } = office;
  await page.getByRole('searchbox', { name: 'Search tickets' }).fill('');
  await page.getByRole('row').filter({ hasText: 'Please call back' }).getByRole('link').click();
  await page.getByRole('button', { name: 'Create video session', exact: true }).click();
  await action(page, 'Create and call').click();
  await incomingCall(tablet.page).getByRole('button', { name: 'Text only', exact: true }).click();
  await callButton(page, 'Chat').click();
  await page.getByText(/Written before in ticket/).click();
  await expect(message(page, 'about the valve')).toBeVisible();
  const chat = page.getByRole('log', { name: 'Chat' });
  await page.getByLabel('Message', { exact: true }).fill('Which valve?');
  await page.keyboard.press('Enter');
  await expect(chat).toContainText('Which valve?');
  // It has come while the call was before the other's eyes: no notice of it lies over the list afterwards.
  await expect(ticksOfChat(page, 'Which valve?')).toHaveAttribute('data-ticks', 'delivered');
  await hangUpButton(page).click();
  await expect(page.locator('[data-session-status]').first()).toBeVisible();
  await tablet.page.goto(`${relay.url}/messages`);
  await tablet.page.getByRole('link', { name: 'Please call back', exact: true }).click();
  await expect(message(tablet.page, 'Which valve?')).toContainText('Erika Expert');
});
