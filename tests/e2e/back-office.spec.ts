import type { BrowserContext, Locator, Page } from '@playwright/test';
import type { MessageId, SessionId } from '#domain/ids.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import {
  Client,
  codes,
  command,
  confirm,
  emails,
  newId,
  request,
  startCall,
  type SyncClient,
} from '../harness/relay-harness.ts';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { changeSettings } from './kit/settings.ts';
import { action, expectStatus } from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, type Place } from './kit/test.ts';

// What leads up to a scene comes over the protocol, from the same people whose screens are looked at.
interface Person {
  client: Client;
  socket: SyncClient;
}

let relay: RelayProcess;
let office: Place;
let other: Place;
let tablet: Place;
let pump: Person;
let erika: Person;

async function come(pending: Promise<Client>): Promise<Person> {
  const client = await pending;
  return { client, socket: await client.sync() };
}

/** The browser is signed in as this person. */
async function signedIn(context: BrowserContext, { client }: Person): Promise<void> {
  const [name, value] = client.cookie.split('=');
  if (!name || !value) throw new Error('not signed in');
  await context.addCookies([{ name, value, url: relay.url }]);
}

async function say({ socket }: Person, id: SessionId, body: SessionCommandBody): Promise<void> {
  const answer = await socket.propose(command(id, 9_999, body));
  if (answer !== 'ok') throw new Error(`${body.type}: ${answer}`);
}

const write = (who: Person, id: SessionId, text: string): Promise<void> =>
  say(who, id, { type: 'chat.send', payload: { messageId: newId<MessageId>(), text } });

async function confirmed(reason: string): Promise<SessionId> {
  const id = await request(pump.socket, reason);
  await confirm(erika.socket, id);
  return id;
}

/** A session whose call is over. */
async function talked(reason: string): Promise<SessionId> {
  const id = await confirmed(reason);
  const callId = await startCall(id, pump, erika);
  await say(pump, id, { type: 'call.leave', payload: { callId } });
  return id;
}

const popUps = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: 'Notifications' }).getByRole('article', { name });
const bell = (page: Page): Locator => page.getByRole('button', { name: /^Notifications/ });
const centre = (page: Page): Locator => page.getByRole('dialog', { name: 'Notifications' });
const row = (page: Page, reason: string): Locator => page.getByRole('row').filter({ hasText: reason });
const cardOf = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
const lastSound = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => document.documentElement.dataset.lastSound);
const menuOf = async (page: Page, reason: string): Promise<Locator> => {
  await row(page, reason)
    .getByRole('button', { name: /^More for/ })
    .click();
  return page.getByRole('menu').and(page.locator(':popover-open'));
};

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ tabletBrowser, officeBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  const at = { origin: relay.url };
  const [paul, expert, helper] = await Promise.all([
    come(Client.codeUser(at, codes.pump, 'Paul')),
    come(Client.employee(at, emails.erika)),
    come(Client.employee(at, emails.emil)),
  ]);
  [pump, erika] = [paul, expert];
  [office, other, tablet] = await Promise.all([
    makeOffice(officeBrowser),
    makeOffice(officeBrowser),
    makeTablet(tabletBrowser),
  ]);
  await Promise.all([
    signedIn(office.context, erika),
    signedIn(other.context, helper),
    signedIn(tablet.context, pump),
  ]);
  await Promise.all([
    office.page.goto(`${relay.url}/office/history`),
    other.page.goto(`${relay.url}/office/sessions`),
    tablet.page.goto(`${relay.url}/home`),
  ]);
  await expect(tablet.page.getByRole('heading', { name: 'Pump P-101' })).toBeVisible();
  await expect(other.page.getByText('No video sessions yet')).toBeVisible();
  await expect(bell(office.page)).toBeVisible();
});

test.afterAll(async () => {
  for (const place of [office, other, tablet]) await place?.context.close();
  await relay?.dispose();
});

test('F6 B11 F13 a request is seen, heard and counted where somebody answers for the machine, and kept in the list', async () => {
  const { page } = office;
  const id = await request(pump.socket, 'Pressure falls');
  await expect(popUps(page, 'New request')).toContainText('Pressure falls');
  await expect.poll(() => lastSound(page)).toBe('request');
  await expect(bell(page)).toHaveAccessibleName('Notifications: 1 new');
  await expect(bell(other.page)).toHaveAccessibleName('Notifications');
  await expect(popUps(other.page, 'New request')).toHaveCount(0);
  // It is put aside, and waits in the list.
  await popUps(page, 'New request').getByRole('button', { name: 'Dismiss' }).click();
  await bell(page).click();
  const notice = centre(page).getByRole('article', { name: 'New request' });
  await expect(notice).toContainText('Pressure falls');
  await notice.getByRole('button', { name: 'Confirm' }).click();
  await page.waitForURL(`**/sessions/${id}`);
  await expectStatus(page, 'CONFIRMED');
  await expect(bell(page)).toHaveAccessibleName('Notifications');
  await expect(popUps(tablet.page, 'Your request is confirmed')).toBeVisible();
});

