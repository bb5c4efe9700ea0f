import type { Page } from '@playwright/test';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { expectHeard, expectSilent } from './kit/heard.ts';
import { marksOf, mousePen } from './kit/marks.ts';
import { senders } from './kit/observe.ts';
import { changeSettings } from './kit/settings.ts';
import {
  action,
  callButton,
  callFromScratch,
  call,
  comeInByCode,
  confirm,
  expectStatus,
  hangUpButton,
  request,
  signIn,
} from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, type Place } from './kit/test.ts';
import { expectAdvancing, ownVideo, remoteVideo } from './kit/video.ts';

// One call, through every page, in order.
test.describe.configure({ mode: 'serial' });

let relay: RelayProcess;
let tablet: Place;
let office: Place;
let ada: Place;
let sessionId = '';

const plate = (page: Page) => page.getByRole('region', { name: 'Call', exact: true });
const onPlate = (page: Page, name: string) => plate(page).getByRole('button', { name, exact: true });
const details = () => `**/sessions/${sessionId}`;

async function backToCall(page: Page): Promise<void> {
  await onPlate(page, 'Return to call').click();
  await expect(hangUpButton(page)).toBeVisible();
  await expect(plate(page)).toHaveCount(0);
}

/** Both sides are heard, and the plate of this page shows the running call. */
async function expectCallHere(page: Page, where: string): Promise<void> {
  await expect(plate(page)).toBeVisible();
  await expect(onPlate(page, 'Hang up')).toBeVisible();
  await expectHeard(page, where);
  await expectHeard(page === office.page ? tablet.page : office.page, `the other side, ${where}`);
}

