import type { Locator, Page } from '@playwright/test';
import { startRelay, type RelayProcess } from '../harness/relay-process.ts';
import { expectAccessible } from './kit/accessible.ts';
import { codes, demoPassword, sessionIdOf } from './kit/steps.ts';
import { expect, makeOffice, makeTablet, test } from './kit/test.ts';
import { expectAdvancing } from './kit/video.ts';
import { wordsOf, type Language } from './kit/words.ts';

let relay: RelayProcess;
test.beforeAll(async () => {
  relay = await startRelay({ via: 'npm' });
});
test.afterAll(() => relay?.dispose());

/** Nothing sticks out to the side, and nobody has to scroll that way. */
async function expectNoOverflow(page: Page, screen: string): Promise<void> {
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const out = [...document.body.querySelectorAll('*')].filter((element) => {
      const { right, width } = element.getBoundingClientRect();
      return width > 0 && right > clientWidth + 1;
    });
    return out.slice(0, 12).map((element) => {
      const { left, right } = element.getBoundingClientRect();
      const text = element.textContent?.trim().slice(0, 40) ?? '';
      return `${element.tagName} ${element.className} ${Math.round(left)}–${Math.round(right)} '${text}'`;
    });
  });
  expect.soft(wide, `${screen} is wider than the screen`).toEqual([]);
}

async function expectLargeEnough(targets: Locator, screen: string, least = 48): Promise<void> {
  const small = await targets.evaluateAll((elements, px) => {
    const visible = elements.filter((one) => one.checkVisibility({ visibilityProperty: true }));
    return visible.flatMap((one) => {
      const { width, height } = one.getBoundingClientRect();
      if (width === 0 || height === 0 || (width >= px - 0.5 && height >= px - 0.5)) return [];
      const name = one.getAttribute('aria-label') ?? one.textContent ?? '';
      return [`${name.trim()} ${Math.round(width)}×${Math.round(height)}`];
    });
  }, least);
  expect.soft(small, `${screen}: targets below ${least} px`).toEqual([]);
}

const targetsOf = (page: Page): Locator => page.getByRole('button').or(page.getByRole('link'));

