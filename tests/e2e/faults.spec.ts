import type { Page } from '@playwright/test';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { expectInk, marksOf, mousePen } from './kit/marks.ts';
import { senders } from './kit/observe.ts';
import {
  action,
  callButton,
  callFromScratch,
  comeInByCode,
  confirm,
  expectStatus,
  hangUp,
  hangUpButton,
  incomingCall,
  request,
  shellIsKept,
  signIn,
} from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, type Place, type PlaceOptions } from './kit/test.ts';
import { expectAdvancing, expectAudio, ownVideo, remoteVideo } from './kit/video.ts';

let relay: RelayProcess;
/** Erika keeps her sign-in from test to test, as people do; each test opens a page of its own. */
let desk: Place;
let places: Place[] = [];

test.beforeAll(async ({ officeBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  desk = await makeOffice(officeBrowser);
  await signIn(desk.page, relay.url, 'erika');
});
test.afterAll(async () => {
  await desk?.context.close();
  await relay?.dispose();
});
test.afterEach(async () => {
  for (const place of places) await place.context.close();
  places = [];
  for (const page of desk.context.pages().slice(1)) await page.close();
  await desk.page.goto(`${relay.url}/office/sessions`);
});

type Browser = Parameters<typeof makeTablet>[0];

async function tabletAt(browser: Browser, options: PlaceOptions = {}): Promise<Page> {
  const place = await makeTablet(browser, options);
  places.push(place);
  await comeInByCode(place.page, relay.url);
  return place.page;
}

const offlineBanner = (page: Page) => page.getByText('No network. You can go on working.');

test('X1 X5 the relay is killed in a call: media and marks go on, the screen says so, and all comes back', async ({
  tabletBrowser,
  officeBrowser,
}) => {
  const tablet = await tabletAt(tabletBrowser);
  const office = desk.page;
  const idle = await makeOffice(officeBrowser);
  places.push(idle);
  await signIn(idle.page, relay.url, 'ada');
  const sessionId = await callFromScratch(tablet, office, relay.url, 'Relay goes away');
  await expectAdvancing(remoteVideo(office));

  await relay.kill9();
  await expect(offlineBanner(idle.page)).toBeVisible();
  await expectAdvancing(remoteVideo(office), 30);
  await Promise.all([expectAudio(office), expectAudio(tablet)]);
  await callButton(office, 'Draw').click();
  const pen = mousePen(office, marksOf(remoteVideo(office)));
  await pen.down({ x: 0.45, y: 0.4 });
  await pen.move({ x: 0.55, y: 0.4 });
  await expectInk(marksOf(ownVideo(tablet)), { x: 0.5, y: 0.4 }, 'strokes need no relay');
  await pen.up();
  // A picture taken now waits on this device.
  const thumbnail = (page: Page) => page.getByRole('button', { name: /^Edit screenshot/ });
  await callButton(office, 'Screenshot').click();
  await expect(thumbnail(office)).toBeVisible();

  await relay.restart();
  await expect(offlineBanner(idle.page)).toHaveCount(0);
  await expect(thumbnail(tablet)).toBeVisible();
  await expectAdvancing(remoteVideo(office));
  await expect(hangUpButton(tablet)).toBeVisible();
  await hangUp(office, tablet);
  await tablet.goto(`${relay.url}/sessions/${sessionId}`);
  await expect(tablet.getByRole('region', { name: 'Screenshots' }).getByText('Verified')).toBeVisible();
  await expect(tablet.getByRole('region', { name: 'Calls' }).getByRole('listitem')).toHaveCount(1);
});

test('F5 X16 a request without a link is kept, said to wait, and sent once when the link returns', async ({
  tabletBrowser,
}) => {
  const tablet = await tabletAt(tabletBrowser);
  await tablet.goto(`${relay.url}/sessions/request`);
  await tablet.getByLabel('Reason').fill('Asked without a link');
  await shellIsKept(tablet);
  await relay.kill9();
  await action(tablet, 'Send request').click();
  await tablet.waitForURL(/\/sessions\/[\w-]{10,}/);
  await expect(offlineBanner(tablet)).toBeVisible();
  await expect(tablet.locator('[data-outbox-count]')).toHaveAttribute('data-outbox-count', '1');
  await expect(tablet.getByText('Waiting to be sent: 1')).toBeVisible();
  await expectStatus(tablet, 'REQUESTED');
  // Also a reload does not lose it: the shell and the request are on the device.
  await tablet.reload();
  await expect(tablet.getByText('Waiting to be sent: 1')).toBeVisible();

  await relay.restart();
  await expect(tablet.locator('[data-outbox-count]')).toHaveAttribute('data-outbox-count', '0');
  await desk.page.goto(`${relay.url}/office/sessions`);
  await expect(desk.page.getByRole('link', { name: 'Asked without a link' })).toHaveCount(1);
  await desk.page.reload();
  await expect(desk.page.getByRole('link', { name: 'Asked without a link' })).toHaveCount(1);
});

const cameras = [
  {
    failure: 'NotAllowedError',
    locale: 'en-GB',
    sentence: 'The browser does not let the app use the camera.',
  },
  { failure: 'NotFoundError', locale: 'en-GB', sentence: 'No camera was found.' },
  { failure: 'NotReadableError', locale: 'en-GB', sentence: 'Another app is using the camera.' },
] as const;
for (const { failure, sentence } of cameras) {
  test(`X43 F36 camera with ${failure}: a clear sentence, and the call goes on with sound`, async ({
    tabletBrowser,
  }) => {
    const tablet = await tabletAt(tabletBrowser, { failures: { video: failure } });
    await callFromScratch(tablet, desk.page, relay.url, `Camera: ${failure}`);
    await expect(tablet.getByText(sentence).first()).toBeVisible();
    await Promise.all([expectAudio(desk.page), expectAudio(tablet)]);
    expect((await senders(tablet)).filter((sender) => sender.kind === 'video')).toEqual([]);
    await hangUp(tablet, desk.page);
  });
}

test('X43 a missing microphone: a clear sentence, and the call goes on with the picture', async ({
  tabletBrowser,
}) => {
  const tablet = await tabletAt(tabletBrowser, { failures: { audio: 'NotFoundError' } });
  // The wrapper refuses what asks for sound; the picture alone is granted.
  await callFromScratch(tablet, desk.page, relay.url, 'No microphone');
  await expect(tablet.getByText('No microphone was found.').first()).toBeVisible();
  await expectAdvancing(remoteVideo(desk.page));
  await hangUp(tablet, desk.page);
});

test('X31 a second tab of the same person rings too, but only one answers; the call is open elsewhere', async ({
  tabletBrowser,
}) => {
  const tablet = await tabletAt(tabletBrowser);
  const office = desk.page;
  const second = await desk.context.newPage();
  await second.goto(`${relay.url}/office/sessions`);
  const sessionId = await request(tablet, relay.url, 'Two tabs');
  await confirm(office, relay.url, sessionId);
  await expectStatus(tablet, 'CONFIRMED');
  await action(tablet, 'Start call').click();
  await expect(incomingCall(second)).toBeVisible();
  await incomingCall(office).getByRole('button', { name: 'Video', exact: true }).click();
  await expect(hangUpButton(office)).toBeVisible();
  await expect(incomingCall(second)).toHaveCount(0);
  await expectAdvancing(remoteVideo(office));

  await second.goto(`${relay.url}/sessions/${sessionId}/call`);
  await expect(second.getByText('This call is open in another tab')).toBeVisible();
  await expect(hangUpButton(second)).toHaveCount(0);
  // Marks of the call may be read here too; media is with the other tab alone.
  const media = () =>
    window.observed.connections.filter((one) => /m=(audio|video)/.test(one.remoteDescription?.sdp ?? ''))
      .length;
  expect(await second.evaluate(media)).toBe(0);
  expect(await second.evaluate(() => window.observed.asked.length)).toBe(0);
  await expectAdvancing(remoteVideo(office));
  const log = second.getByRole('list', { name: 'Updates' });
  await second.goto(`${relay.url}/sessions/${sessionId}`);
  await expect(log).toContainText('Erika Expert answered');
  await expect(log.getByText('Erika Expert answered')).toHaveCount(1);
  await hangUp(office, tablet);
});

const languages = [
  {
    locale: 'en-GB',
    email: 'E-mail',
    password: 'Password',
    signIn: 'Sign in',
    wrong: /not right|wrong|do not match|incorrect/i,
    unknown: /code/i,
    request: 'Send request',
    missing: /reason/i,
  },
  {
    locale: 'de-DE',
    email: 'E-Mail',
    password: 'Passwort',
    signIn: 'Anmelden',
    wrong: /falsch|nicht richtig|stimm|unbekannt/i,
    unknown: /Code/i,
    request: 'Anfrage senden',
    missing: /Grund/i,
  },
] as const;
for (const words of languages) {
  test(`T22 wrong password, unknown code, request without a reason: clear sentences in ${words.locale}`, async ({
    tabletBrowser,
  }) => {
    const place = await makeTablet(tabletBrowser, { locale: words.locale });
    places.push(place);
    const { page } = place;
    await page.goto(`${relay.url}/sign-in`);
    await page.getByLabel(words.email).fill('erika@demo.example');
    await page.getByLabel(words.password).fill('not-the-password');
    await page.getByRole('button', { name: words.signIn }).click();
    await expect(page.getByRole('alert').filter({ hasText: words.wrong })).toBeVisible();
    await expect(page.getByLabel(words.email)).toHaveValue('erika@demo.example');

    await page.goto(`${relay.url}/c/PUMP-P101-DEM0`);
    await expect(page.getByRole('alert').filter({ hasText: words.unknown })).toBeVisible();

    await comeInByCode(page, relay.url);
    await page.goto(`${relay.url}/sessions/request`);
    await page.getByRole('button', { name: words.request }).click();
    const field = page.getByRole('textbox', { name: words.missing });
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(/\S{4,}/);
    await expect(page).toHaveURL(/\/sessions\/request/);
  });
}

test('X1 START while the relay is away: a clear sentence, no spinner without words, and it works afterwards', async ({
  tabletBrowser,
}) => {
  const tablet = await tabletAt(tabletBrowser);
  const sessionId = await request(tablet, relay.url, 'Start without a relay');
  await confirm(desk.page, relay.url, sessionId);
  await expectStatus(tablet, 'CONFIRMED');
  await relay.kill9();
  await action(tablet, 'Start call').click();
  await expect(tablet.getByText('The server cannot be reached.').first()).toBeVisible();
  await relay.restart();
  // The tablet is on the session's page, or in the lobby of the call, if it had not noticed yet. Each press is another try.
  await expect(async () => {
    await action(tablet, 'Start call').click();
    await expect(hangUpButton(tablet)).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await incomingCall(desk.page).getByRole('button', { name: 'Video', exact: true }).click();
  await expectAdvancing(remoteVideo(desk.page));
  await hangUp(desk.page, tablet);
});
