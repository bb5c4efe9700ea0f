import type { Page } from '@playwright/test';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import {
  anyInk,
  expectInk,
  fingerPen,
  inkAt,
  marksOf,
  mousePen,
  stroke,
  tool,
  type Spot,
} from './kit/marks.ts';
import { flow, senders } from './kit/observe.ts';
import {
  action,
  call,
  callBar,
  callButton,
  comeInByCode,
  expectStatus,
  hangUp,
  hangUpButton,
  incomingCall,
  request,
  sessionIdOf,
  signIn,
} from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test, type Place } from './kit/test.ts';
import { expectAdvancing, expectAudio, ownVideo, remoteVideo } from './kit/video.ts';

// One story, told in order: each test goes on where the one before it ended.
test.describe.configure({ mode: 'serial' });

const reason = 'Seal is leaking since the night shift';
const otherReason = 'Compressor runs hot';

let relay: RelayProcess;
let tablet: Place;
let office: Place;
let emil: Place;
let ada: Place;
let otto: Place;
let sessionId = '';

const details = (id = sessionId): string => `${relay.url}/sessions/${id}`;
const notices = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Notifications' }).getByRole('article', { name });
const cardOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

test.beforeAll(async ({ tabletBrowser, officeBrowser }) => {
  relay = await startRelay({ via: 'npm' });
  [tablet, office, emil, ada, otto] = await Promise.all([
    makeTablet(tabletBrowser),
    makeOffice(officeBrowser),
    makeOffice(officeBrowser),
    makeOffice(officeBrowser),
    makeOffice(officeBrowser),
  ]);
  await signIn(office.page, relay.url, 'erika');
  await signIn(emil.page, relay.url, 'emil');
  await signIn(ada.page, relay.url, 'ada');
  await signIn(otto.page, relay.url, 'otto');
});

test.afterAll(async () => {
  for (const place of [tablet, office, emil, ada, otto]) await place?.context.close();
  await relay?.dispose();
});

test('F1 F5 F67 a code user asks for a session and cannot create one; device, reason and ticket go along', async () => {
  const { page } = tablet;
  await comeInByCode(page, relay.url);
  await expect(page.getByRole('heading', { name: 'Pump P-101' })).toBeVisible();
  await expect(action(page, 'Create video session')).toHaveCount(0);
  await action(page, 'Request video session').first().click();
  await page.getByLabel('Reason').fill(reason);
  await page.getByLabel(/^Ticket/).selectOption({ label: '1042 · Pump P-101 loses pressure' });
  await action(page, 'Send request').click();
  sessionId = await sessionIdOf(page);
  await page.goto(details());
  await expectStatus(page, 'REQUESTED');
  await expect(page.getByRole('heading', { name: reason })).toBeVisible();
  await expect(action(page, 'Start call')).toHaveCount(0);
  await expect(action(page, 'Withdraw request')).toBeVisible();
});

test('F6 the responsible employee sees and hears the request at once, nobody else', async () => {
  const notice = notices(office.page, 'New request');
  await expect(notice).toBeVisible();
  await expect(notice).toContainText(reason);
  await expect
    .poll(() => office.page.evaluate(() => document.documentElement.dataset.lastSound))
    .toBe('request');
  await expect(office.page.getByRole('link', { name: reason })).toBeVisible();
  for (const { page } of [emil, otto]) {
    await expect(page.getByText('No video sessions yet')).toBeVisible();
    await expect(notices(page, 'New request')).toHaveCount(0);
    await page.reload();
    await expect(page.getByText('No video sessions yet')).toBeVisible();
    await expect(page.getByText(reason)).toHaveCount(0);
  }
});

test('F7 F71 F19 the employee reviews device, reason, ticket and people without confirming', async () => {
  const { page } = office;
  await notices(page, 'New request').getByRole('button', { name: 'Review' }).click();
  await page.waitForURL(details());
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { name: reason })).toBeVisible();
  await expect(main.getByText('Pump P-101', { exact: true }).first()).toBeVisible();
  await expect(cardOf(page, 'Tickets')).toContainText('1042');
  await expect(cardOf(page, 'People')).toContainText('Erika Expert');
  await expect(cardOf(page, 'People')).toContainText('Received the request');
  for (const name of ['Screenshots', 'Calls', 'Updates']) await expect(cardOf(page, name)).toBeVisible();
  await expectStatus(page, 'REQUESTED');
  await expectStatus(tablet.page, 'REQUESTED');
  await expect(action(page, 'Start call')).toHaveCount(0);
  // A moderator sees it too, and has no part in it.
  await ada.page.goto(details());
  await expectStatus(ada.page, 'REQUESTED');
});

