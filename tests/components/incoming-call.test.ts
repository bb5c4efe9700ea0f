import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { callOne, say } from './fixtures/domain-helpers.ts';
import { incomingCall } from './fixtures/incoming-call.ts';
import { names } from './fixtures/world.ts';
import { expectAccessible, expectNothingCutOff } from './kit/accessible.ts';
import type { Scene } from './kit/scene.ts';
import { show, sizes, type Look } from './kit/show.ts';

async function ring(state: keyof typeof incomingCall, look?: Look): Promise<Scene> {
  const scene = incomingCall[state]();
  await show(scene, look);
  return scene;
}

const answers = () => page.getByRole('group', { name: 'Answer' });
const button = (name: string) => page.getByRole('button', { name, exact: true });

describe('the incoming call', () => {
  it('F37 F38 C14 says who calls about which machine, and has four answers', async () => {
    await ring('at-machine');
    const dialog = page.getByRole('dialog', { name: 'Erika Expert is calling' });
    await expect.element(dialog.getByRole('heading', { name: 'Erika Expert' })).toBeVisible();
    for (const words of [
      'Demo Service GmbH',
      'Pump P-101',
      'Pressure drops after ten minutes, the display shows E-17.',
    ])
      await expect.element(dialog.getByText(words)).toBeVisible();
    await expect.element(dialog.getByRole('timer')).toHaveTextContent('Rings for 37 s more');
    const named = answers().getByRole('button').elements();
    expect(named.map((one) => one.textContent.trim())).toEqual([
      'Video',
      'See them, voice only',
      'Text only',
      'Decline',
    ]);
  });

  it.each([
    ['Video', 'video'],
    ['See them, voice only', 'voice'],
    ['Text only', 'text'],
  ])('F37 F38 C14 "%s" answers with %s and leads into the call', async (name, mode) => {
    const { desk } = await ring('at-machine');
    await button(name).click();
    await expect.poll(() => desk.wentTo).toEqual([`/sessions/${desk.app.sessions.list[0]?.session.id}/call`]);
    expect(desk.proposed).toEqual([{ type: 'call.answer', payload: { callId: callOne, mode } }]);
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  });

  it('F37 declining says so to the caller, goes nowhere and opens no device', async () => {
    const asked = vi.spyOn(navigator.mediaDevices, 'getUserMedia');
    const { desk } = await ring('at-machine');
    await button('Decline').click();
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    expect(desk.proposed).toEqual([{ type: 'call.reject', payload: { callId: callOne } }]);
    expect(desk.wentTo).toEqual([]);
    expect(desk.app.sessions.list[0]?.session.status).toBe('CONFIRMED');
    expect(asked).not.toHaveBeenCalled();
  });

  it.each(['en', 'de'] as const)('C14 F36 says what each answer turns on (%s)', async (lang) => {
    await ring('at-employee', { lang });
    const hint = {
      en: 'You see them. Your camera stays off until you start it.',
      de: 'Sie sehen die andere Seite. Ihre Kamera bleibt aus, bis Sie sie starten.',
    }[lang];
    await expect.element(button('Video')).toHaveAccessibleDescription(hint);
    const voice = { en: 'See them, voice only', de: 'Video sehen, nur Ton senden' }[lang];
    const off = { en: 'Your camera stays off', de: 'Ihre Kamera bleibt aus' }[lang];
    await expect.element(button(voice)).toHaveAccessibleDescription(off);
  });

  it('F42 offers only the ways that the organization has, and declining always', async () => {
    const video = await ring('no-video');
    await expect.element(button('Video')).not.toBeInTheDocument();
    await expect.element(button('Text only')).toBeVisible();
    expect(video.desk.proposed).toEqual([]);
    await ring('text-only');
    await expect.element(button('See them, voice only')).not.toBeInTheDocument();
  });

  it('B16 is taken by the keyboard alone; Enter pressed for something else and Escape answer nothing', async () => {
    const { desk } = await ring('at-machine');
    await expect.element(page.getByRole('dialog')).toHaveFocus();
    await userEvent.keyboard('{Enter}{Escape} ');
    await expect.element(page.getByRole('dialog')).toBeVisible();
    expect(desk.proposed).toEqual([]);
    await userEvent.keyboard('{Tab}');
    await expect.element(button('Silence ringing')).toHaveFocus();
    await userEvent.keyboard('{Tab}');
    await expect.element(button('Video')).toHaveFocus();
    await userEvent.keyboard('{Tab}{Tab}{Tab}');
    await expect.element(button('Decline')).toHaveFocus();
    await userEvent.keyboard('{Shift>}{Tab}{/Shift}{Enter}');
    await expect
      .poll(() => desk.proposed)
      .toEqual([{ type: 'call.answer', payload: { callId: callOne, mode: 'text' } }]);
  });

  it('F37 silencing stops the ringing here; the call rings on', async () => {
    const vibrate = vi.spyOn(navigator, 'vibrate').mockReturnValue(true);
    const { desk } = await ring('at-machine');
    expect(vibrate).toHaveBeenLastCalledWith([300, 150, 300]);
    await button('Silence ringing').click();
    await expect.poll(() => vibrate.mock.lastCall).toEqual([0]);
    await expect.element(page.getByRole('dialog')).toBeVisible();
    expect(desk.proposed).toEqual([]);
  });

  it('F37 goes by itself when the caller hangs up', async () => {
    const { desk } = await ring('at-machine');
    await expect.element(page.getByRole('dialog')).toBeVisible();
    desk.happens((story) => story.ago(0).must(story.world.people.erika, say.leave()));
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  });

  it('F37 shows nothing when the call is over, or without a link to answer by', async () => {
    await ring('not-ringing');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    await ring('no-link');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  });

  it('T38 F37 a name from right to left stands with its own direction', async () => {
    await ring('right-to-left');
    const heading = page.getByRole('heading', { name: names.rightToLeft });
    await expect.element(heading).toBeVisible();
    expect(getComputedStyle(heading.element()).direction).toBe('rtl');
  });

  const everywhere = (Object.keys(incomingCall) as (keyof typeof incomingCall)[]).flatMap((state) =>
    (['en', 'de'] as const).flatMap((lang) =>
      (['phone', 'desk', 'smallest'] as const).map((size) => ({ state, lang, size })),
    ),
  );
  it.each(everywhere)(
    'B16 B15 $state, $lang, $size: accessible, nothing cut off',
    async ({ state, lang, size }) => {
      await ring(state, { lang, size: sizes[size], theme: size === 'phone' ? 'dark' : 'light' });
      await expectAccessible();
      expectNothingCutOff();
    },
  );

  it('B16 at 320 × 256, with the longest names, every answer can be reached', async () => {
    await ring('long-texts', { lang: 'de', size: sizes.smallest });
    for (const answer of page.getByRole('button').elements()) {
      answer.scrollIntoView({ block: 'center' });
      await expect.element(page.elementLocator(answer)).toBeInViewport({ ratio: 0.9 });
    }
  });
});