// Every screen in each language and in each look; the words do not depend on the colours, nor these on them.
const ways = [
  { language: 'en', look: 'light' },
  { language: 'de', look: 'dark' },
] as const satisfies readonly { language: Language; look: 'light' | 'dark' }[];
for (const { language, look } of ways) {
  test(`every main screen keeps WCAG 2.2 AA, and its targets are large: ${language}, ${look}`, async ({
    tabletBrowser,
    officeBrowser,
  }) => {
    const say = wordsOf(language);
    const locale = language === 'de' ? 'de-DE' : 'en-GB';
    const named = (page: Page, key: string): Locator =>
      page
        .getByRole('button', { name: say(key), exact: true })
        .or(page.getByRole('link', { name: say(key), exact: true }))
        .first();
    const tablet = await makeTablet(tabletBrowser, { locale });
    const office = await makeOffice(officeBrowser, { locale });
    const check = async (page: Page, screen: string): Promise<void> => {
      await expectAccessible(page, screen, look);
      if (page === tablet.page) await expectLargeEnough(targetsOf(page), screen);
    };

    await tablet.page.goto(relay.url);
    await expect(
      named(tablet.page, 'entry_work_here')
        .or(tablet.page.getByText(say('entry_work_here')))
        .first(),
    ).toBeVisible();
    await check(tablet.page, 'choice');
    await tablet.page.goto(`${relay.url}/c/WRONG-CODE`);
    await expect(tablet.page.getByRole('alert').filter({ hasText: /\S/ })).toBeVisible();
    await check(tablet.page, 'code');
    await tablet.page.goto(`${relay.url}/c/${codes.pump}`);
    await tablet.page.waitForURL('**/home');
    await expect(tablet.page.getByRole('heading', { name: 'Pump P-101' })).toBeVisible();
    await check(tablet.page, 'home');

    await office.page.goto(`${relay.url}/sign-in`);
    await check(office.page, 'sign-in');
    await office.page.getByLabel(say('entry_email')).fill('erika@demo.example');
    await office.page.getByLabel(say('entry_password')).fill(demoPassword);
    await named(office.page, 'entry_sign_in').click();
    await office.page.waitForURL('**/office/sessions');

    await tablet.page.goto(`${relay.url}/sessions/request`);
    await expect(named(tablet.page, 'session_send_request')).toBeVisible();
    await check(tablet.page, 'request');
    await tablet.page.getByLabel(say('session_reason')).fill(`Pruefung ${language}`);
    await named(tablet.page, 'session_send_request').click();
    const sessionId = await sessionIdOf(tablet.page);
    const details = `${relay.url}/sessions/${sessionId}`;

    await expect(office.page.getByRole('link', { name: `Pruefung ${language}` })).toBeVisible();
    await check(office.page, 'office list with a notice');
    await office.page.getByRole('button', { name: say('frame_notifications') }).click();
    await expect(office.page.getByRole('dialog').getByRole('article').first()).toBeVisible();
    await check(office.page, 'notifications');
    await office.page.keyboard.press('Escape');
    await expect(office.page.getByRole('dialog')).toHaveCount(0);
    await named(office.page, 'session_create_video_session').click();
    await expect(office.page.getByRole('dialog')).toBeVisible();
    await check(office.page, 'create dialog');

    await office.page.goto(details);
    await office.page
      .getByRole('main')
      .getByRole('button', { name: say('session_confirm'), exact: true })
      .click();
    await tablet.page.goto(details);
    await expect(named(tablet.page, 'session_start_call')).toBeVisible();
    await check(tablet.page, 'details, code user');
    await check(office.page, 'details, employee');
    await tablet.page.goto(`${relay.url}/sessions`);
    await expect(named(tablet.page, 'session_start_call')).toBeVisible();
    await check(tablet.page, 'session list, code user');

    // The employee starts, so that the tablet shows the incoming call.
    await named(office.page, 'session_start_call').click();
    const ringing = tablet.page.getByRole('dialog');
    await expect(ringing).toBeVisible();
    await expectAccessible(tablet.page, 'incoming call', look);
    await expectLargeEnough(ringing.getByRole('button'), 'incoming call', 56);
    await ringing.getByRole('button', { name: say('call_video'), exact: true }).click();
    const bar = tablet.page.getByRole('toolbar', { name: say('call_toolbar'), exact: true });
    await expect(bar.getByRole('button', { name: say('call_hang_up'), exact: true })).toBeVisible();
    await expectAdvancing(
      office.page.getByRole('region', { name: say('call_video_of').replace(/ ?\{name\}/, '') }),
    );
    await expectLargeEnough(bar.getByRole('button'), 'call bar', 56);
    await check(tablet.page, 'call window, tablet');
    await expectAccessible(office.page, 'call window, office', look);

    await named(office.page, 'call_screenshot').click();
    const thumbnail = office.page.getByRole('button', {
      name: new RegExp(`^${say('session_edit_screenshot')}`),
    });
    await thumbnail.click();
    await office.page.waitForURL('**/screenshots/*');
    await expect(office.page.getByRole('complementary', { name: say('editor_marks') })).toBeVisible();
    await expectAccessible(office.page, 'picture editor', look);

    await bar.getByRole('button', { name: say('call_hang_up'), exact: true }).click();
    await expect(tablet.page.locator('[data-session-status=DONE]').first()).toBeVisible();
    await check(tablet.page, 'details after the call');
    await tablet.page.goto(`${relay.url}/gallery`);
    await expect(tablet.page.locator('[data-screenshot]').first()).toBeVisible();
    await check(tablet.page, 'gallery');
    await office.page.goto(`${relay.url}/office/history`);
    await expect(office.page.getByRole('link', { name: `Pruefung ${language}` })).toBeVisible();
    await check(office.page, 'history');
    await tablet.context.close();
    await office.context.close();
  });
}

