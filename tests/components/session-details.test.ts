import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { say } from './fixtures/domain-helpers.ts';
import { sessionDetails } from './fixtures/session-details.ts';
import { names } from './fixtures/world.ts';
import { expectAccessible, expectNothingCutOff } from './kit/accessible.ts';
import type { Scene } from './kit/scene.ts';
import { show, sizes, type Look } from './kit/show.ts';

type State = keyof typeof sessionDetails;

async function open(state: State, look?: Look): Promise<Scene> {
  const scene = sessionDetails[state]();
  await show(scene, look);
  return scene;
}

const status = () => page.getByRole('region', { name: 'Status', exact: true });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const statusShown = () =>
  document.querySelector<HTMLElement>('[data-session-status]')?.dataset['sessionStatus'];

/** Whatever one may do with the status. */
const actions = [
  'Join now',
  'Start call',
  'Confirm',
  'Decline request',
  'Withdraw request',
  'End session',
  'Close now',
  'Reopen',
];

describe('the session details', () => {
  it.each<[State, string, string[]]>([
    ['requested-employee', 'REQUESTED', ['Confirm', 'Decline request']],
    ['requested-code-user', 'REQUESTED', ['Withdraw request']],
    ['confirmed-employee', 'CONFIRMED', ['Start call']],
    ['confirmed-code-user', 'CONFIRMED', ['Start call']],
    ['confirmed-employee-only', 'CONFIRMED', []],
    ['ringing-code-user', 'CONFIRMED', ['Join now']],
    ['in-call-employee', 'IN_PROGRESS', ['Join now', 'End session']],
    ['done-employee', 'DONE', ['Close now', 'Reopen']],
    ['done-code-user', 'DONE', []],
    ['closed-employee', 'CLOSED', ['Reopen']],
    ['closed-code-user', 'CLOSED', []],
    ['declined-code-user', 'CANCELLED', []],
  ])('F27 F71 %s: the status is %s, and what can be done is %j', async (state, value, offered) => {
    await open(state);
    await expect.element(status()).toBeVisible();
    await expect.poll(statusShown).toBe(value);
    const shown = status().getByRole('button').elements();
    const named = shown.map((one) => one.textContent.trim()).filter((name) => actions.includes(name));
    expect(new Set(named)).toEqual(new Set(offered));
  });

  it('F27 the present status is marked by words and for screen readers, not by colour alone', async () => {
    await open('confirmed-employee');
    const current = status()
      .getByRole('listitem')
      .elements()
      .filter((one) => one.ariaCurrent === 'step');
    expect(current).toHaveLength(1);
    expect(current[0]?.textContent).toContain('Confirmed');
  });

  it('F33 confirming is one press, and shows at once', async () => {
    const { desk } = await open('requested-employee');
    await button('Confirm').click();
    await expect.poll(statusShown).toBe('CONFIRMED');
    expect(desk.proposed).toEqual([{ type: 'session.confirm', payload: {} }]);
    await expect.element(button('Start call')).toBeVisible();
  });

  it('F33 declining wants a reason, by the keyboard alone', async () => {
    const { desk } = await open('requested-employee');
    (button('Decline request').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    const dialog = page.getByRole('dialog', { name: 'Decline request' });
    await expect.element(dialog).toBeVisible();
    await dialog.getByRole('button', { name: 'Decline request' }).click();
    const reason = dialog.getByRole('textbox');
    await expect.element(reason).toHaveAttribute('aria-invalid', 'true');
    expect(desk.proposed).toEqual([]);
    await reason.fill('Not ours');
    await userEvent.keyboard('{Tab}{Tab}{Enter}');
    await expect.poll(statusShown).toBe('CANCELLED');
    expect(desk.proposed).toEqual([{ type: 'session.decline', payload: { reason: 'Not ours' } }]);
    await expect.element(status()).toMatchTextContent(/Not ours/);
  });

  it('F33 a refusal of the relay is said in words; the status stays', async () => {
    await open('refused-by-relay');
    await button('Confirm').click();
    await expect.element(page.getByRole('alert').filter({ hasText: /./ }).first()).toBeVisible();
    expect(statusShown()).toBe('REQUESTED');
  });

  it('F35 F29 starting and coming back lead into the call', async () => {
    const first = await open('confirmed-employee');
    await button('Start call').click();
    await expect.poll(() => first.desk.wentTo).toEqual(['start']);
    const second = await open('in-call-employee');
    await button('Join now').click();
    await expect.poll(() => second.desk.wentTo).toEqual(['rejoin']);
  });

  it('F25 the other side moves it, and it shows without being asked', async () => {
    const { desk } = await open('requested-code-user');
    await expect.poll(statusShown).toBe('REQUESTED');
    desk.happens((story) => story.ago(0).must(story.world.people.erika, say.confirm()));
    await expect.poll(statusShown).toBe('CONFIRMED');
    await expect.element(button('Start call')).toBeVisible();
  });

  it('F54 F62 F71 F72 shows everything that the call produced, to both sides', async () => {
    for (const state of ['done-employee', 'done-code-user'] as const) {
      await open(state);
      for (const number of [1, 2])
        await expect
          .element(page.getByRole('link', { name: `Screenshot ${String(number)}` }).first())
          .toBeVisible();
      await expect.element(page.getByText('The gauge on the left?')).toBeVisible();
      await expect.element(page.getByText('Erika Expert').first()).toBeVisible();
      await expect.element(page.getByText('Pump P-101').first()).toBeVisible();
    }
  });

  it('F78 notes are for employees alone, each with author and line breaks; one more is added', async () => {
    const { desk } = await open('done-employee');
    const notes = page.getByRole('list', { name: 'Notes' });
    await expect.element(notes).toMatchTextContent(/Erika Expert/);
    await expect.element(notes).toMatchTextContent(/Valve V-3 was set to 4 bar\./);
    await page.getByRole('button', { name: 'Add note' }).first().click();
    await page.getByRole('textbox', { name: 'Note' }).fill('Seal ordered');
    await page.getByRole('button', { name: 'Add note' }).last().click();
    await expect.element(notes).toMatchTextContent(/Seal ordered/);
    expect(desk.proposed).toMatchObject([{ type: 'note.add', payload: { text: 'Seal ordered' } }]);
    await open('done-code-user');
    await expect.element(page.getByText('The gauge on the left?')).toBeVisible();
    await expect.element(page.getByText(/Valve V-3/)).not.toBeInTheDocument();
  });

  it('F65 T49 the code user is asked to rate, five faces and a comment; employees are not', async () => {
    const { desk } = await open('done-code-user');
    const form = page.getByRole('form', { name: 'Rating' });
    expect(form.getByRole('radio').elements()).toHaveLength(5);
    await expect.element(form.getByRole('button', { name: 'Rate', exact: true })).toBeDisabled();
    (form.getByRole('radio').first().element() as HTMLElement).focus();
    await userEvent.keyboard(' {ArrowRight}{ArrowRight}{ArrowRight}');
    await form.getByRole('textbox').fill('Quick');
    await form.getByRole('button', { name: 'Rate', exact: true }).click();
    await expect
      .poll(() => desk.proposed)
      .toMatchObject([{ type: 'rating.give', payload: { score: 4, comment: 'Quick' } }]);
    await expect.element(form).not.toBeInTheDocument();
    await open('done-employee');
    await expect.element(form).not.toBeInTheDocument();
  });

  it('F63 C16 closed: a new request for the code user, no chat any more, what was said stays', async () => {
    await open('closed-code-user');
    await expect
      .element(page.getByRole('link', { name: 'Request new session' }))
      .toHaveAttribute('href', '/sessions/request');
    await expect.element(page.getByText('The gauge on the left?')).toBeVisible();
    await expect.element(page.getByRole('textbox', { name: 'Message' })).not.toBeInTheDocument();
  });

  it('F33 declined: says why and by whom', async () => {
    await open('declined-code-user');
    await expect.element(status()).toMatchTextContent(/This machine is serviced by another company\./);
    await expect.element(status()).toMatchTextContent(/Erika Expert/);
  });

  it('F67 F69 whether it is internal is shown to employees and changed by one press', async () => {
    const { desk } = await open('internal');
    await expect.element(page.getByText('Internal', { exact: true }).first()).toBeVisible();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByRole('button', { name: 'Set to public' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(() => desk.proposed)
      .toEqual([{ type: 'session.set-visibility', payload: { visibility: 'public' } }]);
    await open('closed-code-user');
    await expect.element(page.getByText('Internal', { exact: true })).not.toBeInTheDocument();
  });

  it.each<[State, string]>([
    ['confirmed-code-user', 'connected'],
    ['camera-denied', 'unavailable'],
    ['support-off', 'disabled'],
    ['closed-code-user', 'disconnected'],
  ])('C12 F28 F29 F30 F31 %s: the channel is %s', async (state, channel) => {
    await open(state);
    await expect.element(status()).toBeVisible();
    expect(document.querySelector<HTMLElement>('[data-channel]')?.dataset['channel']).toBe(channel);
  });

  it('T38 words from right to left keep their own direction', async () => {
    await open('right-to-left');
    const reason = page.getByText('המשאבה דולפת').first();
    await expect.element(reason).toBeVisible();
    expect(getComputedStyle(reason.element()).direction).toBe('rtl');
    const people = page.getByRole('region', { name: 'People', exact: true });
    const name = people.getByText(names.rightToLeft, { exact: true });
    await expect.element(name).toBeVisible();
    expect(getComputedStyle(name.element()).direction).toBe('rtl');
  });

  const everywhere = (Object.keys(sessionDetails) as State[]).flatMap((state) =>
    (['phone', 'desk', 'smallest'] as const).map((size, index) => ({
      state,
      size,
      lang: index % 2 === 0 ? ('de' as const) : ('en' as const),
    })),
  );
  it.each(everywhere)(
    'B16 B15 $state, $lang, $size: accessible, nothing cut off',
    async ({ state, lang, size }) => {
      await open(state, { lang, size: sizes[size], theme: size === 'phone' ? 'dark' : 'light' });
      await expect.element(page.getByRole('region').first()).toBeVisible();
      await expectAccessible();
      expectNothingCutOff();
    },
  );
});
