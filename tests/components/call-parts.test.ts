import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { callParts } from './fixtures/call-parts.ts';
import { names } from './fixtures/world.ts';
import { expectAccessible, expectNothingCutOff } from './kit/accessible.ts';
import type { Scene } from './kit/scene.ts';
import { show, sizes, type Look } from './kit/show.ts';

type State = keyof typeof callParts;

async function open(state: State, look?: Look): Promise<Scene> {
  const scene = callParts[state]();
  await show(scene, look);
  return scene;
}

const button = (name: string) => page.getByRole('button', { name, exact: true });

describe('parts of the call window', () => {
  it('B16 a call button is named by its action, has its short word in sight and a large target', async () => {
    const { desk } = await open('button-rest');
    const mute = button('Mute microphone');
    await expect.element(mute).toHaveTextContent('Mute');
    const { width, height } = mute.element().getBoundingClientRect();
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(56);
    (mute.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter} ');
    expect(desk.wentTo).toEqual(['mute', 'mute']);
  });

  it('B16 a disabled one does nothing and says so', async () => {
    const { desk } = await open('button-disabled');
    await expect.element(button('Draw')).toBeDisabled();
    (button('Draw').element() as HTMLElement).click();
    expect(desk.wentTo).toEqual([]);
  });

  it('B8 the veil counts down, tries again and lets one leave, by the keyboard too', async () => {
    const { desk } = await open('veil-60');
    const veil = page.getByRole('region', { name: 'Reconnecting...' });
    await expect.element(veil.getByRole('timer')).toMatchTextContent(/60/);
    await expect.element(veil.getByRole('status')).toMatchTextContent(/Reconnecting/);
    await userEvent.keyboard('{Tab}{Enter}{Tab}{Enter}');
    expect(desk.wentTo).toEqual(['leave', 'retry']);
    await open('veil-3');
    await expect.element(page.getByRole('timer')).toMatchTextContent(/3/);
  });

  it.each([
    ['quality-0', 'en', 'No link'],
    ['quality-1', 'de', 'Sehr schwach'],
    ['quality-2', 'en', 'Weak'],
    ['quality-3', 'de', 'Mittel'],
    ['quality-4', 'en', 'Good'],
  ] as const)('B9 %s (%s) is said in a word, not by colour alone', async (state, lang, word) => {
    await open(state, { lang });
    await expect.element(page.getByText(word)).toBeVisible();
  });

  it('B9 figures are a press away', async () => {
    const { desk } = await open('quality-0');
    await page.getByRole('button').click();
    expect(desk.wentTo).toEqual(['details']);
  });

  it('F52 B16 the rail says which tool is chosen, and what cannot be done now', async () => {
    const { desk } = await open('rail');
    await expect.element(page.getByRole('toolbar')).toBeVisible();
    await expect.element(button('Arrow')).toHaveAttribute('aria-pressed', 'true');
    await expect.element(button('Pen')).toHaveAttribute('aria-pressed', 'false');
    await expect.element(button('Undo')).toBeDisabled();
    await button('Pen').click();
    expect(desk.wentTo).toEqual(['pen']);
  });

  it('B1 a plate announces itself, or is a button', async () => {
    await open('plate-still');
    await expect.element(page.getByText('You see a still image')).toBeVisible();
    await expect.element(page.getByRole('status').filter({ hasText: /still image/ })).toBeVisible();
    const { desk } = await open('plate-button');
    await button('Return to live').click();
    expect(desk.wentTo).toEqual(['live']);
  });

  it('F60 C20 a mirrored tile flips the picture alone; tiles and marks have their names', async () => {
    await open('tile-own');
    const own = page.getByRole('region', { name: 'Your video' });
    await expect.element(own).toBeVisible();
    const canvas = own.getByRole('img', { name: 'Marks' }).element();
    for (let at: Element | null = canvas; at; at = at.parentElement)
      expect(new DOMMatrix(getComputedStyle(at).transform).a).toBeGreaterThan(0);
    const video = own.element().querySelector('.mirrored');
    expect(video && new DOMMatrix(getComputedStyle(video).transform).a).toBe(-1);
    await open('tile-other');
    await expect.element(page.getByRole('region', { name: 'Video of Erika Expert' })).toBeVisible();
    await open('tile-dimmed');
    await expect.element(page.getByRole('region', { name: `Video of ${names.rightToLeft}` })).toBeVisible();
  });

  const everywhere = (Object.keys(callParts) as State[]).flatMap((state) =>
    (['phone', 'smallest'] as const).map((size) => ({ state, size })),
  );
  it.each(everywhere)('B16 $state, $size: accessible, nothing cut off', async ({ state, size }) => {
    await open(state, { size: sizes[size], lang: 'de', theme: size === 'phone' ? 'dark' : 'light' });
    await expectAccessible();
    expectNothingCutOff();
  });
});
