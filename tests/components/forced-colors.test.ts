import { render } from 'vitest-browser-svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cdp, page } from 'vitest/browser';
import Switch from '../../src/lib/ui/primitives/Switch.svelte';
import { request } from './fixtures/request.ts';
import { screenshotEditor } from './fixtures/screenshot-editor.ts';
import { show, sizes } from './kit/show.ts';

const stillness = { name: 'prefers-reduced-motion', value: 'reduce' };
const emulate = (...features: { name: string; value: string }[]): Promise<unknown> =>
  cdp().send('Emulation.setEmulatedMedia', { features: [stillness, ...features] });

beforeEach(() => emulate({ name: 'forced-colors', value: 'active' }));
afterEach(() => emulate());

const styleOf = (element: Element | null): CSSStyleDeclaration => {
  if (!element) throw new Error('not there');
  return getComputedStyle(element);
};

it('B16 colours of the system: the tool in hand is not like the others', async () => {
  await show(screenshotEditor.empty(), { size: sizes.desk });
  const tool = (name: string) => page.getByRole('toolbar').getByRole('button', { name, exact: true });
  await expect.element(tool('Arrow')).toBeEnabled();
  await tool('Arrow').click();
  await expect.element(tool('Arrow')).toHaveAttribute('aria-pressed', 'true');
  const [inHand, other] = [styleOf(tool('Arrow').element()), styleOf(tool('Circle').element())];
  expect(inHand.backgroundColor).not.toBe(other.backgroundColor);
  expect(inHand.color).not.toBe(other.color);
  expect(inHand.color).not.toBe(inHand.backgroundColor);
  expect(other.outlineStyle).toBe('solid');
});

it('B16 colours of the system: a field has an edge', async () => {
  await show(request.empty(), { size: sizes.phone });
  const reason = page.getByRole('textbox', { name: 'Reason' });
  await expect.element(reason).toBeVisible();
  const edge = styleOf(reason.element().closest('.control'));
  expect([edge.outlineStyle, edge.outlineWidth]).toEqual(['solid', '1px']);
});

it('B16 colours of the system: a switch is seen, and whether it is on', async () => {
  for (const [label, checked] of [
    ['Recording', true],
    ['Sound', false],
  ] as const)
    await render(Switch, { props: { label, checked } });
  const track = (label: string): Element | null =>
    page.getByRole('switch', { name: label }).element().parentElement?.querySelector('.track') ?? null;
  await expect.element(page.getByRole('switch', { name: 'Sound' })).toBeInTheDocument();
  const [on, off] = [styleOf(track('Recording')), styleOf(track('Sound'))];
  expect(on.backgroundColor).not.toBe(off.backgroundColor);
  for (const one of [on, off]) expect(one.outlineStyle).toBe('solid');
  for (const label of ['Recording', 'Sound'])
    expect(styleOf(track(label)?.querySelector('.knob') ?? null).backgroundColor).not.toBe(
      styleOf(track(label)).backgroundColor,
    );
});