test.beforeAll(async ({ tabletBrowser, officeBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  [tablet, office, ada] = await Promise.all([
    makeTablet(tabletBrowser),
    makeOffice(officeBrowser),
    makeOffice(officeBrowser),
  ]);
  await signIn(ada.page, relay.url, 'ada');
  await changeSettings(relay, { drawingLifetimeMs: 30_000 });
  await signIn(office.page, relay.url, 'erika');
  await comeInByCode(tablet.page, relay.url);
  sessionId = await callFromScratch(tablet.page, office.page, relay.url, 'Heard everywhere');
});

test.afterAll(async () => {
  for (const place of [tablet, office, ada]) await place?.context.close();
  await relay?.dispose();
});

test('F92 F96 both are heard in the window, and nobody is offered to join what they are in', async () => {
  await expectHeard(office.page, 'in the window, office');
  await expectHeard(tablet.page, 'in the window, tablet');
  for (const { page } of [office, tablet]) await expect(action(page, 'Join now')).toHaveCount(0);
});

test('F50 F51 F92 in the editor the other side is heard, seen and can be muted and left', async () => {
  const { page } = office;
  await callButton(page, 'Screenshot').click();
  await page.getByRole('button', { name: /^Edit screenshot 1/ }).click();
  await page.waitForURL('**/screenshots/**');
  await expectCallHere(page, 'editor');
  await expectAdvancing(plate(page));
  await onPlate(page, 'Mute microphone').click();
  await expect(onPlate(page, 'Unmute microphone')).toBeVisible();
  await expect(tablet.page.getByText('Erika Expert is muted')).toBeVisible();
  await onPlate(page, 'Unmute microphone').click();
  await backToCall(page);
  await expectAdvancing(remoteVideo(page));
});

test('F92 in details, list and ticket the call goes on, and none of them offers to join it', async () => {
  const { page } = office;
  await page.getByRole('button', { name: 'Back to the session' }).click();
  await page.waitForURL(details());
  await expectCallHere(page, 'details');
  for (const name of ['Join now', 'Start call']) await expect(action(page, name)).toHaveCount(0);
  const nav = page.getByRole('navigation').first();
  await nav.getByRole('link', { name: 'Video Sessions' }).click();
  await page.waitForURL('**/office/sessions');
  await expectCallHere(page, 'list');
  await nav.getByRole('link', { name: 'Tickets' }).click();
  await page
    .getByRole('link', { name: /1042|loses pressure/ })
    .first()
    .click();
  await page.waitForURL('**/office/tickets/*');
  await expectCallHere(page, 'ticket');
  await backToCall(page);
});

test('F55 F56 strokes made while the tablet shows another page are there when it returns', async () => {
  const { page } = tablet;
  await page.goBack();
  await expect(plate(page)).toBeVisible();
  await expectCallHere(page, 'tablet, one page back');
  await callButton(office.page, 'Draw').click();
  const pen = mousePen(office.page, marksOf(remoteVideo(office.page)));
  await pen.down({ x: 0.4, y: 0.4 });
  await pen.move({ x: 0.6, y: 0.6 });
  await pen.up();
  await backToCall(page);
  await expect(marksOf(ownVideo(page))).toHaveAttribute('data-marks-shown', '1');
  await callButton(office.page, 'Draw').click();
});

test('B8 F53 a page loaded anew in the editor comes back into the same call', async () => {
  const { page } = office;
  await page.getByRole('button', { name: /^Edit screenshot 1/ }).click();
  await page.waitForURL('**/screenshots/**');
  await page.reload();
  await expectCallHere(page, 'editor, loaded anew');
  await backToCall(page);
  await expectAdvancing(remoteVideo(page));
  await expectStatus(ada.page.url().includes(sessionId) ? ada.page : await opened(ada), 'IN_PROGRESS');
});

async function opened(place: Place): Promise<Page> {
  await place.page.goto(`${relay.url}/sessions/${sessionId}`);
  return place.page;
}

test('B8 F97 muted and loaded anew in the window: nothing is sent until it is switched on again', async () => {
  const { page } = office;
  const sendsSound = async (): Promise<boolean> =>
    (await senders(page)).some(
      ({ kind, enabled, readyState }) => kind === 'audio' && enabled && readyState === 'live',
    );
  expect(await sendsSound()).toBe(true);
  await callButton(page, 'Mute microphone').click();
  await expect(callButton(page, 'Unmute microphone')).toBeVisible();
  await page.reload();
  await expect(hangUpButton(page)).toBeVisible();
  await expectHeard(page, 'the window, loaded anew');
  await expect(callButton(page, 'Unmute microphone')).toBeVisible();
  expect(await sendsSound()).toBe(false);
  await callButton(page, 'Unmute microphone').click();
  await expect.poll(sendsSound).toBe(true);
  await expectHeard(tablet.page, 'the other side, after it was switched on');
});

test('B8 F99 Back pressed ten times, and a tab that was frozen and woken: the call is still the same', async () => {
  const { page } = office;
  for (let times = 0; times < 10; times += 1) await page.goBack();
  await expectCallHere(page, 'after Back ten times');
  const tab = await page.context().newCDPSession(page);
  await tab.send('Page.setWebLifecycleState', { state: 'frozen' });
  await expectAdvancing(ownVideo(tablet.page), 30);
  await tab.send('Page.setWebLifecycleState', { state: 'active' });
  await backToCall(page);
  await expectAdvancing(remoteVideo(page));
  await expectHeard(page, 'after it was woken');
  await expectHeard(tablet.page, 'the other side of who was woken');
  expect(page.url()).toContain(`/sessions/${sessionId}/call`);
});

test('F99 F22 hanging up on another page ends the call for both', async () => {
  const { page } = office;
  await page.getByRole('button', { name: 'Back to the session' }).click();
  await onPlate(page, 'Hang up').click();
  await expect(plate(page)).toHaveCount(0);
  await expectStatus(page, 'DONE');
  await expectStatus(tablet.page, 'DONE');
  for (const place of [office, tablet]) await expectSilent(place.page, 'after hanging up');
});

test('F99 hung up in the second in which the page goes: the other side is told, and does not wait', async () => {
  sessionId = await callFromScratch(tablet.page, office.page, relay.url, 'Gone at once');
  await expectHeard(tablet.page, 'before the page goes');
  await expectStatus(await opened(ada), 'IN_PROGRESS');
  await office.page.evaluate(() => {
    const button = document.querySelector<HTMLButtonElement>('.end button');
    if (!button) throw new Error('no hang up');
    button.click();
    location.replace('about:blank');
  });
  await expectStatus(tablet.page, 'DONE');
});

test('B8 a page that is closed in a call is told at once, and the call waits for it', async () => {
  await signIn(office.page, relay.url, 'erika');
  sessionId = await request(tablet.page, relay.url, 'Closed in the middle');
  await confirm(office.page, relay.url, sessionId);
  await expectStatus(tablet.page, 'CONFIRMED');
  await call(tablet.page, office.page);
  await expectHeard(tablet.page, 'before the page is closed');
  await office.page.goto('about:blank');
  await expect(tablet.page.getByText('Not connected any more').first()).toBeVisible();
  await expectSilent(tablet.page, 'nobody is there');
  await office.page.goto(`${relay.url}/office/sessions`);
  await expect(plate(office.page)).toBeVisible();
  await expectHeard(office.page, 'back again');
  await expectHeard(tablet.page, 'the other side, back again');
});

test('T12 whoever is taken out of the session is silent, on whatever page they are', async () => {
  await ada.page.goto(`${relay.url}/sessions/${sessionId}`);
  await ada.page.getByRole('button', { name: 'Add me as responsible' }).click();
  await ada.page.getByRole('button', { name: 'Remove Erika Expert' }).click();
  await expect(plate(office.page)).toHaveCount(0);
  await expectSilent(office.page, 'taken out');
  await expectSilent(tablet.page, 'the other side of who was taken out');
});