test('F33 F20 F25 F27 one tap confirms; the code user is told and both may start', async () => {
  await tablet.page.goto(`${relay.url}/home`);
  await expectStatus(tablet.page, 'REQUESTED');
  await office.page.getByRole('main').getByRole('button', { name: 'Confirm', exact: true }).click();
  for (const { page } of [office, tablet, ada]) {
    await expectStatus(page, 'CONFIRMED');
    const bar = page.getByRole('list', { name: 'Status' });
    await expect(bar.locator('[aria-current=step]')).toContainText('Confirmed');
    await expect(bar.getByRole('listitem')).toHaveCount(5);
  }
  await expect(notices(tablet.page, 'Your request is confirmed')).toBeVisible();
  await tablet.page.goto(details());
  await expect(tablet.page.getByRole('list', { name: 'Updates' })).toContainText('Erika Expert confirmed');
  await expect(action(tablet.page, 'Start call')).toBeVisible();
  await expect(action(office.page, 'Start call')).toBeVisible();
});

test('F18 an employee who is not assigned has no way to conduct the call', async () => {
  for (const name of ['Start call', 'Confirm', 'Join now', 'Close now']) {
    await expect(action(ada.page, name)).toHaveCount(0);
  }
});

test('F35 F37 F36 the code user starts; the employee chooses among four answers and sends no picture', async () => {
  await action(tablet.page, 'Start call').click();
  const screen = incomingCall(office.page);
  await expect(screen).toContainText('Pump P-101');
  await expect(screen).toContainText(reason);
  for (const name of ['Video', 'See them, voice only', 'Text only', 'Decline']) {
    await expect(screen.getByRole('button', { name, exact: true })).toBeVisible();
  }
  await expect
    .poll(() => office.page.evaluate(() => document.documentElement.dataset.lastSound))
    .toBe('ring');
  await screen.getByRole('button', { name: 'Video', exact: true }).click();
  await expect(hangUpButton(office.page)).toBeVisible();
  await expect(hangUpButton(tablet.page)).toBeVisible();
});

test('F21 F25 the status becomes IN_PROGRESS by itself, and others see it live', async () => {
  await expectStatus(ada.page, 'IN_PROGRESS');
});

test('F55 the remote video runs: frames arrive, are painted, and show the footage', async () => {
  const seen = await expectAdvancing(remoteVideo(office.page, /^Video of Code user$/));
  expect(seen.width / seen.height).toBeCloseTo(16 / 9, 1);
  expect(seen.contrast).toBeGreaterThan(60);
});

test('F21 sound flows both ways', async () => {
  await Promise.all([expectAudio(office.page), expectAudio(tablet.page)]);
});

test("F36 F93 the employee's camera was never asked for; the own camera fills the tablet", async () => {
  expect(await office.page.evaluate(() => window.observed.asked.filter((one) => one.video).length)).toBe(0);
  expect((await senders(office.page)).filter((sender) => sender.kind === 'video')).toEqual([]);
  expect((await flow(office.page)).videoFramesSent).toBe(0);
  // One prompt for camera and microphone together, and one a visit.
  expect(await tablet.page.evaluate(() => window.observed.asked)).toEqual([{ audio: true, video: true }]);
  await expect(remoteVideo(tablet.page)).toHaveCount(0);
  await expectAdvancing(ownVideo(tablet.page));
  const box = await ownVideo(tablet.page).boundingBox();
  expect(box?.width).toBeGreaterThan(700);
});

