import { cleanup, render, type RenderResult } from 'vitest-browser-svelte';
import { page } from 'vitest/browser';
import { chooseLocale, startLocale, type Locale } from '../../../src/lib/i18n/locale.svelte.ts';
import { chooseTheme, type Theme } from '../../../src/lib/ui/theme.svelte.ts';
import type { Scene } from './scene.ts';
import Stage from './Stage.svelte';

export interface Look {
  lang?: Locale;
  theme?: Theme;
  /** Width and height in CSS pixels. */
  size?: readonly [width: number, height: number];
}

export const sizes = {
  phone: [390, 844],
  tablet: [768, 1024],
  desk: [1280, 800],
  /** WCAG 2.2, 1.4.10: what a desk is at 400 %. */
  smallest: [320, 256],
} as const;

startLocale(new URL(location.href));

let shown: Scene | undefined;

/** Puts a scene on the screen, in the middle of everything that a page has. */
export async function show(scene: Scene, look: Look = {}): Promise<RenderResult<typeof Stage>> {
  await clear();
  shown = scene;
  const { lang = 'en', theme = 'light', size = sizes.tablet } = look;
  chooseLocale(lang);
  chooseTheme(theme);
  await page.viewport(...size);
  await scene.begin?.();
  const { component, props, desk } = scene;
  return render(Stage, { props: { component, props, desk } });
}

/** Gives the scene on the screen other properties, as a change of page does. */
export async function turn(on: RenderResult<typeof Stage>, scene: Scene, changes: object): Promise<void> {
  // The stage's own property is named `props`, which is taken for all of them: so it is said twice.
  await on.rerender({ props: { props: { ...scene.props, ...changes } } } as object);
}

/** One person has one screen, and what was on it is over. */
export async function clear(): Promise<void> {
  await cleanup();
  await shown?.desk.close();
  shown = undefined;
}
