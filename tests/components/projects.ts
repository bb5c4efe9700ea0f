import { playwright } from '@vitest/browser-playwright';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { chromiumFlags } from '../harness/chromium-flags.mjs';
import { findChromium } from '../harness/programs.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** What the pictures are narrowed to. */
    gallery: readonly string[];
  }
}

/** As tests/gallery.mjs hands it over. */
const galleryWords = JSON.parse(process.env.GALLERY ?? '[]') as readonly string[];

// Without an installed one Playwright looks for its own download.
const executablePath = findChromium(() => '');

function inBrowser(name: string, include: string): TestProjectInlineConfiguration {
  return {
    extends: true,
    optimizeDeps: {
      // One file for each icon: read as they are, sooner than bundled one by one in the middle of a run.
      exclude: ['@lucide/svelte'],
      include: ['axe-core', 'vitest-browser-svelte', 'uqr', 'virtua/svelte'],
    },
    test: {
      name,
      include: [include],
      provide: { gallery: galleryWords },
      testTimeout: 300_000,
      hookTimeout: 300_000,
      // A busy machine is given time; what is there already is not waited for.
      expect: { poll: { timeout: 60_000 } },
      setupFiles: ['tests/components/kit/setup.ts'],
      fileParallelism: false,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          // Below the limit of a test, so that what could not be pressed is named.
          actionTimeout: 60_000,
          launchOptions: { ...(executablePath ? { executablePath } : {}), args: chromiumFlags },
          contextOptions: { locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

/** Components in a real browser: what is tested, and what is only looked at. All files share one browser. */
export const componentProjects = [
  inBrowser('components', 'tests/components/*.test.ts'),
  inBrowser('gallery', 'tests/components/gallery/pictures.ts'),
];