async function seeStrokeLive(
  from: { page: Page; tile: ReturnType<typeof ownVideo>; finger: boolean },
  to: { page: Page; tile: ReturnType<typeof ownVideo> },
): Promise<void> {
  const start: Spot = { x: 0.42, y: 0.36 };
  const end: Spot = { x: 0.58, y: 0.5 };
  const middle: Spot = { x: 0.5, y: 0.43 };
  const far: Spot = { x: 0.42, y: 0.6 };
  const [here, there] = [marksOf(from.tile), marksOf(to.tile)];
  const pen = from.finger ? await fingerPen(from.page, here) : mousePen(from.page, here);
  await pen.down(start);
  await pen.move(end);
  // The pen is still down: the other side sees the stroke now, at the same place of its picture.
  await expect(there).toHaveAttribute('data-marks-live', '1');
  for (const spot of [start, middle, end]) await expectInk(there, spot, 'seen while it is drawn');
  expect(await inkAt(there, far)).toBe(0);
  expect(await inkAt(here, middle)).toBeGreaterThan(120);
  await pen.up();
  const liftedAtMs = performance.now();
  await expect(there).toHaveAttribute('data-marks-live', '0');
  await expect(there).toHaveAttribute('data-marks-shown', '1');
  await expectInk(there, middle, 'stays after the pen was lifted');
  for (const canvas of [there, here]) {
    await expect.poll(() => anyInk(canvas), { message: 'fades' }).toBe(false);
    const goneAfterMs = performance.now() - liftedAtMs;
    expect(goneAfterMs).toBeGreaterThan(4_000);
  }
}

test('F113 F55 F56 what the employee draws is seen on the tablet while it is drawn, and goes by itself', async () => {
  await callButton(office.page, 'Draw').click();
  await seeStrokeLive(
    { page: office.page, tile: remoteVideo(office.page), finger: false },
    { page: tablet.page, tile: ownVideo(tablet.page) },
  );
});

test('F113 F55 F56 what the code user draws with a finger is seen in the office, on another size of screen', async () => {
  await callButton(tablet.page, 'Draw').click();
  await seeStrokeLive(
    { page: tablet.page, tile: ownVideo(tablet.page), finger: true },
    { page: office.page, tile: remoteVideo(office.page) },
  );
});

test('F97 F93 the employee starts the camera: it fills the tablet, the own picture lies at the upper right', async () => {
  await callButton(office.page, 'Start camera').click();
  const seen = await expectAdvancing(remoteVideo(tablet.page, /^Video of Erika Expert$/));
  expect(seen.contrast).toBeGreaterThan(60);
  await expectAdvancing(ownVideo(tablet.page));
  const stage = await remoteVideo(tablet.page).boundingBox();
  const inset = await ownVideo(tablet.page).boundingBox();
  if (!stage || !inset) throw new Error('both pictures are shown');
  expect(stage.width).toBeGreaterThan(700);
  expect(inset.width).toBeLessThan(stage.width / 2);
  expect(inset.x + inset.width / 2).toBeGreaterThan(stage.x + stage.width / 2);
  expect(inset.y + inset.height / 2).toBeLessThan(stage.y + stage.height / 2);
});

test('C20 F55 marks keep their place in the picture though the employee sees herself mirrored', async () => {
  const stage = marksOf(remoteVideo(tablet.page));
  const mirror = marksOf(ownVideo(office.page));
  await stroke(await fingerPen(tablet.page, stage), { x: 0.4, y: 0.4 }, { x: 0.4, y: 0.6 });
  await expectInk(stage, { x: 0.4, y: 0.5 }, 'on the tablet');
  await expectInk(mirror, { x: 0.6, y: 0.5 }, 'on the mirrored picture');
  expect(await inkAt(mirror, { x: 0.4, y: 0.5 }, 1)).toBe(0);
});

test('F98 switching the camera does not drop the call', async () => {
  const videoOf = async () => (await senders(office.page)).find((sender) => sender.kind === 'video');
  const before = await videoOf();
  const connections = await office.page.evaluate(() => window.observed.connections.length);
  await callButton(office.page, 'Switch camera').click();
  await expect
    .poll(async () => {
      const now = await videoOf();
      return now !== undefined && now.readyState === 'live' && now.deviceId !== before?.deviceId;
    })
    .toBe(true);
  await expectAdvancing(remoteVideo(tablet.page));
  expect(await office.page.evaluate(() => window.observed.connections.length)).toBe(connections);
  await callButton(office.page, 'Stop camera').click();
  await expect(remoteVideo(tablet.page)).toHaveCount(0);
  expect((await senders(office.page)).filter((sender) => sender.kind === 'video')).toEqual([]);
});

test('F97 the code user stops and starts the camera', async () => {
  await callButton(tablet.page, 'Stop camera').click();
  await expect(remoteVideo(office.page)).toHaveCount(0);
  await expect(callButton(tablet.page, 'Start camera')).toBeVisible();
  await callButton(tablet.page, 'Start camera').click();
  await expectAdvancing(remoteVideo(office.page));
});

