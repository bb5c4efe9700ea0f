import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { assistantDrafts } from '../../src/lib/ui/screens/assistant/drafts.ts';
import { knownTicket } from './fixtures/domain-helpers.ts';
import { request } from './fixtures/request.ts';
import { names } from './fixtures/world.ts';
import { expectAccessible, expectNothingCutOff } from './kit/accessible.ts';
import type { Scene } from './kit/scene.ts';
import { show, sizes, type Look } from './kit/show.ts';

async function ask(state: keyof typeof request, look?: Look): Promise<Scene> {
  const scene = request[state]();
  await show(scene, look);
  return scene;
}

const reason = () => page.getByRole('textbox', { name: 'Reason' });
const send = () => page.getByRole('button', { name: 'Send request' });

describe('the request', () => {
  it('F5 names the machine, which cannot be changed, and who gets it', async () => {
    await ask('with-ticket');
    await expect
      .element(page.getByRole('heading', { name: 'Request video session', level: 1 }))
      .toBeVisible();
    await expect.element(page.getByText('Pump P-101')).toBeVisible();
    await expect.element(page.getByText(/Erika Expert/)).toBeVisible();
    expect(page.getByRole('combobox').elements()).toHaveLength(1);
    expect(page.getByRole('textbox').elements()).toHaveLength(1);
  });

  it('F5 F6 sends reason and ticket, clears the draft and leads to the session', async () => {
    const { desk } = await ask('with-ticket');
    await reason().fill('  It leaks at the flange. ');
    await page
      .getByRole('combobox', { name: 'Ticket' })
      .selectOptions('1042 · Oil on the floor below the pump');
    await send().click();
    await expect.poll(() => desk.wentTo).toHaveLength(1);
    expect(desk.proposed).toMatchObject([{ type: 'session.request', payload: { ticketIds: [knownTicket] } }]);
    const sent = desk.proposed[0];
    expect(sent?.type === 'session.request' && sent.payload.reason.trim()).toBe('It leaks at the flange.');
    expect([...desk.drafts.texts]).toEqual([]);
  });

  it('F5 without a reason nothing is sent; the field says why and is right again while one types', async () => {
    const { desk } = await ask('empty');
    await send().click();
    await expect.element(reason()).toHaveAttribute('aria-invalid', 'true');
    await expect.element(reason()).toHaveAccessibleDescription('The reason is missing.');
    expect(desk.proposed).toEqual([]);
    await reason().fill('   ');
    await expect.element(reason()).toHaveAttribute('aria-invalid', 'true');
    await reason().fill('It leaks');
    await expect.element(reason()).not.toHaveAttribute('aria-invalid', 'true');
  });

  it('F5 a reason that is too long is refused before it is sent, and nothing of it is cut', async () => {
    const { desk } = await ask('too-long');
    await expect.poll(() => (reason().element() as HTMLTextAreaElement).value.length).toBeGreaterThan(1000);
    const before = (reason().element() as HTMLTextAreaElement).value;
    await send().click();
    await expect.element(reason()).toHaveAttribute('aria-invalid', 'true');
    expect(desk.proposed).toEqual([]);
    expect((reason().element() as HTMLTextAreaElement).value).toBe(before);
  });

  it('F5 what was typed is kept on the device, and said to be', async () => {
    const { desk } = await ask('empty');
    await expect.element(page.getByText('Draft kept on this device')).not.toBeInTheDocument();
    await reason().fill('It leaks');
    await expect.element(page.getByText('Draft kept on this device')).toBeVisible();
    expect(desk.drafts.texts.get(assistantDrafts.request)).toBe('It leaks');
  });

  it('F5 a kept draft is there again, with its line breaks', async () => {
    await ask('draft-kept');
    await expect.element(reason()).toHaveValue('It leaks at the flange.\nSince this morning.');
  });

  it('F5 B16 suggestions go in and out by the keyboard, beside what was typed', async () => {
    await ask('draft-kept');
    await expect.element(reason()).toHaveValue('It leaks at the flange.\nSince this morning.');
    const first = page.getByRole('main').getByRole('button', { pressed: false }).first();
    const words = first.element().textContent.trim();
    (first.element() as HTMLElement).focus();
    await userEvent.keyboard(' ');
    await expect.element(page.getByRole('button', { name: words, pressed: true })).toBeVisible();
    await expect.element(reason()).toHaveValue(`${words}. It leaks at the flange.\nSince this morning.`);
    await userEvent.keyboard(' ');
    await expect.element(reason()).toHaveValue('It leaks at the flange.\nSince this morning.');
  });

  it('F5 B16 the whole request by the keyboard alone', async () => {
    const { desk } = await ask('empty');
    (reason().element() as HTMLElement).focus();
    await userEvent.keyboard('It leaks');
    for (let steps = 0; document.activeElement !== send().element() && steps < 12; steps++)
      await userEvent.keyboard('{Tab}');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => desk.wentTo).toHaveLength(1);
    expect(desk.proposed).toHaveLength(1);
  });

  it('F5 pressed twice quickly, it is sent once', async () => {
    const { desk } = await ask('empty');
    await reason().fill('It leaks');
    const pressed = send().element() as HTMLElement;
    pressed.click();
    pressed.click();
    await expect.poll(() => desk.wentTo).toHaveLength(1);
    expect(desk.proposed).toHaveLength(1);
  });

  it('F5 what cannot be kept here is said, and stays in the field', async () => {
    const { desk } = await ask('not-kept');
    await expect.element(reason()).toHaveValue('It leaks');
    await send().click();
    await expect.element(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible();
    await expect.element(reason()).toHaveValue('It leaks');
    expect(desk.wentTo).toEqual([]);
    await expect.element(send()).toBeEnabled();
  });

  it.each(['requests-off', 'support-off', 'services-off'] as const)(
    'F4 C7 F28 %s: says why, and offers a message to the service team instead',
    async (state) => {
      await ask(state);
      await expect.element(send()).not.toBeInTheDocument();
      await expect.element(reason()).not.toBeInTheDocument();
      await expect
        .element(page.getByRole('link', { name: 'Write to the service team' }))
        .toHaveAttribute('href', '/messages/new');
    },
  );

  it('T38 F5 words from right to left have their own direction', async () => {
    await ask('right-to-left');
    await expect.element(reason()).toHaveAttribute('dir', 'auto');
    await expect.element(page.getByText(new RegExp(names.rightToLeft))).toBeVisible();
  });

  const everywhere = (Object.keys(request) as (keyof typeof request)[]).flatMap((state) =>
    (['en', 'de'] as const).flatMap((lang) =>
      (['phone', 'desk', 'smallest'] as const).map((size) => ({ state, lang, size })),
    ),
  );
  it.each(everywhere)(
    'B16 B15 $state, $lang, $size: accessible, nothing cut off',
    async ({ state, lang, size }) => {
      await ask(state, { lang, size: sizes[size], theme: size === 'phone' ? 'dark' : 'light' });
      await expectAccessible();
      expectNothingCutOff();
    },
  );
});