test('F102 F103 a message outside a session pops up; marked as read, its ticks turn blue at its writer', async () => {
  const { page } = office;
  const id = await confirmed('Filter is clogged');
  await page.goto(`${relay.url}/office/history`);
  await tablet.page.goto(`${relay.url}/sessions/${id}`);
  await tablet.page.getByLabel('Message').fill('Shall I open it?');
  await tablet.page.getByRole('button', { name: 'Send' }).click();
  const ticks = tablet.page.locator('[data-ticks]');
  await expect(ticks).toHaveAttribute('data-ticks', 'delivered');
  await expect(ticks).toHaveText('Received');
  const message = popUps(page, 'New message');
  await expect(message).toContainText('Shall I open it?');
  await message.getByRole('button', { name: 'Mark as read' }).click();
  await expect(message).toHaveCount(0);
  await expect(ticks).toHaveAttribute('data-ticks', 'read');
  await expect(ticks).toHaveText('Read');
  await expect(bell(page)).toHaveAccessibleName('Notifications');
});

test('F102 the other side answers from the pop-up', async () => {
  const { page } = tablet;
  await page.goto(`${relay.url}/home`);
  const id = await confirmed('Valve sticks');
  await write(erika, id, 'Which valve is it?');
  const message = popUps(page, 'New message');
  await expect(message).toContainText('Which valve is it?');
  await message.getByRole('button', { name: 'Respond' }).click();
  await page.waitForURL(`**/sessions/${id}#chat`);
  await expect(page.getByLabel('Message')).toBeFocused();
  await page.keyboard.type('The left one');
  await page.keyboard.press('Enter');
  await expect(popUps(office.page, 'New message')).toContainText('The left one');
  await office.page.getByRole('button', { name: 'Mark as read' }).click();
});

test('F102 a message in a ticket pops up at who answers for the machine, and is answered there', async () => {
  const [ticket] = (await pump.client.me()).tickets;
  if (!ticket) throw new Error('no ticket');
  const { page } = office;
  const send = {
    type: 'ticket.send',
    payload: { messageId: newId<MessageId>(), text: 'Still leaking' },
  } as const;
  expect(await pump.socket.propose(command(ticket.id, 9_999, send))).toBe('ok');
  const message = popUps(page, 'New message');
  await expect(message).toContainText('Still leaking');
  await expect(popUps(other.page, 'New message')).toHaveCount(0);
  await message.getByRole('button', { name: 'Respond' }).click();
  await page.waitForURL(`**/office/tickets/${ticket.id}`);
  await expect(page.getByRole('log').getByText('Still leaking')).toBeVisible();
  await expect(bell(page)).toHaveAccessibleName('Notifications');
});

test('F6 notices are silent where their sound is switched off, and stay so after a reload', async () => {
  const { page } = office;
  await bell(page).click();
  await centre(page).getByRole('switch', { name: 'Sound for notifications' }).click();
  await centre(page).getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await expect(bell(page)).toBeVisible();
  const id = await request(pump.socket, 'Silent one');
  await expect(popUps(page, 'New request')).toContainText('Silent one');
  expect(await lastSound(page)).toBeUndefined();
  await bell(page).click();
  await centre(page).getByRole('switch', { name: 'Sound for notifications' }).click();
  await expect.poll(() => lastSound(page)).toBe('note');
  await centre(page).getByRole('button', { name: 'Mark all as read' }).click();
  await expect(bell(page)).toHaveAccessibleName('Notifications');
  await centre(page).getByRole('button', { name: 'Close' }).click();
  await say(pump, id, { type: 'session.withdraw', payload: { reason: '' } });
});