test('F96 mute really disables the track, and the other side sees the mark', async () => {
  const microphone = async () => (await senders(tablet.page)).find((sender) => sender.kind === 'audio');
  const mark = office.page.getByText('Code user is muted');
  expect((await microphone())?.enabled).toBe(true);
  await callButton(tablet.page, 'Mute microphone').click();
  await expect(callButton(tablet.page, 'Unmute microphone')).toBeVisible();
  await expect(mark).toBeVisible();
  expect((await microphone())?.enabled).toBe(false);
  await callButton(tablet.page, 'Unmute microphone').click();
  await expect(callButton(tablet.page, 'Mute microphone')).toBeVisible();
  await expect(mark).toHaveCount(0);
  expect((await microphone())?.enabled).toBe(true);
  await expectAudio(office.page);
});

test('F87 F103 the chat of the call: grey ticks when it has come, blue ones when it was read, with their word', async () => {
  const ticks = tablet.page.locator('[data-ticks]');
  await callButton(tablet.page, 'Chat').click();
  await tablet.page.getByLabel('Message').fill('It is the left seal');
  await tablet.page.getByRole('button', { name: 'Send' }).click();
  await expect(ticks).toHaveAttribute('data-ticks', 'delivered');
  await expect(ticks).toHaveText('Received');
  const grey = await ticks.evaluate((element) => getComputedStyle(element).color);
  await callButton(office.page, 'Chat').click();
  await expect(office.page.getByRole('log', { name: 'Chat' })).toContainText('It is the left seal');
  await expect(ticks).toHaveAttribute('data-ticks', 'read');
  await expect(ticks).toHaveText('Read');
  expect(await ticks.evaluate((element) => getComputedStyle(element).color)).not.toBe(grey);
  await tablet.page.getByRole('button', { name: 'Close', exact: true }).click();
  await callButton(office.page, 'Chat').click();
  // Whoever is in the call needs no pop-up for it.
  for (const { page } of [office, tablet]) await expect(notices(page, 'New message')).toHaveCount(0);
});

const thumbnail = (page: Page) => page.getByRole('button', { name: /^Edit screenshot/ });
const markList = (page: Page) => page.getByRole('complementary', { name: 'Marks' }).getByRole('listitem');

test('F50 a screenshot is taken; its thumbnail appears for both at once', async () => {
  await callButton(office.page, 'Screenshot').click();
  for (const { page } of [office, tablet]) await expect(thumbnail(page)).toBeVisible();
});

test('F51 F52 both edit the picture at once; both see both marks and whose they are', async () => {
  for (const { page } of [office, tablet]) {
    await thumbnail(page).click();
    await page.waitForURL('**/screenshots/*');
    for (const name of ['Pen', 'Arrow', 'Box', 'Circle', 'Text'])
      await expect(tool(page, name)).toBeVisible();
    const picture = page.getByRole('img', { name: 'Screenshot 1', exact: true });
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(600);
    await tool(page, 'Pen').click();
  }
  const [here, there] = [marksOf(office.page), marksOf(tablet.page)];
  const finger = await fingerPen(tablet.page, there);
  await Promise.all([
    stroke(mousePen(office.page, here), { x: 0.25, y: 0.3 }, { x: 0.45, y: 0.3 }),
    stroke(finger, { x: 0.55, y: 0.7 }, { x: 0.75, y: 0.7 }),
  ]);
  for (const canvas of [here, there]) {
    await expectInk(canvas, { x: 0.35, y: 0.3 }, "the employee's mark");
    await expectInk(canvas, { x: 0.65, y: 0.7 }, "the code user's mark");
  }
  // Made at the same moment, they stand in one order or the other, with their authors.
  for (const [page, other] of [
    [office.page, 'Code user'],
    [tablet.page, 'Erika Expert'],
  ] as const) {
    await expect(markList(page)).toHaveCount(2);
    await expect(markList(page).filter({ hasText: 'You' })).toHaveCount(1);
    await expect(markList(page).filter({ hasText: other })).toHaveCount(1);
  }
  for (const { page } of [office, tablet]) {
    await page.getByRole('button', { name: /^Return to call/ }).click();
    await expect(hangUpButton(page)).toBeVisible();
  }
});