test('in German nothing is wider than a phone: 390 × 844', async ({ tabletBrowser, officeBrowser }) => {
  const say = wordsOf('de');
  const phone = { viewport: { width: 390, height: 844 }, locale: 'de-DE' };
  const user = await makeTablet(tabletBrowser, phone);
  const employee = await makeOffice(officeBrowser, phone);
  const { page } = user;
  const button = (where: Page, key: string): Locator =>
    where
      .getByRole('button', { name: say(key), exact: true })
      .or(where.getByRole('link', { name: say(key), exact: true }))
      .first();

  await page.goto(relay.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectNoOverflow(page, 'choice');
  await page.goto(`${relay.url}/sign-in`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectNoOverflow(page, 'sign-in');
  await page.goto(`${relay.url}/c/${codes.compressor}`);
  await page.waitForURL('**/home');
  await expect(page.getByRole('heading', { name: 'Compressor K-7' })).toBeVisible();
  await expectNoOverflow(page, 'home');
  await page.goto(`${relay.url}/sessions/request`);
  await page
    .getByLabel(say('session_reason'))
    .fill('Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüssel fehlt');
  await expectNoOverflow(page, 'request');
  await button(page, 'session_send_request').click();
  const sessionId = await sessionIdOf(page);
  await expect(page.locator('[data-session-status]').first()).toBeVisible();
  await expectNoOverflow(page, 'details, code user');

  await employee.page.goto(`${relay.url}/sign-in`);
  await employee.page.getByLabel(say('entry_email')).fill('emil@demo.example');
  await employee.page.getByLabel(say('entry_password')).fill(demoPassword);
  await button(employee.page, 'entry_sign_in').click();
  await employee.page.waitForURL('**/office/sessions');
  await expect(employee.page.getByRole('link', { name: /^Donaudampf/ })).toBeVisible();
  await expectNoOverflow(employee.page, 'office list');
  await employee.page.goto(`${relay.url}/sessions/${sessionId}`);
  await employee.page
    .getByRole('main')
    .getByRole('button', { name: say('session_confirm'), exact: true })
    .click();
  await expect(button(employee.page, 'session_start_call')).toBeVisible();
  await expectNoOverflow(employee.page, 'details, employee');
  for (const place of ['my-sessions', 'history', 'gallery']) {
    await employee.page.goto(`${relay.url}/office/${place}`);
    await expect(employee.page.getByRole('navigation', { name: say('nav_portal') })).toBeVisible();
    await expectNoOverflow(employee.page, place);
  }
  await employee.page.getByRole('button', { name: say('frame_notifications') }).click();
  await expect(employee.page.getByRole('dialog')).toBeVisible();
  await expectNoOverflow(employee.page, 'notifications');
  await employee.page.goto(`${relay.url}/sessions/${sessionId}`);
  await button(employee.page, 'session_start_call').click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectNoOverflow(page, 'incoming call');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say('call_video'), exact: true })
    .click();
  for (const where of [page, employee.page]) {
    await expect(button(where, 'call_hang_up')).toBeVisible();
    await expectNoOverflow(where, 'call window');
  }
  const other = say('call_video_of').replace(/ ?\{name\}/, '');
  await expectAdvancing(employee.page.getByRole('region', { name: other }));
  await button(page, 'call_hang_up').click();
  await expect(page.locator('[data-session-status=DONE]').first()).toBeVisible();
  await expectNoOverflow(page, 'details after the call');
  await user.context.close();
  await employee.context.close();
});

test('the language is switched in the middle of a request, and what was typed stays', async ({
  tabletBrowser,
}) => {
  const { context, page } = await makeTablet(tabletBrowser);
  await page.goto(`${relay.url}/c/${codes.pump}`);
  await page.waitForURL('**/home');
  await page.goto(`${relay.url}/sessions/request`);
  await page.getByLabel('Reason').fill('Typed before the switch');
  await page.getByRole('button', { name: 'Language' }).click();
  await page
    .getByRole('menuitemradio', { name: 'Deutsch' })
    .or(page.getByRole('menuitem', { name: 'Deutsch' }))
    .click();
  await expect(page.getByLabel('Grund')).toHaveValue('Typed before the switch');
  await expect(page.getByRole('button', { name: 'Anfrage senden' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.reload();
  await expect(page.getByLabel('Grund')).toHaveValue('Typed before the switch');
  await page.goto(`${relay.url}/sessions/request?lang=en`);
  await expect(page.getByLabel('Reason')).toHaveValue('Typed before the switch');
  await context.close();
});