test('F75 F76 F77 F78 F79 a session of one’s own: notes, recordings and its end from the three-dot menu', async () => {
  const { page } = office;
  const id = await confirmed('Belt squeaks');
  await tablet.page.goto(`${relay.url}/sessions/${id}`);
  await expect(action(tablet.page, 'Start call')).toBeVisible();
  await page.getByRole('link', { name: 'My sessions' }).click();
  for (const text of ['Belt ordered', 'Comes on Monday']) {
    await (await menuOf(page, 'Belt squeaks')).getByRole('menuitem', { name: 'Add note' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add note' });
    await dialog.getByLabel('Note').fill(text);
    await dialog.getByRole('button', { name: 'Add note' }).click();
    await expect(dialog).toHaveCount(0);
  }
  await (await menuOf(page, 'Belt squeaks')).getByRole('menuitem', { name: 'Recordings' }).click();
  await expect(cardOf(page, 'Recordings')).toBeInViewport();
  await expect(cardOf(page, 'Recordings')).toContainText('no call of this session has been recorded');
  await expect(page.getByRole('list', { name: 'Notes' })).toContainText(/Erika Expert.*Belt ordered/);
  await page.getByRole('link', { name: 'My sessions' }).click();
  await (await menuOf(page, 'Belt squeaks')).getByRole('menuitem', { name: 'End session' }).click();
  const end = page.getByRole('dialog', { name: 'End session' });
  await end.getByLabel('Reason for the other side').fill('The belt comes first');
  await end.getByRole('button', { name: 'End session' }).click();
  await expect(row(page, 'Belt squeaks')).toContainText('Cancelled');
  await expectStatus(tablet.page, 'CANCELLED');
  await expect(action(tablet.page, 'Start call')).toHaveCount(0);
  await expect(tablet.page.getByText('The belt comes first').first()).toBeVisible();
  await expect(tablet.page.getByText('Belt ordered')).toHaveCount(0);
  await page.getByRole('link', { name: 'History' }).click();
  await expect(row(page, 'Belt squeaks')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Gallery' })).toBeVisible();
});

test('F65 F66 C1 the code user is asked once; the employee sees the rating, sorts and filters by it', async () => {
  const { page } = tablet;
  const rated = await talked('Rated well');
  await talked('Not rated');
  await page.goto(`${relay.url}/sessions/${rated}`);
  await expectStatus(page, 'DONE');
  await expect(page.getByText(/closes in/).first()).toBeVisible();
  const prompt = page.getByRole('form', { name: 'Rating' });
  await expect(prompt.getByRole('radio')).toHaveCount(5);
  await prompt.getByRole('radio', { name: 'Great' }).check({ force: true });
  await prompt.getByLabel('Comment').fill('Quick and clear');
  await prompt.getByRole('button', { name: 'Rate' }).click();
  await expect(prompt).toHaveCount(0);
  await office.page.goto(`${relay.url}/sessions/${rated}`);
  await expect(cardOf(office.page, 'Rating')).toContainText('Quick and clear');
  await office.page.getByRole('link', { name: 'History' }).click();
  await expect(row(office.page, 'Rated well')).toContainText('Great');
  await office.page.getByRole('button', { name: 'Filter' }).click();
  await office.page.getByLabel('Rating').selectOption({ label: 'Great' });
  await expect(row(office.page, 'Rated well')).toBeVisible();
  await expect(row(office.page, 'Not rated')).toHaveCount(0);
  // The answer ends the review: the session is closed by itself, and nobody is asked again.
  await expectStatus(page, 'CLOSED');
  await page.reload();
  await expectStatus(page, 'CLOSED');
  await expect(prompt).toHaveCount(0);
});

test('F74 F84 F85 F86 F87 F88 C16 a closed session in the history: its chat, its updates, and one more note', async () => {
  const { page } = office;
  const id = await confirmed('Gear grinds');
  await write(pump, id, 'It smells of oil');
  const callId = await startCall(id, pump, erika);
  await say(pump, id, { type: 'call.leave', payload: { callId } });
  await say(erika, id, { type: 'session.close', payload: {} });
  await page.goto(`${relay.url}/office/history`);
  await page.getByLabel('Search sessions').fill('smells oil');
  await expect(page.getByRole('row')).toHaveCount(2);
  await (await menuOf(page, 'Gear grinds')).getByRole('menuitem', { name: 'Add note' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add note' });
  await dialog.getByLabel('Note').fill('Found later: the seal');
  await dialog.getByRole('button', { name: 'Add note' }).click();
  await expect(dialog).toHaveCount(0);
  await (await menuOf(page, 'Gear grinds')).getByRole('menuitem', { name: 'Chat' }).click();
  await expect(page.getByRole('log', { name: 'Chat' })).toBeInViewport();
  await expect(page.getByRole('log', { name: 'Chat' })).toContainText('It smells of oil');
  await expect(page.getByLabel('Message')).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Notes' })).toContainText('Found later: the seal');
  const updates = page.getByRole('list', { name: 'Updates' });
  for (const sentence of ['Paul requested', 'Erika Expert confirmed', 'Erika Expert closed'])
    await expect(updates).toContainText(sentence);
  await page.goBack();
  await expect(page.getByLabel('Search sessions')).toHaveValue('smells oil');
});

test('F68 F69 C9 edited to internal and saved, it is gone at the machine; made public, it is back', async () => {
  const { page } = office;
  const id = await confirmed('Between us');
  await tablet.page.goto(`${relay.url}/sessions`);
  await expect(tablet.page.getByText('Between us').first()).toBeVisible();
  await page.goto(`${relay.url}/sessions/${id}`);
  const facts = cardOf(page, 'General data');
  const set = async (name: string): Promise<void> => {
    await facts.getByRole('button', { name: 'Edit' }).click();
    await facts.getByRole('button', { name }).click();
    if (name === 'Set to internal') await expect(facts).toContainText('exported before cannot be recalled');
    await facts.getByRole('button', { name: 'Save' }).click();
  };
  await set('Set to internal');
  await expect(facts).toContainText('Internal');
  await expect(tablet.page.getByText('Between us')).toHaveCount(0);
  await tablet.page.goto(`${relay.url}/sessions/${id}`);
  await expect(tablet.page.getByText('Between us')).toHaveCount(0);
  await expect(tablet.page.getByText('not visible to you').first()).toBeVisible();
  await set('Set to public');
  await expectStatus(tablet.page, 'CONFIRMED');
});

test('F26 C17 an employee sets a status by hand, along the legal ways, and the log says so', async () => {
  const { page } = office;
  const id = await talked('By hand');
  await page.goto(`${relay.url}/sessions/${id}`);
  await page.getByRole('button', { name: 'Set status' }).click();
  const menu = page.getByRole('menu', { name: 'Set status' });
  await expect(menu.getByRole('menuitem')).toHaveText(['Confirmed', 'Closed']);
  await menu.getByRole('menuitem', { name: 'Closed' }).click();
  await expectStatus(page, 'CLOSED');
  await expect(page.getByRole('list', { name: 'Updates' })).toContainText('by hand');
  await tablet.page.goto(`${relay.url}/sessions/${id}`);
  await expectStatus(tablet.page, 'CLOSED');
  await expect(action(tablet.page, 'Set status')).toHaveCount(0);
});

test('F32 C12 C15 kept open, both may leave and come back until the employee ends it; the channel is another sign', async () => {
  const { page } = tablet;
  await changeSettings(relay, { keepOpenUntilClosed: true });
  const id = await talked('Kept open');
  await page.goto(`${relay.url}/sessions/${id}`);
  await expectStatus(page, 'CONFIRMED');
  await expect(page.locator('[data-channel]')).toHaveAttribute('data-channel', 'connected');
  await page.reload();
  await expect(action(page, 'Start call')).toBeVisible();
  await office.page.goto(`${relay.url}/sessions/${id}`);
  await office.page.getByRole('button', { name: 'End session' }).click();
  await expectStatus(page, 'DONE');
  await expect(action(page, 'Start call')).toHaveCount(0);
  await changeSettings(relay, { keepOpenUntilClosed: false });
});

test('F74 two thousand sessions stand there from the device’s own replica, few of them in the page, and are searched at once', async ({
  officeBrowser,
}) => {
  const otto = await come(Client.employee({ origin: relay.url }, emails.otto));
  const [device] = (await otto.client.me()).devices;
  if (!device) throw new Error('no device');
  const create = (number: number) =>
    command(newId<SessionId>(), 0, {
      type: 'session.create',
      payload: { deviceId: device.id, reason: `Session number ${number}`, ticketIds: [] },
    });
  for (let first = 0; first < 2_000; first += 100) {
    const outcomes = await otto.socket.push(
      ...Array.from({ length: 100 }, (_, index) => create(first + index)),
    );
    expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
  }
  const { context, page } = await makeOffice(officeBrowser);
  await signedIn(context, otto);
  await page.goto(`${relay.url}/office/sessions`);
  const table = page.getByRole('table', { name: 'Video Sessions' });
  await expect(table).toHaveAttribute('aria-rowcount', '2001');
  // From now on the relay says nothing: what stands there comes from this device.
  await context.route('**/api/**', (route) => route.abort());
  await page.reload();
  await expect(table).toHaveAttribute('aria-rowcount', '2001');
  expect(await table.getByRole('row').count()).toBeLessThan(60);
  await page.getByLabel('Search sessions').fill('number 1777');
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(row(page, 'Session number 1777')).toBeVisible();
  await context.close();
});