test('F99 F22 F25 C1 hanging up ends the call; the session is DONE for everybody, and says when it closes', async () => {
  await hangUp(office.page, tablet.page);
  for (const { page } of [office, tablet]) {
    await expect(page.getByRole('list', { name: 'Status' })).toContainText(/closes in \d+:\d\d/);
  }
  await expect(action(office.page, 'Close now')).toBeVisible();
  await expect(action(tablet.page, 'Close now')).toHaveCount(0);
  await expectStatus(ada.page, 'DONE');
  for (const { page } of [office, tablet]) {
    await expect(callBar(page)).toHaveCount(0);
    const live = await page.evaluate(
      () =>
        window.observed.connections
          .flatMap((connection) => connection.getSenders())
          .filter((sender) => sender.track?.readyState === 'live').length,
    );
    expect(live).toBe(0);
  }
});

async function expectRecord(page: Page, screenshots = 1): Promise<void> {
  await page.goto(details());
  await expect(page.getByRole('heading', { name: reason })).toBeVisible();
  const shots = cardOf(page, 'Screenshots');
  for (let number = 1; number <= screenshots; number += 1) {
    const shot = shots.getByRole('link', { name: `Screenshot ${number}`, exact: true });
    await expect(shot).toBeVisible();
    await expect
      .poll(() => shot.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(600);
  }
  await expect(shots.getByText('Verified')).toHaveCount(screenshots);
  await expect(cardOf(page, 'Calls').getByRole('listitem').first()).toContainText('Call 1');
  await expect(cardOf(page, 'People')).toContainText('Erika Expert');
  const log = page.getByRole('list', { name: 'Updates' });
  for (const line of [
    'requested the session',
    'confirmed',
    'answered',
    'took a screenshot',
    'The call is over',
  ]) {
    await expect(log).toContainText(line);
  }
}

test('F71 F54 F62 both find the session with its history and the screenshot', async () => {
  for (const { page } of [office, tablet]) await expectRecord(page);
});

test('F89 both galleries show the picture; tapped, it is seen whole', async () => {
  for (const [{ page }, path] of [
    [office, '/office/gallery'],
    [tablet, '/gallery'],
  ] as const) {
    await page.goto(relay.url + path);
    const tile = page.getByRole('button', { name: `Show screenshot 1 of ‘${reason}’` });
    await tile.click();
    const whole = page
      .getByRole('dialog', { name: 'Screenshot 1' })
      .getByRole('img', { name: 'Screenshot 1' });
    await expect
      .poll(() => whole.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(600);
    await page.keyboard.press('Escape');
    await page.goto(details());
  }
});

test('F53 a tab that dies right after a stroke loses nothing', async () => {
  const { context } = tablet;
  const page = await context.newPage();
  await page.goto(details());
  const open = async (where: Page): Promise<void> => {
    await cardOf(where, 'Screenshots').getByRole('link', { name: 'Screenshot 1' }).click();
    await expect(markList(where)).toHaveCount(2);
  };
  await open(page);
  await tool(page, 'Pen').click();
  await stroke(mousePen(page, marksOf(page)), { x: 0.25, y: 0.5 }, { x: 0.45, y: 0.5 });
  // The stroke is made once it is seen; the database has its write by then, with or without a link to the relay.
  await expect(markList(page)).toHaveCount(3);
  await expectInk(marksOf(page), { x: 0.35, y: 0.5 }, 'the stroke as it is drawn');
  const died = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  session.send('Page.crash').catch(() => undefined);
  await died;
  await page.close();
  for (const where of [tablet.page, office.page]) {
    await where.goto(details());
    await cardOf(where, 'Screenshots').getByRole('link', { name: 'Screenshot 1' }).click();
    await expect(markList(where)).toHaveCount(3);
    await expectInk(marksOf(where), { x: 0.35, y: 0.5 }, 'the last stroke');
  }
});

test('F71 F54 everything is there after a reload, and after the relay was killed and started again', async () => {
  for (const { page } of [office, tablet]) {
    await expectRecord(page);
    await page.reload();
    await expectRecord(page);
  }
  await relay.kill9();
  await relay.restart();
  for (const { page } of [office, tablet]) {
    await expectRecord(page);
    await expectStatus(page, 'DONE');
  }
});

test('F6 T17 the other employee and the other organization see nothing of it', async () => {
  for (const { page } of [emil, otto]) {
    await page.goto(`${relay.url}/office/sessions`);
    await expect(page.getByText('No video sessions yet')).toBeVisible();
    await page.goto(details());
    await expect(page.getByText('This does not exist or is not visible to you.')).toBeVisible();
    await page.goto(`${details()}/call`);
    await expect(page.getByText('This does not exist or is not visible to you.')).toBeVisible();
    await expect(page.getByText(reason)).toHaveCount(0);
    const response = await page.request.get(`${relay.url}/api/blobs/${sessionId}/0000000000000000000000`);
    expect(response.status()).toBe(404);
  }
});

test('F63 after Close now the code user is offered a new request, and no call', async () => {
  await action(office.page, 'Close now').click();
  for (const { page } of [office, tablet]) await expectStatus(page, 'CLOSED');
  await expect(action(tablet.page, 'Request new session')).toBeVisible();
  for (const name of ['Start call', 'Reopen', 'Join now'])
    await expect(action(tablet.page, name)).toHaveCount(0);
  await expect(action(office.page, 'Start call')).toHaveCount(0);
});

test('F64 F35 reopened, the same session takes a second call, started by the employee', async () => {
  await action(office.page, 'Reopen').click();
  for (const { page } of [office, tablet]) await expectStatus(page, 'CONFIRMED');
  await call(office.page, tablet.page, 'See them, voice only');
  await expectAudio(office.page);
  expect((await senders(tablet.page)).filter((sender) => sender.kind === 'video')).toEqual([]);
  await hangUp(tablet.page, office.page);
  for (const { page } of [office, tablet]) {
    await expect(page).toHaveURL(details());
    await expect(cardOf(page, 'Calls').getByRole('listitem')).toHaveCount(2);
    await expectRecord(page);
  }
});

test('F37 declining leaves no media, tells the caller, and does not close the session', async () => {
  await action(office.page, 'Reopen').click();
  await expectStatus(tablet.page, 'CONFIRMED');
  const asked = await office.page.evaluate(() => window.observed.asked.length);
  await action(tablet.page, 'Start call').click();
  await incomingCall(office.page).getByRole('button', { name: 'Decline', exact: true }).click();
  await expect(incomingCall(office.page)).toHaveCount(0);
  await expect(hangUpButton(tablet.page)).toHaveCount(0);
  await expect(tablet.page.getByText('Declined').first()).toBeVisible();
  await expectStatus(tablet.page, 'CONFIRMED');
  await expectStatus(office.page, 'CONFIRMED');
  expect(await office.page.evaluate(() => window.observed.asked.length)).toBe(asked);
  const live = await tablet.page.evaluate(
    () =>
      window.observed.connections
        .flatMap((connection) => connection.getSenders())
        .filter((sender) => sender.track?.readyState === 'live').length,
  );
  expect(live).toBe(0);
});

test('F8 an employee creates a session that is confirmed at once; F24 and cancels it', async () => {
  const { page } = emil;
  await page.goto(`${relay.url}/office/sessions`);
  await action(page, 'Create video session').click();
  const dialog = page.getByRole('dialog', { name: 'Create video session' });
  await dialog.getByLabel('Device').selectOption({ label: 'Compressor K-7' });
  await dialog.getByLabel('Reason').fill(otherReason);
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  const id = await sessionIdOf(page);
  await page.goto(details(id));
  await expectStatus(page, 'CONFIRMED');
  await expect(action(page, 'Start call')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Updates' })).not.toContainText('requested');
  await action(page, 'Cancel session').click();
  const ask = page.getByRole('dialog', { name: 'Cancel session' });
  await ask.getByLabel('Reason for the other side').fill('Solved by phone');
  await ask.getByRole('button', { name: 'Cancel session' }).click();
  await expectStatus(page, 'CANCELLED');
  await expect(action(page, 'Start call')).toHaveCount(0);
  await expect(page.getByText('Emil Helfer: Solved by phone')).toBeVisible();
});

test('F24 F19 a code user withdraws the own request', async () => {
  const { page } = tablet;
  const id = await request(page, relay.url, 'Not needed any more');
  await page.goto(details(id));
  await expectStatus(page, 'REQUESTED');
  await action(page, 'Withdraw request').click();
  await expectStatus(page, 'CANCELLED');
  await expect(action(page, 'Request new session')).toBeVisible();
});

test('nothing that was loaded came from another host, no policy was broken, no error was reported', async () => {
  const own = new URL(relay.url).host;
  for (const place of [tablet, office, emil, ada, otto]) {
    expect([...place.hosts.keys()]).toEqual([own]);
    expect(await place.page.evaluate(() => window.observed.violations)).toEqual([]);
    expect(place.complaints.filter((text) => /Content Security Policy|Error: /.test(text))).toEqual([]);
  }
});
