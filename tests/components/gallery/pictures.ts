import { describe, inject, it } from 'vitest';
import { page } from 'vitest/browser';
import type { Locale } from '../../../src/lib/i18n/locale.svelte.ts';
import type { Theme } from '../../../src/lib/ui/theme.svelte.ts';
import { screens } from '../fixtures/screens.ts';
import { show, sizes } from '../kit/show.ts';

interface Shot {
  screen: string;
  state: string;
  lang: Locale;
  theme: Theme;
  size: readonly [number, number];
}

/** Every state is looked at in some; one that is asked for by a word in all. */
const usual: readonly Pick<Shot, 'lang' | 'theme' | 'size'>[] = [
  { lang: 'en', theme: 'light', size: sizes.phone },
  { lang: 'de', theme: 'dark', size: sizes.tablet },
  { lang: 'de', theme: 'light', size: sizes.desk },
  { lang: 'de', theme: 'light', size: sizes.smallest },
  { lang: 'en', theme: 'field', size: sizes.phone },
];

const words = inject('gallery');
const wordsOf = ({ screen, state, lang, theme, size: [width, height] }: Shot): readonly string[] => [
  screen,
  state,
  lang,
  theme,
  String(width),
  `${String(width)}×${String(height)}`,
];

const shots = Object.entries(screens).flatMap(([screen, states]) =>
  Object.keys(states).flatMap((state) => usual.map((look): Shot => ({ screen, state, ...look }))),
);
const wanted = shots.filter((shot) => words.every((word) => wordsOf(shot).includes(word)));

describe('pictures', () => {
  it.each(wanted)('$screen, $state, $lang, $theme, $size', async (shot) => {
    const { screen, state, lang, theme, size } = shot;
    const make = screens[screen]?.[state];
    if (!make) throw new Error(`no ${state} of ${screen}`);
    await show(make(), { lang, theme, size });
    await showsItsPictures();
    const name = [screen, state, lang, theme, `${String(size[0])}x${String(size[1])}`].join('--');
    await page.screenshot({ path: `../../../gallery/${name}.png` });
  });
});

/** Until every video has a frame and every image its bytes. */
async function showsItsPictures(): Promise<void> {
  await document.fonts.ready;
  const videos = [...document.querySelectorAll('video')].filter(({ srcObject }) => srcObject !== null);
  await Promise.all(
    videos.map(
      (video) =>
        video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ||
        new Promise((resolve) => video.addEventListener('loadeddata', resolve, { once: true })),
    ),
  );
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
}
