import { expect, type Locator, type Page } from '@playwright/test';

export const demoPassword = 'sightline-demo';
export const codes = { pump: 'PUMP-P101-DEMO', compressor: 'COMP-K7-DEMO', press: 'PRESS-X1-DEMO' } as const;

export type Status = 'REQUESTED' | 'CONFIRMED' | 'IN_PROGRESS' | 'DONE' | 'CLOSED' | 'CANCELLED';

/** Another address of the app without loading it anew, as by a link on the page. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.evaluate((href) => {
    const link = Object.assign(document.createElement('a'), { href });
    document.body.append(link);
    link.click();
    link.remove();
  }, address);
  await page.waitForURL(address);
}

export async function comeInByCode(page: Page, url: string, code: string = codes.pump): Promise<void> {
  await page.goto(`${url}/c/${code}`);
  await page.waitForURL('**/home');
}

export async function signIn(
  page: Page,
  url: string,
  name: 'erika' | 'emil' | 'ada' | 'otto',
): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('E-mail').fill(`${name}@${name === 'otto' ? 'other' : 'demo'}.example`);
  await page.getByLabel('Password').fill(demoPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/office/sessions');
  await expect(page.getByRole('button', { name: 'Create video session' })).toBeVisible();
}

export const action = (page: Page, name: string): Locator =>
  page.getByRole('button', { name, exact: true }).or(page.getByRole('link', { name, exact: true }));

/** Asks for a session and gives its id. Ends on the session's page. */
export async function request(page: Page, url: string, reason: string): Promise<string> {
  await visit(page, `${url}/sessions/request`);
  await page.getByLabel('Reason').fill(reason);
  await action(page, 'Send request').click();
  return sessionIdOf(page);
}

/** The id of the session whose page is open, or opens. */
export async function sessionIdOf(page: Page): Promise<string> {
  await page.waitForURL(/\/sessions\/(?!request)[\w-]{10,}/);
  const id = /\/sessions\/([\w-]+)/.exec(page.url())?.[1];
  if (id === undefined) throw new Error(`no session at ${page.url()}`);
  return id;
}

export async function expectStatus(page: Page, status: Status): Promise<void> {
  await expect(page.locator('[data-session-status]').first()).toHaveAttribute('data-session-status', status);
}

/** An employee confirms the request on its page. */
export async function confirm(page: Page, url: string, sessionId: string): Promise<void> {
  await visit(page, `${url}/sessions/${sessionId}`);
  await page.getByRole('main').getByRole('button', { name: 'Confirm', exact: true }).click();
  await expectStatus(page, 'CONFIRMED');
}

export const incomingCall = (page: Page): Locator => page.getByRole('dialog', { name: /is calling$/ });
export const callBar = (page: Page): Locator => page.getByRole('toolbar', { name: 'Call', exact: true });
export const callButton = (page: Page, name: string): Locator =>
  callBar(page).getByRole('button', { name, exact: true });
export const hangUpButton = (page: Page): Locator => callButton(page, 'Hang up');

/** One side starts, the other answers; both are in the call window afterwards. */
export async function call(caller: Page, callee: Page, answer = 'Video'): Promise<void> {
  await caller.getByRole('button', { name: 'Start call', exact: true }).click();
  await incomingCall(callee).getByRole('button', { name: answer, exact: true }).click();
  await expect(hangUpButton(caller)).toBeVisible();
  await expect(hangUpButton(callee)).toBeVisible();
}

/** Everything up to a running call: request, confirmation, START at the tablet, Video at the office. */
export async function callFromScratch(
  tablet: Page,
  office: Page,
  url: string,
  reason: string,
): Promise<string> {
  const sessionId = await request(tablet, url, reason);
  await confirm(office, url, sessionId);
  await expectStatus(tablet, 'CONFIRMED');
  await call(tablet, office);
  return sessionId;
}

export async function hangUp(page: Page, other: Page): Promise<void> {
  await hangUpButton(page).click();
  await expectStatus(page, 'DONE');
  await expectStatus(other, 'DONE');
}

/** Waits until the app can start without the relay: its worker has everything and serves this page. */
export async function shellIsKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    );
  });
}
