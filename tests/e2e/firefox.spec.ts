import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { firefoxPath, firefoxSkipReason } from '../harness/browsers.ts';
import { patienceMs } from '../harness/patience.ts';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { until } from '../harness/until.ts';
import { callButton, confirm, expectStatus, hangUpButton, incomingCall, signIn } from './kit/steps.ts';
import { expect, makeOffice, test, withoutShell, type Place } from './kit/test.ts';
import { expectAdvancing, expectAudio, remoteVideo } from './kit/video.ts';

const skipReason = firefoxSkipReason();
test.skip(skipReason !== undefined, skipReason ?? '');

let relay: RelayProcess;
let firefox: Browser;
let profile: string;
let office: Place;

test.beforeAll(async ({ officeBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  profile = await mkdtemp(join(tmpdir(), 'sightline-firefox-'));
  firefox = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath(),
    headless: true,
    userDataDir: profile,
    extraPrefsFirefox: {
      'intl.accept_languages': 'en-GB',
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'media.autoplay.default': 0,
    },
  });
  office = await makeOffice(officeBrowser, withoutShell);
  await signIn(office.page, relay.url, 'erika');
});
test.afterAll(async () => {
  await office?.context.close();
  await firefox?.close();
  await relay?.dispose();
  if (profile) await rm(profile, { recursive: true, force: true });
});

/** Finds by role and name, as people and screen readers do. */
const press = (page: Page, name: string, role = 'button'): Promise<void> =>
  page.locator(`::-p-aria([name="${name}"][role="${role}"])`).setTimeout(patienceMs).click();

test('F55 F35 F97 a call between Chromium and Firefox: the video runs in both directions', async () => {
  const tablet = await firefox.newPage();
  await tablet.setViewport({ width: 768, height: 1024 });
  await tablet.goto(`${relay.url}/c/PUMP-P101-DEMO?lang=en`);
  await until('the tablet being at home', () => new URL(tablet.url()).pathname === '/home');
  await tablet.goto(`${relay.url}/sessions/request`);
  await tablet.locator('::-p-aria([name="Reason"][role="textbox"])').fill('From Firefox');
  await press(tablet, 'Send request');
  const sessionId = await until('the page of the session', () => {
    const id = /\/sessions\/([\w-]{10,})/.exec(tablet.url())?.[1];
    return id;
  });
  await confirm(office.page, relay.url, sessionId);
  await press(tablet, 'Start call');
  await incomingCall(office.page).getByRole('button', { name: 'Video', exact: true }).click();
  await expect(hangUpButton(office.page)).toBeVisible();
  const seen = await expectAdvancing(remoteVideo(office.page));
  expect(seen.width).toBeGreaterThan(100);
  await expectAudio(office.page);

  await callButton(office.page, 'Start camera').click();
  // Firefox counts no painted frames of streams: what the video shows is looked at instead.
  const picture = (): Promise<string> =>
    tablet.evaluate(() => {
      const tile = document.querySelector('section[aria-label^="Video of"]');
      const video = tile?.querySelector('video');
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d');
      if (!video || !context || video.videoWidth === 0) return '';
      canvas.width = 160;
      canvas.height = 90;
      context.drawImage(video, 0, 0, 160, 90);
      return canvas.toDataURL();
    });
  const pictures = new Set<string>();
  await until('eight different pictures in Firefox', async () => {
    const shown = await picture();
    if (shown !== '') pictures.add(shown);
    return pictures.size >= 8;
  });

  await press(tablet, 'Hang up');
  await expectStatus(office.page, 'DONE');
});
