import type { Page } from '@playwright/test';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { answer, endBySystem, interrupt, plugIn, pullOut, steerDevices } from './kit/devices.ts';
import { senders } from './kit/observe.ts';
import { callBar, callButton, callFromScratch, comeInByCode, hangUp, signIn, visit } from './kit/steps.ts';
import {
  expect,
  makeOffice,
  makeTablet,
  test,
  withoutShell,
  type Place,
  type PlaceOptions,
} from './kit/test.ts';
import { expectAdvancing, expectAudio, remoteVideo } from './kit/video.ts';

let relay: RelayProcess;
let desk: Place;
let tabletPlace: Place | undefined;

test.beforeAll(async ({ officeBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  desk = await makeOffice(officeBrowser, withoutShell);
  await signIn(desk.page, relay.url, 'erika');
});
test.afterAll(async () => {
  await desk?.context.close();
  await relay?.dispose();
});
test.afterEach(async () => {
  await tabletPlace?.context.close();
  tabletPlace = undefined;
  await visit(desk.page, `${relay.url}/office/sessions`);
});

async function tabletAt(
  browser: Parameters<typeof makeTablet>[0],
  options: PlaceOptions & { held?: boolean } = {},
): Promise<Page> {
  const { held = false, ...place } = options;
  tabletPlace = await makeTablet(browser, { ...withoutShell, ...place });
  await steerDevices(tabletPlace.context, { held });
  await comeInByCode(tabletPlace.page, relay.url);
  return tabletPlace.page;
}

/** What a page says of devices, all of it. */
const said = (page: Page) => page.locator('[data-device]');
const button = (page: Page, name: string) => said(page).getByRole('button', { name, exact: true });

test('X43 camera and microphone refused: both are named on both sides, and the call stands', async ({
  tabletBrowser,
}) => {
  const refused = 'NotAllowedError';
  const tablet = await tabletAt(tabletBrowser, { failures: { audio: refused, video: refused } });
  const office = desk.page;
  await callFromScratch(tablet, office, relay.url, 'Everything refused');
  await expect(said(tablet)).toContainText([
    'The browser does not let the app use the microphone. Allow the microphone',
    'The browser does not let the app use the camera. Allow the camera',
  ]);
  await expect(said(office)).toContainText([
    /cannot be heard: the browser does not allow the microphone\. It can be allowed there/,
    /sends no picture: the browser does not allow the camera\. It can be allowed there/,
  ]);
  await expectAudio(tablet);
  await hangUp(tablet, office);
});

test('X43 a microphone that is pulled out is said on both sides, offered when it is back, and heard again', async ({
  tabletBrowser,
}) => {
  const tablet = await tabletAt(tabletBrowser);
  const office = desk.page;
  await callFromScratch(tablet, office, relay.url, 'The headset is pulled out');
  await expectAudio(office);
  await expect(said(tablet)).toHaveCount(0);

  await pullOut(tablet, 'microphone');
  await expect(said(tablet)).toContainText(['The microphone was unplugged. Plug it in again']);
  await expect(said(office)).toContainText([
    /cannot be heard: the microphone was unplugged\. It has to be plugged in again there/,
  ]);
  await expect(callButton(tablet, 'Unmute microphone')).toBeVisible();
  await expectAdvancing(remoteVideo(office));

  await plugIn(tablet, 'microphone');
  await expect(said(tablet)).toContainText(['A microphone is connected again.']);
  expect(
    (await senders(tablet)).filter(({ kind, readyState }) => kind === 'audio' && readyState === 'live'),
  ).toEqual([]);
  await button(tablet, 'Use the microphone').click();
  await expect(callButton(tablet, 'Mute microphone')).toBeVisible();
  await expect(said(tablet)).toHaveCount(0);
  await expect(said(office)).toHaveCount(0);
  await expectAudio(office);
  await hangUp(tablet, office);
});

test('X43 a camera that the system ends or takes for a while is said on both sides, and can be had again', async ({
  tabletBrowser,
}) => {
  const tablet = await tabletAt(tabletBrowser);
  const office = desk.page;
  await callFromScratch(tablet, office, relay.url, 'The system takes the camera');
  await expectAdvancing(remoteVideo(office));

  await interrupt(tablet, 'camera', true);
  await expect(said(tablet)).toContainText(['The camera is interrupted']);
  await expect(said(office)).toContainText([
    /sends no picture: the camera is interrupted\. It goes on by itself/,
  ]);
  await interrupt(tablet, 'camera', false);
  await expect(said(tablet)).toHaveCount(0);
  await expect(said(office)).toHaveCount(0);

  await endBySystem(tablet, 'camera');
  await expect(said(tablet)).toContainText(['The system has ended the camera. Try again.']);
  await expect(said(office)).toContainText([/sends no picture: the system has ended the camera/]);
  await button(tablet, 'Try again').click();
  await expect(said(tablet)).toHaveCount(0);
  await expect(said(office)).toHaveCount(0);
  await expectAdvancing(remoteVideo(office));
  await hangUp(tablet, office);
});

test('X43 devices that are starting say so on their buttons and to the other side; a press does not flip them', async ({
  tabletBrowser,
}) => {
  const tablet = await tabletAt(tabletBrowser, { held: true });
  const office = desk.page;
  await callFromScratch(tablet, office, relay.url, 'Devices that take their time');
  const starting = callBar(tablet).getByRole('button', { name: / starting$/ });
  await expect(starting).toHaveText(['Starting', 'Starting']);
  await expect(starting.first()).toHaveAccessibleName('Microphone starting');
  await expect(starting.last()).toHaveAccessibleName('Camera starting');
  await expect(starting.first()).toHaveAttribute('aria-busy', 'true');
  await expect(said(office)).toContainText([/the microphone is starting/, /the camera is starting/]);
  await starting.first().click();
  await starting.last().click();

  await answer(tablet);
  await expect(callButton(tablet, 'Mute microphone')).toBeVisible();
  await expect(callButton(tablet, 'Stop camera')).toBeVisible();
  await expect(starting).toHaveCount(0);
  await expect(said(office)).toHaveCount(0);
  await expectAudio(office);
  await hangUp(tablet, office);
});

test('X43 F96 a key that is held mutes once and takes one screenshot, by its place on a Cyrillic keyboard', async ({
  tabletBrowser,
}) => {
  const tablet = await tabletAt(tabletBrowser);
  const office = desk.page;
  await callFromScratch(tablet, office, relay.url, 'A key is held');
  await expectAdvancing(remoteVideo(office));
  const hold = async (key: string): Promise<void> => {
    for (let n = 0; n < 10; n += 1) await office.keyboard.down(key);
    await office.keyboard.up(key);
  };
  await expect(callButton(office, 'Mute microphone')).toBeVisible();
  await hold('m');
  await expect(callButton(office, 'Unmute microphone')).toBeVisible();
  await expect(tablet.getByText('Erika Expert is muted')).toBeVisible();

  await hold('s');
  const thumbnails = office.getByRole('button', { name: /^Edit screenshot/ });
  await expect(thumbnails).toHaveCount(1);

  await callButton(office, 'Unmute microphone').focus();
  await hold('Enter');
  await expect(callButton(office, 'Mute microphone')).toBeVisible();

  await office.evaluate(() => {
    const press = { key: 'ь', code: 'KeyM', bubbles: true, cancelable: true };
    document.body.dispatchEvent(new KeyboardEvent('keydown', press));
  });
  await expect(callButton(office, 'Unmute microphone')).toBeVisible();
  await expect(thumbnails).toHaveCount(1);
  await hangUp(tablet, office);
});
